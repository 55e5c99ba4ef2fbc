//===- pass_manager.h - The optimisation pipeline of LTO ------------------===//
#pragma once

#include "lto/llvm/target_machine.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"
#include <atomic>
#include <string>

namespace lto_inspector {

/// rustc's `ModuleConfig` (rustc_codegen_ssa/src/back/write.rs, 1.9x), as far as the LTO pipelines
/// depend on it.
struct ModuleConfig {
  OptLevel Level = OptLevel::O0;
  bool VectorizeLoops = false;
  bool VectorizeSlp = false;
  bool MergeFunctions = false;
  /// `-C no-prepopulate-passes`
  bool NoPrepopulatePasses = false;
  /// `-C passes`, comma-separated.
  std::string ExtraPasses;
  /// Older rustc marks modules with the flag LTOPostLink (the toolchain profile says which).
  bool AddLtoPostLink = false;
};

/// Runs the ThinLTO pipeline over a module.
///
/// Mirrors `run_pass_manager` (rustc_codegen_llvm/src/back/lto.rs), `llvm_optimize` (back/write.rs)
/// and `LLVMRustOptimize` (PassWrapper.cpp), 1.9x. When Cancelled becomes true, optional passes are
/// skipped and the module is worthless. Errors: EngineFailed for a pass pipeline that LLVM does not
/// know.
llvm::Error runPassManager(llvm::Module &M, llvm::TargetMachine &TM, const ModuleConfig &Config,
                           const std::atomic<bool> &Cancelled);

} // namespace lto_inspector
