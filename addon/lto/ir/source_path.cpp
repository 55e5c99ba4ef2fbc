#include "lto/ir/source_path.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace lto_inspector::ir {

std::string sourcePath(const DIFile *File) {
  if (!File || File->getFilename().empty())
    return {};
  if (!sys::path::is_relative(File->getFilename()))
    return File->getFilename().str();
  SmallString<128> Whole(File->getDirectory());
  sys::path::append(Whole, File->getFilename());
  return Whole.str().str();
}

} // namespace lto_inspector::ir
