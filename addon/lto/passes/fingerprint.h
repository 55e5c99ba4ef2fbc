//===- fingerprint.h - Whether a function can have changed ----------------===//
#pragma once

#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/Function.h"
#include <cstdint>

namespace lto_inspector::passes {

/// A quick look at a function.
struct Fingerprint {
  /// Of the addresses and properties of everything in the function. As long as it stays the same,
  /// so does the code (ir::hashCode) and the header, unless a global that the function refers to
  /// got another name or content (see fingerprintOfGlobals). A different one says nothing: a pass
  /// can put equal code in place of what was there.
  uint64_t Value = 0;
  unsigned Instructions = 0;

  friend bool operator==(const Fingerprint &, const Fingerprint &) = default;
};

Fingerprint fingerprintOf(const llvm::Function &F);

/// A loop's blocks with those before and behind it. A pass that runs on a loop and changes the
/// function changes something there.
llvm::SmallVector<const llvm::BasicBlock *, 8> blocksAround(const llvm::Loop &L);

/// As for a function, of some of its blocks.
uint64_t fingerprintOf(llvm::ArrayRef<const llvm::BasicBlock *> Blocks);

/// Of everything outside of functions that their hashes depend on: which globals exist, under which
/// names, and what unnamed ones contain.
uint64_t fingerprintOfGlobals(const llvm::Module &M);

} // namespace lto_inspector::passes
