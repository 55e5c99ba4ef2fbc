#include "lto/llvm/regular_file.h"

#include "lto/llvm/error.h"
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace llvm;

namespace lto_inspector::support {

namespace {
/// A file, open as long as this lives. (LLVM's own scope guard is called otherwise in every
/// series.)
struct OpenFile {
  int FD;
  ~OpenFile() { close(FD); }
};
} // namespace

static Error cannotRead(StringRef Path, const Twine &Why) {
  return makeError("UnreadableFile", "cannot read " + Path + ": " + Why, Path);
}

/// The reason why a file cannot be read; success if it can.
static Error refuseUnfit(StringRef Path, const struct stat &Found, uint64_t Limit) {
  if (S_ISDIR(Found.st_mode))
    return cannotRead(Path, "it is a folder");
  if (!S_ISREG(Found.st_mode))
    return cannotRead(Path, "it is no regular file");
  if (static_cast<uint64_t>(Found.st_size) > Limit)
    return cannotRead(Path, "it has " + Twine(Found.st_size) +
                                " bytes, and a file of its kind has at most " + Twine(Limit));
  return Error::success();
}

static bool sameFile(const struct stat &A, const struct stat &B) {
#ifdef __APPLE__
  const timespec &TimeOfA = A.st_mtimespec, &TimeOfB = B.st_mtimespec;
#else
  const timespec &TimeOfA = A.st_mtim, &TimeOfB = B.st_mtim;
#endif
  return A.st_size == B.st_size && A.st_dev == B.st_dev && A.st_ino == B.st_ino &&
         TimeOfA.tv_sec == TimeOfB.tv_sec && TimeOfA.tv_nsec == TimeOfB.tv_nsec;
}

/// Fills the buffer. Returns the number of bytes; less than its size if the file ended.
static Expected<size_t> fill(int FD, MutableArrayRef<char> Buffer, StringRef Path) {
  // read(2) does not accept more at once.
  constexpr size_t LargestRead = 1 << 30;
  size_t Done = 0;
  while (Done < Buffer.size()) {
    ssize_t Got = read(FD, Buffer.data() + Done, std::min(Buffer.size() - Done, LargestRead));
    if (Got < 0 && errno == EINTR)
      continue;
    if (Got < 0)
      return cannotRead(Path, std::strerror(errno));
    if (Got == 0)
      break;
    Done += static_cast<size_t>(Got);
  }
  return Done;
}

Expected<std::unique_ptr<MemoryBuffer>> readWholeFile(StringRef Path, uint64_t Limit) {
  std::string Name = Path.str();
  struct stat Before = {};
  // Merely opening a device can have effects.
  if (stat(Name.c_str(), &Before) != 0)
    return cannotRead(Path, std::strerror(errno));
  if (Error E = refuseUnfit(Path, Before, Limit))
    return E;
  int FD = open(Name.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (FD < 0)
    return cannotRead(Path, std::strerror(errno));
  OpenFile Open{FD};
  // The path may name another file by now.
  if (fstat(FD, &Before) != 0)
    return cannotRead(Path, std::strerror(errno));
  if (Error E = refuseUnfit(Path, Before, Limit))
    return E;

  // read(2) instead of mmap(2): if a mapped file is truncated meanwhile, the process ends with
  // SIGBUS.
  std::unique_ptr<WritableMemoryBuffer> Buffer =
      WritableMemoryBuffer::getNewUninitMemBuffer(static_cast<size_t>(Before.st_size), Path);
  if (!Buffer)
    return cannotRead(Path, "there is no memory for its " + Twine(Before.st_size) + " bytes");
  Expected<size_t> Length = fill(FD, Buffer->getBuffer(), Path);
  if (!Length)
    return Length.takeError();
  struct stat After = {};
  // By path, so that a file that was replaced meanwhile is noticed too.
  if (stat(Name.c_str(), &After) != 0 || !sameFile(Before, After) ||
      *Length != Buffer->getBufferSize())
    return makeError("FilesChanged", Path + " changed while it was being read", Path);
  return Buffer;
}

} // namespace lto_inspector::support
