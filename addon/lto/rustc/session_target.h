//===- session_target.h - CPU and features of a compilation ---------------===//
//
// rustc makes its target machine from the session's CPU and features, and writes both into every
// function: "target-cpu" as it is, and "target-features" with the session's features first and the
// function's own (`#[target_feature]`) behind them. Where the command line leaves them to the
// target (or says "native"), they are read back from the crate's own functions.
//
// Mirrors `target_cpu` and `global_llvm_features` (rustc_codegen_llvm/src/llvm_util.rs) and
// `llfn_attrs_from_instance` (attributes.rs), 1.9x, the other way round.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/pipeline/target_machine.h"
#include "llvm/IR/Module.h"
#include <optional>
#include <string>
#include <vector>

namespace lto_inspector::rustc {

/// What all functions of a crate have in common.
struct SessionTarget {
  /// none: no function says.
  std::optional<std::string> Cpu;
  /// The features that every function's list begins with; none: no function was seen.
  std::optional<std::vector<std::string>> Features;

  /// LLVM's feature string, empty where the functions have none in common.
  std::string featureString() const;
};

/// What the functions that a module defines have in common. The module may be lazily loaded.
SessionTarget sessionTargetOf(const llvm::Module &M);

/// Narrows Common to what holds for another module too.
void mergeSessionTarget(SessionTarget &Common, const SessionTarget &Other);

/// Fills in what the command line left to the target or to this machine ("native").
pipeline::TargetSettings completedTarget(pipeline::TargetSettings Target,
                                         const SessionTarget &Found);

} // namespace lto_inspector::rustc
