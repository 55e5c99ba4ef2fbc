//===- fat_lto.h - All modules linked into one, and that one optimised ----===//
#pragma once

#include "lto/rustc/optimize_thin_module.h"
#include "lto/rustc/prepare_lto.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lto_inspector::rustc {

struct FatLtoOptions {
  PrepareLtoOptions Prepare;
  /// CPU and features that are left open are completed from the local crate's functions.
  pipeline::TargetSettings Target;
  ModuleConfig Config;
  bool FewerNames = true;
  /// Chosen where several modules in memory cost the same: rustc takes the one that it had finished
  /// last, which no file tells.
  std::optional<std::string> BaseWhereTied;
  support::RunControl Control;
};

/// What fat LTO links, ready to be linked any number of times.
struct FatShared {
  /// The base module first, then the others in the order in which they are linked in.
  std::vector<LtoModule> Modules;
  std::vector<std::string> SymbolsBelowThreshold;
  size_t LocalSymbols = 0;
  pipeline::TargetSettings Target;
  /// Changes with the modules, their order and the symbols to preserve; upper-case hex.
  std::string Digest;
  std::vector<std::string> Warnings;

  const LtoModule &base() const { return Modules.front(); }
};

/// Reads the upstream modules, brings the codegen units that rustc had in memory to where they were
/// when its LTO began, and chooses the base module.
///
/// Mirrors `run_fat` and the first half of `fat_lto` (rustc_codegen_llvm/src/back/lto.rs, 1.9x).
/// Errors: those of prepareLto, readProfile, takeUseLists, takeNameCounts and optimizeBeforeFatLto,
/// NoBitcode where there is nothing to link,
/// Cancelled.
llvm::Expected<std::unique_ptr<FatShared>> runFat(const FatLtoOptions &Options,
                                                  std::vector<LtoModule> LocalModules,
                                                  pipeline::SelfProfiler &Profiler,
                                                  std::vector<pipeline::Timing> &Timings);

/// Links all modules, makes internal what need not be seen, and runs the passes; saves the stages
/// on the way.
///
/// Mirrors the second half of `fat_lto`, with `run_pass_manager`
/// (rustc_codegen_llvm/src/back/lto.rs, 1.9x). Options.Target and Options.Config are those of
/// runFat. Errors: ParseBitcode, LoadBitcode, EngineFailed, DiskFull, Cancelled.
llvm::Expected<pipeline::OptimizedModule>
fatLto(const FatShared &Shared, const OptimizeOptions &Options, const std::atomic<bool> &Cancelled,
       pipeline::SelfProfiler &Profiler, std::vector<pipeline::Timing> &Timings);

/// How dear a module is to serialise and parse: its functions, declarations included.
///
/// Mirrors `LLVMRustModuleCost` (PassWrapper.cpp, 1.9x).
uint64_t moduleCost(const llvm::Module &M);

} // namespace lto_inspector::rustc
