#include "lto/rustc/optimize_thin_module.h"

#include "lto/rustc/parse_module.h"
#include "lto/rustc/stages.h"
#include "lto/rustc/thin_module_passes.h"
#include <functional>

using namespace llvm;

namespace lto_inspector::rustc {

using namespace pipeline;

Expected<OptimizedModule> optimizeThinModule(const ThinShared &Shared, size_t Index,
                                             const OptimizeOptions &Options,
                                             const std::atomic<bool> &Cancelled,
                                             SelfProfiler &Profiler, std::vector<Timing> &Timings) {
  const LtoModule &Input = Shared.Modules[Index];
  const ThinLtoData &Data = *Shared.Data;
  StageRecorder Recorder(Input.recorded(), Options, Cancelled);
  if (Error E = Recorder.checkCancelled())
    return E;
  auto Always = [](auto Step) {
    return [=]() -> Error {
      Step();
      return Error::success();
    };
  };
  // The steps that lead to the stages.
  const std::pair<LtoStage, std::function<Error()>> Steps[] = {
      {ThinInput, [&] { return Recorder.adopt(parseModule(Recorder.context(), Input.buffer())); }},
      {ThinAfterRename,
       Always([&] { prepareThinLtoRename(Data, Recorder.module(), Recorder.targetMachine()); })},
      {ThinAfterResolve, Always([&] { prepareThinLtoResolveWeak(Data, Recorder.module()); })},
      {ThinAfterInternalize, Always([&] { prepareThinLtoInternalize(Data, Recorder.module()); })},
      {ThinAfterImport,
       [&] { return prepareThinLtoImport(Data, Recorder.module(), Recorder.targetMachine()); }},
      {ThinAfterPm, [&] {
         return runPassManager(Recorder.module(), Recorder.targetMachine(), Options.Config,
                               OptStage::ThinLto, Cancelled, &Options);
       }}};
  for (const auto &[Stage, Step] : Steps) {
    if (!Recorder.makes(Stage))
      break;
    auto Measured = [&, Stage = Stage, &Step = Step]() -> Error {
      ActivityTimer Timer(Profiler, Timings, Stage.activity(), StringRef(Input.Name));
      return Step();
    };
    if (Error E = Recorder.makeStage(Stage, Measured))
      return E;
  }
  return Recorder.finish();
}

} // namespace lto_inspector::rustc
