//===- fat_lto.h - Links all modules into one and optimises it ------------===//
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
  /// Missing CPU and features are completed from the local crate's functions.
  pipeline::TargetSettings Target;
  ModuleConfig Config;
  bool FewerNames = true;
  /// Chosen if several modules in memory cost the same: rustc takes the one that it finished last,
  /// which no file shows.
  std::optional<std::string> BaseWhereTied;
  support::RunControl Control;
};

/// The inputs of fat LTO, which can be linked any number of times.
struct FatShared {
  /// The base module first, then the others in the order of linking.
  std::vector<LtoModule> Modules;
  std::vector<std::string> SymbolsBelowThreshold;
  size_t LocalSymbols = 0;
  pipeline::TargetSettings Target;
  /// As in ModuleConfig.
  bool NoBuiltins = false;
  /// Digest of the modules, their order and the symbols to preserve; upper-case hex.
  std::string Digest;
  std::vector<std::string> Warnings;

  const LtoModule &base() const { return Modules.front(); }
};

/// Reads the upstream modules, brings the codegen units that rustc had in memory to their state at
/// the beginning of its LTO, and chooses the base module.
///
/// Mirrors `run_fat` and the first half of `fat_lto` (rustc_codegen_llvm/src/back/lto.rs, 1.9x).
/// Errors: those of prepareLto, readProfile, takeUseLists, takeNameCounts and optimizeBeforeFatLto,
/// NoBitcode if there is nothing to link, Cancelled.
llvm::Expected<std::unique_ptr<FatShared>> runFat(FatLtoOptions Options,
                                                  std::vector<LtoModule> LocalModules,
                                                  pipeline::SelfProfiler &Profiler,
                                                  std::vector<pipeline::Timing> &Timings);

/// Links all modules, internalises what is not needed outside, and runs the passes; saves the
/// stages on the way.
///
/// Mirrors the second half of `fat_lto`, with `run_pass_manager`
/// (rustc_codegen_llvm/src/back/lto.rs, 1.9x). Options.Target and Options.Config are those of
/// runFat. Errors: ParseBitcode, LoadBitcode, EngineFailed, DiskFull, Cancelled.
llvm::Expected<pipeline::OptimizedModule>
fatLto(const FatShared &Shared, const OptimizeOptions &Options, const std::atomic<bool> &Cancelled,
       pipeline::SelfProfiler &Profiler, std::vector<pipeline::Timing> &Timings);

/// The cost of serialising and parsing a module: its functions, including declarations.
///
/// Mirrors `LLVMRustModuleCost` (PassWrapper.cpp, 1.9x).
uint64_t moduleCost(const llvm::Module &M);

} // namespace lto_inspector::rustc
