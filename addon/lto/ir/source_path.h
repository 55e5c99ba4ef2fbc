//===- source_path.h - Paths of source files in debug info ----------------===//
#pragma once

#include "llvm/IR/DebugInfoMetadata.h"
#include <string>

namespace lto_inspector::ir {

/// The path of a file, below its folder if it is relative; empty for none.
std::string sourcePath(const llvm::DIFile *File);

} // namespace lto_inspector::ir
