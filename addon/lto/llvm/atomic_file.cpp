#include "lto/llvm/atomic_file.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"

using namespace llvm;

namespace lto_inspector {

Error writeFileAtomically(StringRef Path, function_ref<void(raw_ostream &)> Write) {
  Expected<sys::fs::TempFile> Temp = sys::fs::TempFile::create(Path + ".%%%%%%%%.tmp");
  if (!Temp)
    return Temp.takeError();
  raw_fd_ostream OS(Temp->FD, /*shouldClose=*/false);
  Write(OS);
  OS.flush();
  if (std::error_code EC = OS.error()) {
    // Otherwise the stream's destructor ends the process.
    OS.clear_error();
    return joinErrors(errorCodeToError(EC), Temp->discard());
  }
  return Temp->keep(Path);
}

} // namespace lto_inspector
