//===- pass_manager.h - The optimisation pipeline of LTO ------------------===//
#pragma once

#include "lto/pipeline/stage_recorder.h"
#include "lto/pipeline/target_machine.h"
#include "lto/rustc/instrumentation.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"
#include <atomic>
#include <optional>
#include <string>

namespace lto_inspector::rustc {

/// rustc's `ModuleConfig` (rustc_codegen_ssa/src/back/write.rs, 1.9x), as far as the LTO pipelines
/// depend on it.
struct ModuleConfig {
  pipeline::OptLevel Level = pipeline::OptLevel::O0;
  bool VectorizeLoops = false;
  bool VectorizeSlp = false;
  bool MergeFunctions = false;
  /// `-C no-prepopulate-passes`
  bool NoPrepopulatePasses = false;
  /// `#![no_builtins]` in the local crate: passes and code generation do not know what functions of
  /// the C library do, in the modules of all crates.
  bool NoBuiltins = false;
  /// `-C passes`, comma-separated.
  std::string ExtraPasses;
  /// Older rustc marks modules with the flag LTOPostLink (the toolchain profile says which).
  bool AddLtoPostLink = false;
  /// Newer rustc prepares a codegen unit for fat LTO with the passes that prepare for thin LTO (the
  /// toolchain profile says which).
  bool ThinPreLink = false;
  /// Older rustc writes the module after fat LTO with its ThinLTO summary (the toolchain profile
  /// says which).
  bool SummaryAfterFatLto = false;
  Instrumentation Inserted;
  /// The profile of `-C profile-use` before fat LTO; none: the passes run without one. The build's
  /// own file, which Inserted names, may have changed since.
  std::optional<std::string> Profile;
};

/// rustc's `OptStage` (rustc_codegen_llvm/src/llvm/ffi.rs, 1.9x), without those outside LTO.
enum class OptStage { PreLinkThinLto, PreLinkFatLto, ThinLto, FatLto };

/// Replaces intrinsics of older LLVMs, which rustc may still declare (`llvm.lifetime.start.p0i8`).
/// `LLVMRustOptimize` does this before the passes; a second time changes nothing.
void upgradeIntrinsics(llvm::Module &M);

/// Runs the pipeline of thin or fat LTO over a module.
///
/// Mirrors `run_pass_manager` (rustc_codegen_llvm/src/back/lto.rs), `llvm_optimize` (back/write.rs)
/// and `LLVMRustOptimize` (PassWrapper.cpp), 1.9x. When Cancelled becomes true, optional passes are
/// skipped and the module is unusable. Errors: EngineFailed for a pass pipeline that LLVM does not
/// know.
///
/// @param Options whose callbacks hear of passes; null: none do
llvm::Error runPassManager(llvm::Module &M, llvm::TargetMachine &TM, const ModuleConfig &Config,
                           OptStage Stage, const std::atomic<bool> &Cancelled,
                           const pipeline::RecordOptions *Options = nullptr);

/// Runs rustc's passes over a codegen unit before fat LTO.
///
/// Mirrors `optimize` (rustc_codegen_llvm/src/back/write.rs, 1.9x) for fat LTO.
/// Errors and Cancelled: as for runPassManager.
llvm::Error optimizeBeforeFatLto(llvm::Module &M, llvm::TargetMachine &TM,
                                 const ModuleConfig &Config, const std::atomic<bool> &Cancelled);

/// Runs passes that give every value a name, and every function names that are made unique with a
/// number (SanitizerCoveragePass makes two unnamed values in each, InstructionNamerPass names
/// them).
///
/// Mirrors `llvm_optimize` (rustc_codegen_llvm/src/back/write.rs, 1.9x) where rustc is run as in
/// src/core/producers/rust/capture/use-lists.ts: without prepopulated passes, and with these
/// instead. Errors and Cancelled: as for runPassManager.
llvm::Error nameValues(llvm::Module &M, llvm::TargetMachine &TM, const ModuleConfig &Config,
                       const std::atomic<bool> &Cancelled);

} // namespace lto_inspector::rustc
