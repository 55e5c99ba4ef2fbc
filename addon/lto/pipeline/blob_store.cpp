#include "lto/pipeline/blob_store.h"

#include "lto/llvm/atomic_file.h"
#include "lto/llvm/error.h"
#include "lto/llvm/file_digest.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <cerrno>

using namespace llvm;

namespace lto_inspector::pipeline {

using namespace support;

std::string BlobStore::pathOf(StringRef ContentHash) const {
  SmallString<256> Path(Root);
  sys::path::append(Path, ContentHash.take_front(2), ContentHash.drop_front(2) + ".bc");
  return Path.str().str();
}

/// libLLVM has another libstdc++ than this code, and categories are compared by address, so
/// comparing with std::errc would never be true.
static bool isErrno(std::error_code EC, int Number) {
  return EC.value() == Number && StringRef(EC.category().name()) == "generic";
}

static Error cannotWrite(std::error_code EC, StringRef Path) {
  bool Full = isErrno(EC, ENOSPC) || isErrno(EC, EDQUOT);
  return makeError(Full ? "DiskFull" : "EngineFailed", "cannot write " + Path + ": " + EC.message(),
                   Path);
}

Error BlobStore::save(StringRef ContentHash, StringRef Bitcode) {
  std::string Path = pathOf(ContentHash);
  // The name alone is not enough: bits flip, and after a power cut a file can be empty.
  if (holdsContent(Path, Bitcode))
    return Error::success();
  auto Write = [&] {
    return errorToErrorCode(
        writeFileAtomically(Path, [&](raw_ostream &OS) { OS << Bitcode; }, Durability::Later));
  };
  std::error_code EC = Write();
  // There are 256 folders for thousands of blobs: usually the folder exists.
  if (isErrno(EC, ENOENT)) {
    EC = sys::fs::create_directories(sys::path::parent_path(Path));
    if (!EC)
      EC = Write();
  }
  // An empty folder can be removed; one with files is kept, and the error names it.
  if (isErrno(EC, EISDIR)) {
    EC = sys::fs::remove(Path);
    if (!EC)
      EC = Write();
  }
  return EC ? cannotWrite(EC, Path) : Error::success();
}

} // namespace lto_inspector::pipeline
