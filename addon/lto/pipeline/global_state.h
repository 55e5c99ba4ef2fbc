//===- global_state.h - The state of a module's globals -------------------===//
#pragma once

#include "llvm/IR/Module.h"
#include <cstdint>
#include <vector>

namespace lto_inspector::pipeline {

/// Everything that LLVM's thin-LTO steps `thinLTOFinalizeInModule` and `thinLTOInternalizeModule`
/// (LLVM 22) can change in a module: which globals exist, in which order, and for each its linkage,
/// visibility, DLL storage, preemption, unnamed_addr, comdat, attributes, and whether it has a
/// body. They change no instruction, no initialiser that stays, no name and no metadata of a
/// function's body. If the states of a module before and after such a step are equal, so is its
/// bitcode.
///
/// Values are compared by address, so states of different modules cannot be compared.
class GlobalState {
public:
  explicit GlobalState(const llvm::Module &M);
  friend bool operator==(const GlobalState &, const GlobalState &) = default;

private:
  std::vector<uint64_t> Words;
};

} // namespace lto_inspector::pipeline
