#include "lto/pipeline/global_state.h"

#include "llvm/IR/Comdat.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/GlobalAlias.h"
#include "llvm/IR/GlobalIFunc.h"
#include "llvm/IR/GlobalVariable.h"

using namespace llvm;

namespace lto_inspector::pipeline {

static uint64_t word(const void *Pointer) { return reinterpret_cast<uintptr_t>(Pointer); }

/// The small enumerations of a global in one word.
static uint64_t properties(const GlobalValue &G) {
  uint64_t Packed = G.getLinkage();
  Packed = Packed << 2 | G.getVisibility();
  Packed = Packed << 2 | G.getDLLStorageClass();
  Packed = Packed << 2 | static_cast<uint64_t>(G.getUnnamedAddr());
  Packed = Packed << 3 | G.getThreadLocalMode();
  Packed = Packed << 1 | G.isDSOLocal();
  return Packed << 1 | G.isDeclaration();
}

GlobalState::GlobalState(const Module &M) {
  for (const GlobalValue &G : M.global_values()) {
    Words.insert(Words.end(), {word(&G), properties(G), word(G.getComdat())});
    if (const auto *F = dyn_cast<Function>(&G))
      Words.push_back(word(F->getAttributes().getRawPointer()));
    if (const auto *V = dyn_cast<GlobalVariable>(&G)) {
      // A definition that becomes a declaration loses its initialiser, a constant may become none.
      Words.push_back(V->hasInitializer() ? word(V->getInitializer()) : 0);
      Words.push_back(word(V->getAttributesAsList(AttributeList::FunctionIndex).getRawPointer()));
      Words.push_back(V->isConstant());
    }
    if (const auto *A = dyn_cast<GlobalAlias>(&G))
      Words.push_back(word(A->getAliasee()));
    if (const auto *I = dyn_cast<GlobalIFunc>(&G))
      Words.push_back(word(I->getResolver()));
  }
  for (const auto &Entry : M.getComdatSymbolTable())
    Words.insert(Words.end(),
                 {word(&Entry.second), static_cast<uint64_t>(Entry.second.getSelectionKind())});
}

} // namespace lto_inspector::pipeline
