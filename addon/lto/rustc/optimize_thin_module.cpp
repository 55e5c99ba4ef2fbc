#include "lto/rustc/optimize_thin_module.h"

#include "lto/rustc/parse_module.h"
#include "lto/rustc/stage_recorder.h"
#include "lto/rustc/thin_module_passes.h"

using namespace llvm;

namespace lto_inspector {

/// The profiling activity of the step that leads to a stage, as rustc names it; rustc has none for
/// parsing, which is named after its stage.
static StringRef activityOf(LtoStage Stage) {
  switch (Stage) {
  case LtoStage::Input:
    return tagOf(Stage);
  case LtoStage::AfterRename:
    return "LLVM_thin_lto_rename";
  case LtoStage::AfterResolve:
    return "LLVM_thin_lto_resolve_weak";
  case LtoStage::AfterInternalize:
    return "LLVM_thin_lto_internalize";
  case LtoStage::AfterImport:
    return "LLVM_thin_lto_import";
  case LtoStage::AfterPm:
    return "LLVM_lto_optimize";
  default:
    llvm_unreachable("no stage of thin LTO");
  }
}

/// The step that leads to a stage.
static Error takeStep(LtoStage Stage, StageRecorder &Recorder, const ThinLtoData &Data,
                      const LtoModule &Input, const ModuleConfig &Config,
                      const std::atomic<bool> &Cancelled) {
  switch (Stage) {
  case LtoStage::Input:
    return Recorder.adopt(parseModule(Recorder.context(), Input.buffer()));
  case LtoStage::AfterRename:
    prepareThinLtoRename(Data, Recorder.module(), Recorder.targetMachine());
    return Error::success();
  case LtoStage::AfterResolve:
    prepareThinLtoResolveWeak(Data, Recorder.module());
    return Error::success();
  case LtoStage::AfterInternalize:
    prepareThinLtoInternalize(Data, Recorder.module());
    return Error::success();
  case LtoStage::AfterImport:
    return prepareThinLtoImport(Data, Recorder.module(), Recorder.targetMachine());
  case LtoStage::AfterPm:
    return runPassManager(Recorder.module(), Recorder.targetMachine(), Config, OptStage::ThinLto,
                          Cancelled);
  default:
    llvm_unreachable("no stage of thin LTO");
  }
}

Expected<OptimizedModule> optimizeThinModule(const ThinShared &Shared, size_t Index,
                                             const OptimizeOptions &Options,
                                             const std::atomic<bool> &Cancelled,
                                             SelfProfiler &Profiler, std::vector<Timing> &Timings) {
  const LtoModule &Input = Shared.Modules[Index];
  StageRecorder Recorder(Input, Options, Cancelled);
  if (Error E = Recorder.checkCancelled())
    return E;
  for (LtoStage Stage : {LtoStage::Input, LtoStage::AfterRename, LtoStage::AfterResolve,
                         LtoStage::AfterInternalize, LtoStage::AfterImport, LtoStage::AfterPm}) {
    if (!Recorder.makes(Stage))
      break;
    auto Step = [&]() -> Error {
      ActivityTimer Timer(Profiler, Timings, activityOf(Stage), StringRef(Input.Name));
      return takeStep(Stage, Recorder, *Shared.Data, Input, Options.Config, Cancelled);
    };
    if (Error E = Recorder.makeStage(Stage, Step))
      return E;
  }
  return Recorder.takeResult();
}

} // namespace lto_inspector
