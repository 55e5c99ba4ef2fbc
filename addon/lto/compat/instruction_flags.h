//===- instruction_flags.h - Flags of instructions ------------------------===//
#pragma once

#include "lto/compat/series.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Operator.h"

namespace lto_inspector::compat {

/// What an instruction's `getRawSubclassOptionalData()` does not hold of its flags: until LLVM 22
/// it has them all. Since LLVM 23 fast-math flags are kept elsewhere, and `atomicrmw elementwise`
/// is new.
inline unsigned flagsBesidesOptionalData([[maybe_unused]] const llvm::Instruction &I) {
  unsigned Bits = 0;
#if LLVM_VERSION_MAJOR >= 23
  if (auto *Operation = llvm::dyn_cast<llvm::FPMathOperator>(&I))
    for (bool Flag : {Operation->hasAllowReassoc(), Operation->hasNoNaNs(), Operation->hasNoInfs(),
                      Operation->hasNoSignedZeros(), Operation->hasAllowReciprocal(),
                      Operation->hasAllowContract(), Operation->hasApproxFunc()})
      Bits = Bits << 1 | Flag;
  else if (auto *Atomic = llvm::dyn_cast<llvm::AtomicRMWInst>(&I))
    Bits = Atomic->isElementwise();
#endif
  return Bits;
}

} // namespace lto_inspector::compat
