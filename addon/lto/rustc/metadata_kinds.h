//===- metadata_kinds.h - Names of metadata kinds in written bitcode ------===//
#pragma once

#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Module.h"

namespace lto_inspector::rustc {

/// Takes the kind `heapallocsite` out of the bitcode of a module that does not use it.
///
/// LLVM writes every kind that its context knows, and reading a module makes the context know this
/// one. A module that rustc writes from memory was never read, so its buffer does not have it;
/// whoever imports from a buffer writes what kinds the buffer has. The record stays and names a
/// kind that every context has, so that nothing moves.
void forgetHeapAllocSite(llvm::SmallVectorImpl<char> &Bitcode, const llvm::Module &M);

} // namespace lto_inspector::rustc
