//===- switch_cases.h - Values of a switch's cases ------------------------===//
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/IR/Instructions.h"

namespace lto_inspector::compat {

/// Visits the values of a switch's cases that are not operands: since LLVM 22 all of them.
inline void forEachValueBesidesOperands(const llvm::SwitchInst &Switch,
                                        llvm::function_ref<void(const llvm::ConstantInt *)> Visit) {
  for (const auto &Case : Switch.cases())
    Visit(Case.getCaseValue());
}

} // namespace lto_inspector::compat
