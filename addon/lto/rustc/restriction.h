//===- restriction.h - Internalising in fat LTO ---------------------------===//
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/IR/Module.h"
#include <string>

namespace lto_inspector::rustc {

/// Internalises everything but the symbols to preserve.
///
/// Mirrors `LLVMRustRunRestrictionPass` (PassWrapper.cpp, 1.9x).
void runRestrictionPass(llvm::Module &M, llvm::ArrayRef<std::string> Preserved);

} // namespace lto_inspector::rustc
