#include "lto/pipeline/blob_store.h"
#include "test/support/expected.h"
#include "test/support/scratch.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/FileSystem.h"
#include <csignal>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace blob_store_test {

using namespace llvm;
using namespace lto_inspector::support;
using namespace lto_inspector::pipeline;
using namespace lto_inspector::test;

namespace {

std::string hashOf(StringRef Content) {
  BLAKE3 Hasher;
  Hasher.update(Content);
  return toHex(Hasher.final(), /*LowerCase=*/true);
}

TEST(BlobStore, WritesUnderTheContentsHash) {
  Scratch Folder;
  BlobStore Store(Folder.path("blobs"));
  std::string Hash = hashOf("content");
  succeeds(Store.save(Hash, "content"));
  std::string Relative = "blobs/" + Hash.substr(0, 2) + "/" + Hash.substr(2) + ".bc";
  EXPECT_EQ(Folder.files(), std::vector<std::string>{Relative});
  EXPECT_EQ(Store.pathOf(Hash), Folder.path(Relative));
  EXPECT_EQ(contentOf(Folder.path(Relative)), "content");
}

TEST(BlobStore, WritesEqualContentOnce) {
  Scratch Folder;
  BlobStore Store(Folder.path("blobs"));
  std::string Hash = hashOf("content");
  succeeds(Store.save(Hash, "content"));
  struct stat First, Second;
  ASSERT_EQ(stat(Store.pathOf(Hash).c_str(), &First), 0);
  succeeds(Store.save(Hash, "content"));
  ASSERT_EQ(stat(Store.pathOf(Hash).c_str(), &Second), 0);
  EXPECT_EQ(First.st_ino, Second.st_ino);
}

TEST(BlobStore, RepairsABlobThatIsCutShort) {
  Scratch Folder;
  BlobStore Store(Folder.path("blobs"));
  std::string Hash = hashOf("content");
  Folder.file("blobs/" + Hash.substr(0, 2) + "/" + Hash.substr(2) + ".bc", "cont");
  succeeds(Store.save(Hash, "content"));
  EXPECT_EQ(contentOf(Store.pathOf(Hash)), "content");
}

TEST(BlobStore, RepairsABlobInWhichABitFlipped) {
  Scratch Folder;
  BlobStore Store(Folder.path("blobs"));
  std::string Hash = hashOf("content");
  Folder.file("blobs/" + Hash.substr(0, 2) + "/" + Hash.substr(2) + ".bc", "contenT");
  succeeds(Store.save(Hash, "content"));
  EXPECT_EQ(contentOf(Store.pathOf(Hash)), "content");
}

TEST(BlobStore, ReplacesAnEmptyFolderThatBearsABlobsName) {
  Scratch Folder;
  BlobStore Store(Folder.path("blobs"));
  std::string Hash = hashOf("content");
  ASSERT_FALSE(sys::fs::create_directories(Store.pathOf(Hash)));
  succeeds(Store.save(Hash, "content"));
  EXPECT_EQ(contentOf(Store.pathOf(Hash)), "content");
}

TEST(BlobStore, LeavesAFolderWithFilesAlone) {
  Scratch Folder;
  BlobStore Store(Folder.path("blobs"));
  std::string Hash = hashOf("content");
  std::string Kept =
      Folder.file("blobs/" + Hash.substr(0, 2) + "/" + Hash.substr(2) + ".bc/kept", "mine");
  EXPECT_TRUE(contains(errorOf(Store.save(Hash, "content")).Message, Store.pathOf(Hash)));
  EXPECT_EQ(contentOf(Kept), "mine");
}

TEST(BlobStore, ReplacesALinkThatBearsABlobsName) {
  Scratch Folder;
  BlobStore Store(Folder.path("blobs"));
  std::string Hash = hashOf("content"), Outside = Folder.file("outside", "mine");
  Folder.file("blobs/" + Hash.substr(0, 2) + "/other", "");
  ASSERT_EQ(symlink(Outside.c_str(), Store.pathOf(Hash).c_str()), 0);
  succeeds(Store.save(Hash, "content"));
  EXPECT_EQ(contentOf(Store.pathOf(Hash)), "content");
  EXPECT_EQ(contentOf(Outside), "mine");
}

TEST(BlobStore, MayBeUsedByManyThreads) {
  Scratch Folder;
  BlobStore Store(Folder.path("blobs"));
  std::vector<std::thread> Threads;
  for (int T = 0; T < 8; ++T)
    Threads.emplace_back([&] {
      for (int I = 0; I < 20; ++I) {
        std::string Content = "content " + std::to_string(I);
        succeeds(Store.save(hashOf(Content), Content));
      }
    });
  for (std::thread &Thread : Threads)
    Thread.join();
  EXPECT_EQ(Folder.files().size(), 20u);
}

TEST(BlobStore, SaysWhereItCannotWrite) {
  Scratch Folder;
  BlobStore Store(Folder.file("blobs", "this is a file"));
  std::string Hash = hashOf("content");
  ErrorReport Report = errorOf(Store.save(Hash, "content"));
  EXPECT_EQ(Report.Name, "EngineFailed");
  EXPECT_EQ(Report.File, Store.pathOf(Hash));
  EXPECT_TRUE(contains(Report.Message, "Not a directory")) << Report.Message;
}

/// A file system of 64 KiB mounted on a folder, if that is allowed.
class TinyDisk {
public:
  explicit TinyDisk(std::string Path) : Path(std::move(Path)) {
    Mounted = mount("tmpfs", this->Path.c_str(), "tmpfs", 0, "size=64k") == 0;
  }
  ~TinyDisk() {
    if (Mounted)
      umount(Path.c_str());
  }
  bool Mounted;

private:
  std::string Path;
};

TEST(BlobStore, SaysThatTheDiskIsFullAndLeavesNothingBehind) {
  Scratch Folder;
  TinyDisk Disk(Folder.path(""));
  if (!Disk.Mounted)
    GTEST_SKIP() << "no right to mount a file system";
  BlobStore Store(Folder.path("blobs"));
  std::string Small(1000, 's'), Large(1 << 20, 'l');
  succeeds(Store.save(hashOf(Small), Small));
  ErrorReport Report = errorOf(Store.save(hashOf(Large), Large));
  EXPECT_EQ(Report.Name, "DiskFull");
  EXPECT_EQ(Report.File, Store.pathOf(hashOf(Large)));
  EXPECT_TRUE(contains(Report.Message, "No space left on device")) << Report.Message;
  // Earlier blobs stay, and the next blob that fits is accepted.
  EXPECT_EQ(contentOf(Store.pathOf(hashOf(Small))), Small);
  succeeds(Store.save(hashOf("next"), "next"));
  EXPECT_EQ(Folder.files().size(), 2u);
}

TEST(BlobStore, SurvivesALimitOnTheSizeOfFiles) {
  Scratch Folder;
  BlobStore Store(Folder.path("blobs"));
  std::string Large(1 << 20, 'l');
  struct rlimit Before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &Before), 0);
  struct rlimit Limited = {4096, Before.rlim_max};
  auto Handler = signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &Limited), 0);
  ErrorReport Report = errorOf(Store.save(hashOf(Large), Large));
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &Before), 0);
  signal(SIGXFSZ, Handler);
  EXPECT_EQ(Report.Name, "EngineFailed");
  EXPECT_TRUE(contains(Report.Message, "File too large")) << Report.Message;
  EXPECT_TRUE(Folder.files().empty());
}

} // namespace

} // namespace blob_store_test
