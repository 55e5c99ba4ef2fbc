//===- optimize_thin_module.h - The six stages of one module --------------===//
#pragma once

#include "lto/llvm/self_profile.h"
#include "lto/rustc/pass_manager.h"
#include "lto/rustc/save_temps.h"
#include "lto/rustc/thin_lto.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include <atomic>
#include <string>
#include <vector>

namespace lto_inspector {

/// How thin or fat LTO of a module is run.
struct OptimizeOptions {
  TargetSettings Target;
  ModuleConfig Config;
  /// rustc's `fewer_names`: value names are discarded.
  bool FewerNames = true;
  /// The stages to save; what comes after the last of them is not run. Empty: all are run, none is
  /// saved.
  llvm::ArrayRef<LtoStage> Stages;
  /// Where the stages go; null: they are measured and dropped.
  StageSink *Sink = nullptr;
  /// Told before each stage, on the working thread; may be empty.
  llvm::function_ref<void(LtoStage)> OnStage;
};

struct OptimizedModule {
  /// As many as were asked for, in order.
  std::vector<SavedStage> Stages;
  /// LLVM's warnings and remarks.
  std::vector<std::string> Diagnostics;
};

/// Takes one module through renaming, resolving, internalising, importing and the passes, and saves
/// the stages on the way.
///
/// Mirrors `optimize_thin_module` (rustc_codegen_llvm/src/back/lto.rs, 1.9x). Thread-safe for
/// different modules of one ThinShared. Errors: ParseBitcode, PrepareThinLtoModule, EngineFailed,
/// DiskFull, Cancelled.
llvm::Expected<OptimizedModule> optimizeThinModule(const ThinShared &Shared, size_t Index,
                                                   const OptimizeOptions &Options,
                                                   const std::atomic<bool> &Cancelled,
                                                   SelfProfiler &Profiler,
                                                   std::vector<Timing> &Timings);

} // namespace lto_inspector
