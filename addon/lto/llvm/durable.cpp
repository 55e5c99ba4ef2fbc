#include "lto/llvm/durable.h"

#include "lto/llvm/error.h"
#include "lto/llvm/parallel.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Path.h"
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

using namespace llvm;

namespace lto_inspector::support {

static std::error_code systemError(int Number) { return {Number, std::generic_category()}; }

std::error_code syncDescriptor(int FD) {
  while (fsync(FD) != 0) {
    if (errno == EINTR)
      continue;
    if (errno == EINVAL || errno == ENOTSUP || errno == EROFS)
      return {};
    return systemError(errno);
  }
  return {};
}

std::error_code syncFolder(StringRef Folder) {
  int FD = open(Folder.empty() ? "." : Folder.str().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  // A folder that may be written but not read cannot be opened, and cannot be synced.
  if (FD < 0)
    return {};
  std::error_code EC = syncDescriptor(FD);
  close(FD);
  return EC;
}

static int openForSync(const std::string &File) {
  return open(File.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
}

static void startWriting(const std::string &File) {
#ifdef SYNC_FILE_RANGE_WRITE
  int FD = openForSync(File);
  if (FD < 0)
    return;
  // This only speeds up what fsync does anyway.
  (void)sync_file_range(FD, 0, 0, SYNC_FILE_RANGE_WRITE);
  close(FD);
#endif
}

static std::error_code syncFile(const std::string &File) {
  int FD = openForSync(File);
  if (FD < 0)
    return errno == ENOENT ? std::error_code() : systemError(errno);
  std::error_code EC = syncDescriptor(FD);
  close(FD);
  return EC;
}

Error syncFiles(ArrayRef<std::string> Files, const RunControl &Control) {
  StringSet<> Seen;
  std::vector<std::string> Folders;
  for (const std::string &File : Files) {
    StringRef Folder = sys::path::parent_path(File);
    if (Seen.insert(Folder).second)
      Folders.push_back(Folder.str());
  }
  std::vector<std::error_code> Failed(Files.size() + Folders.size());
  auto ForEach = [&](size_t Count, function_ref<void(size_t)> Body) {
    parallelFor(Control.Threads, Count, [&](size_t I) {
      if (!Control.Cancelled || !*Control.Cancelled)
        Body(I);
    });
  };
  ForEach(Files.size(), [&](size_t I) { startWriting(Files[I]); });
  ForEach(Files.size(), [&](size_t I) { Failed[I] = syncFile(Files[I]); });
  ForEach(Folders.size(), [&](size_t I) { Failed[Files.size() + I] = syncFolder(Folders[I]); });
  if (Error E = Control.check())
    return E;
  for (size_t I = 0; I < Failed.size(); ++I) {
    if (!Failed[I])
      continue;
    const std::string &Path = I < Files.size() ? Files[I] : Folders[I - Files.size()];
    bool Full = Failed[I].value() == ENOSPC || Failed[I].value() == EDQUOT;
    return makeError(Full ? "DiskFull" : "EngineFailed",
                     "cannot write " + Path + " to the disk: " + Failed[I].message(), Path);
  }
  return Error::success();
}

} // namespace lto_inspector::support
