//===- restriction.h - What fat LTO makes internal ------------------------===//
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/IR/Module.h"
#include <string>

namespace lto_inspector::rustc {

/// Makes everything internal but the symbols to preserve.
///
/// Mirrors `LLVMRustRunRestrictionPass` (PassWrapper.cpp, 1.9x).
void runRestrictionPass(llvm::Module &M, llvm::ArrayRef<std::string> Preserved);

} // namespace lto_inspector::rustc
