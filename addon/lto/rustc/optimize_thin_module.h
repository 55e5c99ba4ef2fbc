//===- optimize_thin_module.h - The six stages of one module --------------===//
#pragma once

#include "lto/pipeline/self_profile.h"
#include "lto/pipeline/stage_recorder.h"
#include "lto/rustc/pass_manager.h"
#include "lto/rustc/thin_lto.h"
#include "llvm/Support/Error.h"
#include <atomic>
#include <vector>

namespace lto_inspector::rustc {

/// Options for thin or fat LTO of a module.
struct OptimizeOptions : pipeline::RecordOptions {
  ModuleConfig Config;
};

/// Takes one module through renaming, resolving, internalising, importing and the passes, and saves
/// the stages on the way.
///
/// Mirrors `optimize_thin_module` (rustc_codegen_llvm/src/back/lto.rs, 1.9x). Thread-safe for
/// different modules of one ThinShared. Errors: ParseBitcode, PrepareThinLtoModule, EngineFailed,
/// DiskFull, Cancelled.
llvm::Expected<pipeline::OptimizedModule>
optimizeThinModule(const ThinShared &Shared, size_t Index, const OptimizeOptions &Options,
                   const std::atomic<bool> &Cancelled, pipeline::SelfProfiler &Profiler,
                   std::vector<pipeline::Timing> &Timings);

} // namespace lto_inspector::rustc
