//===- session_target.h - CPU and features of a compilation ---------------===//
//
// rustc makes its target machine from the session's CPU and features, and writes both into every
// function: "target-cpu" unchanged, and "target-features" with the session's features first,
// followed by the function's own (`#[target_feature]`). If the command line leaves them to the
// target (or says "native"), they are read back from the crate's own functions.
//
// Mirrors `target_cpu` and `global_llvm_features` (rustc_codegen_llvm/src/llvm_util.rs) and
// `llfn_attrs_from_instance` (attributes.rs), 1.9x, in reverse.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/pipeline/target_machine.h"
#include "llvm/IR/Module.h"
#include <optional>
#include <string>
#include <vector>

namespace lto_inspector::rustc {

/// What all functions of a crate share.
struct SessionTarget {
  /// None: no function has one.
  std::optional<std::string> Cpu;
  /// The features at the beginning of every function's list; none: there was no function.
  std::optional<std::vector<std::string>> Features;

  /// LLVM's feature string; empty if the functions share none.
  std::string featureString() const;
};

/// The target that the functions of a module share. The module may be lazily loaded.
SessionTarget sessionTargetOf(const llvm::Module &M);

/// Narrows Common to what another module shares.
void mergeSessionTarget(SessionTarget &Common, const SessionTarget &Other);

/// Fills in what the command line leaves to the target or to this machine ("native").
pipeline::TargetSettings completedTarget(pipeline::TargetSettings Target,
                                         const SessionTarget &Found);

} // namespace lto_inspector::rustc
