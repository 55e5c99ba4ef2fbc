#include "lto/llvm/atomic_file.h"

#include "lto/llvm/durable.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <fcntl.h>
#include <unistd.h>

using namespace llvm;

namespace lto_inspector::support {

/// Fills an open file. The descriptor stays open.
static std::error_code fill(int FD, function_ref<void(raw_ostream &)> Write, Durability When) {
  raw_fd_ostream OS(FD, /*shouldClose=*/false);
  Write(OS);
  OS.flush();
  std::error_code EC = OS.error();
  // Otherwise the stream's destructor ends the process.
  OS.clear_error();
  if (!EC && When == Durability::Now)
    EC = syncDescriptor(FD);
  return EC;
}

/// Writes a file that has no name until it is complete: not even SIGKILL leaves one behind, and
/// LLVM's list of files to remove on signals, which only grows and is walked for each file, is not
/// needed. False: this is not possible here (the file system or system lacks it, or Path exists).
static Expected<bool> writeNamelessFile(StringRef Path, function_ref<void(raw_ostream &)> Write,
                                        Durability When) {
#ifdef O_TMPFILE
  SmallString<256> Folder(Path), Name(Path);
  sys::path::remove_filename(Folder);
  if (Folder.empty())
    Folder = ".";
  int FD = open(Folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
  if (FD < 0)
    return false;
  std::error_code EC = fill(FD, Write, When);
  std::string Link = "/proc/self/fd/" + std::to_string(FD);
  bool Named =
      !EC && linkat(AT_FDCWD, Link.c_str(), AT_FDCWD, Name.c_str(), AT_SYMLINK_FOLLOW) == 0;
  close(FD);
  if (EC)
    return errorCodeToError(EC);
  return Named;
#else
  return false;
#endif
}

static Error replaceFile(StringRef Path, function_ref<void(raw_ostream &)> Write, Durability When) {
  Expected<sys::fs::TempFile> Temp = sys::fs::TempFile::create(Path + ".%%%%%%%%.tmp");
  if (!Temp)
    return Temp.takeError();
  if (std::error_code EC = fill(Temp->FD, Write, When))
    return joinErrors(errorCodeToError(EC), Temp->discard());
  return Temp->keep(Path);
}

Error writeFileAtomically(StringRef Path, function_ref<void(raw_ostream &)> Write,
                          Durability When) {
  Expected<bool> Written = writeNamelessFile(Path, Write, When);
  if (!Written)
    return Written.takeError();
  if (!*Written)
    if (Error E = replaceFile(Path, Write, When))
      return E;
  if (When == Durability::Now)
    if (std::error_code EC = syncFolder(sys::path::parent_path(Path)))
      return errorCodeToError(EC);
  return Error::success();
}

} // namespace lto_inspector::support
