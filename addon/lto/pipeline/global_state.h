//===- global_state.h - What a step may change of a module's globals ------===//
#pragma once

#include "llvm/IR/Module.h"
#include <cstdint>
#include <vector>

namespace lto_inspector::pipeline {

/// All that LLVM's thin-LTO steps `thinLTOFinalizeInModule` and `thinLTOInternalizeModule` (LLVM
/// 22) can change of a module: which globals there are and in what order, and of each its linkage,
/// visibility, DLL storage, preemption, unnamed_addr, comdat, attributes, and whether it has a
/// body. They touch no instruction, no initialiser that stays, no name and no metadata of a
/// function's body. Two equal states of one module around such a step mean equal bitcode.
///
/// Values are compared by address: states of different modules have no meaning together.
class GlobalState {
public:
  explicit GlobalState(const llvm::Module &M);
  friend bool operator==(const GlobalState &, const GlobalState &) = default;

private:
  std::vector<uint64_t> Words;
};

} // namespace lto_inspector::pipeline
