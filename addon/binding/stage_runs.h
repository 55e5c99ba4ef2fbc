//===- stage_runs.h - Taking a module of a unit through its stages --------===//
#pragma once

#include "binding/requests.h"
#include "lto/rustc/optimize_thin_module.h"

namespace lto_inspector::binding {

/// The options with which every stage of a unit is made.
rustc::OptimizeOptions optionsOf(const Unit &U);

/// Takes one module through the unit's pipeline, notes each pass in the crash journal, and gives
/// back the memory of a large one. Errors: UnknownModule, those of the pipeline.
llvm::Expected<pipeline::OptimizedModule> runStages(const Unit &U, llvm::StringRef Module,
                                                    rustc::OptimizeOptions Options,
                                                    const Request &Current,
                                                    std::vector<pipeline::Timing> &Timings);

/// Tells that a module enters a stage.
void reportProgress(const Request &Current, llvm::StringRef Unit, llvm::StringRef Module,
                    pipeline::LtoStage Stage);

/// Peak resident memory of the process so far, in bytes.
uint64_t peakMemoryBytes();

} // namespace lto_inspector::binding
