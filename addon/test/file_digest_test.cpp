#include "lto/llvm/durable.h"
#include "lto/llvm/file_digest.h"
#include "test/support/expected.h"
#include "test/support/scratch.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace file_digest_test {

using namespace llvm;
using namespace lto_inspector::support;
using namespace lto_inspector::test;

namespace {

const std::atomic<bool> NotCancelled = false;

TEST(FileDigest, IsBlake3OfTheContent) {
  Scratch Folder;
  // BLAKE3's own test vector for an empty input.
  const char *Empty = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
  EXPECT_EQ(digestOf(""), Empty);
  EXPECT_EQ(digestOfFile(Folder.file("empty", ""), NotCancelled), Empty);
}

TEST(FileDigest, ReadsLargeFilesPieceByPiece) {
  Scratch Folder;
  std::string Large(3 * 1024 * 1024 + 17, 'x');
  Large[2 * 1024 * 1024] = 'y';
  EXPECT_EQ(digestOfFile(Folder.file("large", Large), NotCancelled), digestOf(Large));
}

TEST(FileDigest, ThereIsNoneOfWhatIsNoRegularFile) {
  Scratch Folder;
  std::string Fifo = Folder.path("fifo");
  ASSERT_EQ(mkfifo(Fifo.c_str(), 0600), 0);
  for (const std::string &Path :
       {Fifo, Folder.path(""), Folder.path("absent"), std::string("/dev/zero")})
    EXPECT_EQ(digestOfFile(Path, NotCancelled), std::nullopt) << Path;
}

TEST(FileDigest, CanBeCancelled) {
  Scratch Folder;
  std::atomic<bool> Cancelled = true;
  EXPECT_EQ(digestOfFile(Folder.file("file", "content"), Cancelled), std::nullopt);
}

TEST(HoldsContent, ComparesAllOfIt) {
  Scratch Folder;
  std::string File = Folder.file("file", "content");
  EXPECT_TRUE(holdsContent(File, "content"));
  for (const char *Other : {"contenT", "conten", "contents", ""})
    EXPECT_FALSE(holdsContent(File, Other)) << Other;
  EXPECT_FALSE(holdsContent(Folder.path("absent"), ""));
  EXPECT_TRUE(holdsContent(Folder.file("empty", ""), ""));
}

TEST(HoldsContent, SaysThatTheFileIsInUse) {
  Scratch Folder;
  std::string File = Folder.file("file", "content");
  struct timespec Old[2] = {{1, 0}, {1, 0}};
  ASSERT_EQ(utimensat(AT_FDCWD, File.c_str(), Old, 0), 0);
  struct stat Found;
  EXPECT_FALSE(holdsContent(File, "another size"));
  ASSERT_EQ(stat(File.c_str(), &Found), 0);
  EXPECT_EQ(Found.st_mtime, 1);
  EXPECT_TRUE(holdsContent(File, "content"));
  ASSERT_EQ(stat(File.c_str(), &Found), 0);
  EXPECT_GT(Found.st_mtime, 1);
}

TEST(SyncFiles, WaitsForAllAndPassesOverWhatHasGone) {
  Scratch Folder;
  std::vector<std::string> Files;
  for (int I = 0; I < 40; ++I)
    Files.push_back(Folder.file("f" + std::to_string(I % 7) + "/" + std::to_string(I), "content"));
  Files.push_back(Folder.path("absent"));
  Files.push_back(Folder.path("no-folder/absent"));
  succeeds(syncFiles(Files, {nullptr, nullptr, 2}));
  succeeds(syncFiles({}, {}));
}

TEST(SyncFiles, TakesFileSystemsThatCannot) {
  // A pipe acts as such a file: fsync returns EINVAL.
  int Ends[2];
  ASSERT_EQ(pipe(Ends), 0);
  EXPECT_FALSE(syncDescriptor(Ends[0]));
  close(Ends[0]);
  close(Ends[1]);
  std::error_code Bad = syncDescriptor(-1);
  EXPECT_EQ(Bad.value(), EBADF);
}

} // namespace

} // namespace file_digest_test
