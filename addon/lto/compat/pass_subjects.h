//===- pass_subjects.h - What passes work on, across libraries ------------===//
//
// Callbacks of passes get what a pass works on as llvm::Any, which knows types by the addresses of
// static variables. The variables must be LLVM's own, which its headers say only of late, and not
// of every type.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/Any.h"
#include "llvm/Analysis/LazyCallGraph.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PassInstrumentation.h"
#include <vector>

extern template struct llvm::Any::TypeId<const llvm::Module *>;
extern template struct llvm::Any::TypeId<const llvm::Function *>;
extern template struct llvm::Any::TypeId<const llvm::LazyCallGraph::SCC *>;
extern template struct llvm::Any::TypeId<const llvm::Loop *>;

namespace lto_inspector::compat {

/// The module that a pass works on; null: it works on something smaller.
inline const llvm::Module *moduleOf(const llvm::Any &Subject) {
  auto *M = llvm::any_cast<const llvm::Module *>(&Subject);
  return M ? *M : nullptr;
}

/// Whether a pass only runs others.
inline bool runsOthers(llvm::StringRef Pass) {
  for (llvm::StringRef Part : {"PassManager", "PassAdaptor", "AnalysisManagerProxy",
                               "DevirtSCCRepeatedPass", "ModuleInlinerWrapperPass"})
    if (Pass.contains(Part))
      return true;
  return false;
}

/// The loop that a pass works on; null: it works on something larger.
inline const llvm::Loop *loopOf(const llvm::Any &Subject) {
  auto *L = llvm::any_cast<const llvm::Loop *>(&Subject);
  return L ? *L : nullptr;
}

/// Whether a pass works on functions that call each other.
inline bool isScc(const llvm::Any &Subject) {
  return llvm::any_cast<const llvm::LazyCallGraph::SCC *>(&Subject) != nullptr;
}

/// The functions that a pass works on, with the loop's for one of a loop.
inline std::vector<const llvm::Function *> functionsOf(const llvm::Any &Subject) {
  std::vector<const llvm::Function *> Functions;
  if (const llvm::Module *M = moduleOf(Subject)) {
    for (const llvm::Function &F : *M)
      Functions.push_back(&F);
  } else if (auto *F = llvm::any_cast<const llvm::Function *>(&Subject)) {
    Functions.push_back(*F);
  } else if (auto *L = llvm::any_cast<const llvm::Loop *>(&Subject)) {
    Functions.push_back((*L)->getHeader()->getParent());
  } else if (auto *C = llvm::any_cast<const llvm::LazyCallGraph::SCC *>(&Subject)) {
    for (const llvm::LazyCallGraph::Node &N : **C)
      Functions.push_back(&N.getFunction());
  }
  return Functions;
}

} // namespace lto_inspector::compat
