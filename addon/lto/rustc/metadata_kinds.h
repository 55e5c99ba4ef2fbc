//===- metadata_kinds.h - Names of metadata kinds in written bitcode ------===//
#pragma once

#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Module.h"

namespace lto_inspector::rustc {

/// Removes the kind `heapallocsite` from the bitcode of a module that does not use it.
///
/// LLVM writes every kind that its context knows, and reading a module adds this kind to the
/// context. A module that rustc writes from memory was never read, so its buffer lacks the kind,
/// and a module that imports from a buffer writes the buffer's kinds. The record stays but names a
/// kind that every context has, so that no offsets change.
void forgetHeapAllocSite(llvm::SmallVectorImpl<char> &Bitcode, const llvm::Module &M);

} // namespace lto_inspector::rustc
