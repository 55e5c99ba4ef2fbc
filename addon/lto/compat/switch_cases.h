//===- switch_cases.h - Values of a switch's cases ------------------------===//
#pragma once

#include "lto/compat/series.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/IR/Instructions.h"

namespace lto_inspector::compat {

/// Visits the values of a switch's cases that are not operands: none up to LLVM 21, all of them
/// since LLVM 22.
inline void forEachValueBesidesOperands(const llvm::SwitchInst &Switch,
                                        llvm::function_ref<void(const llvm::ConstantInt *)> Visit) {
#if LLVM_VERSION_MAJOR < 22
  (void)Switch;
  (void)Visit;
#else
  for (const auto &Case : Switch.cases())
    Visit(Case.getCaseValue());
#endif
}

} // namespace lto_inspector::compat
