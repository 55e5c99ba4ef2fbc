#include "lto/rustc/optimize_thin_module.h"

#include "lto/llvm/context.h"
#include "lto/llvm/error.h"
#include "lto/llvm/global_state.h"
#include "lto/rustc/parse_module.h"
#include "lto/rustc/thin_module_passes.h"
#include "llvm/ADT/STLExtras.h"
#include <chrono>
#include <optional>

using namespace llvm;

namespace lto_inspector {

namespace {

/// One module on its way through the stages.
class ThinModuleJob {
public:
  ThinModuleJob(const ThinShared &Shared, const LtoModule &Input, const OptimizeOptions &Options,
                const std::atomic<bool> &Cancelled, SelfProfiler &Profiler,
                std::vector<Timing> &Timings)
      : Shared(Shared), Input(Input), Options(Options), Cancelled(Cancelled), Profiler(Profiler),
        Timings(Timings), Context(makeContext(Said)) {
    Context->setDiscardValueNames(Options.FewerNames);
  }

  Expected<OptimizedModule> run();

private:
  Error makeStage(LtoStage Stage);
  Error perform(LtoStage Stage);
  Error parse();
  std::optional<GlobalState> stateBefore(LtoStage Stage) const;
  Error save(LtoStage Stage, double Millis, bool Unchanged);
  LtoStage lastStage() const {
    return Options.Stages.empty() ? LtoStage::AfterPm : *max_element(Options.Stages);
  }

  const ThinShared &Shared;
  const LtoModule &Input;
  const OptimizeOptions &Options;
  const std::atomic<bool> &Cancelled;
  SelfProfiler &Profiler;
  std::vector<Timing> &Timings;
  Diagnostics Said;
  std::unique_ptr<LLVMContext> Context;
  std::unique_ptr<Module> M;
  std::unique_ptr<TargetMachine> TM;
  OptimizedModule Result;
};

} // namespace

Error ThinModuleJob::parse() {
  Expected<std::unique_ptr<Module>> Parsed = parseModule(*Context, Input.buffer());
  if (!Parsed)
    return Parsed.takeError();
  M = std::move(*Parsed);
  Expected<std::unique_ptr<TargetMachine>> Machine = createTargetMachine(Options.Target, *M);
  if (!Machine)
    return Machine.takeError();
  TM = std::move(*Machine);
  return Error::success();
}

/// The profiling activity of the step that leads to a stage, as rustc names it; rustc has none for
/// parsing.
static StringRef activityOf(LtoStage Stage) {
  switch (Stage) {
  case LtoStage::Input:
    return {};
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

Error ThinModuleJob::perform(LtoStage Stage) {
  const ThinLtoData &Data = *Shared.Data;
  switch (Stage) {
  case LtoStage::Input:
    return parse();
  case LtoStage::AfterRename:
    prepareThinLtoRename(Data, *M, *TM);
    return Error::success();
  case LtoStage::AfterResolve:
    prepareThinLtoResolveWeak(Data, *M);
    return Error::success();
  case LtoStage::AfterInternalize:
    prepareThinLtoInternalize(Data, *M);
    return Error::success();
  case LtoStage::AfterImport:
    return prepareThinLtoImport(Data, *M, *TM);
  case LtoStage::AfterPm:
    return runPassManager(*M, *TM, Options.Config, OptStage::ThinLto, Cancelled);
  default:
    llvm_unreachable("no stage of thin LTO");
  }
}

/// Serialising a module costs more than the two cheapest steps together, and most often they change
/// nothing: where that can be told from the module's globals, the stage before is the stage.
std::optional<GlobalState> ThinModuleJob::stateBefore(LtoStage Stage) const {
  bool Tells = Stage == LtoStage::AfterResolve || Stage == LtoStage::AfterInternalize;
  if (!Tells || !is_contained(Options.Stages, Stage) || Result.Stages.empty() ||
      static_cast<size_t>(Result.Stages.back().Stage) + 1 != static_cast<size_t>(Stage))
    return std::nullopt;
  return GlobalState(*M);
}

Error ThinModuleJob::save(LtoStage Stage, double Millis, bool Unchanged) {
  if (!is_contained(Options.Stages, Stage))
    return Error::success();
  if (Unchanged) {
    SavedStage Same = Result.Stages.back();
    Same.Stage = Stage;
    Same.Millis = Millis;
    Same.SameAsPrevious = true;
    Result.Stages.push_back(std::move(Same));
    return Error::success();
  }
  Expected<SavedStage> Saved = saveTempBitcode(*M, Stage, Options.Sink);
  if (!Saved)
    return Saved.takeError();
  Saved->Millis = Millis;
  Saved->SameAsPrevious =
      !Result.Stages.empty() && Result.Stages.back().ContentHash == Saved->ContentHash;
  Result.Stages.push_back(std::move(*Saved));
  return Error::success();
}

Error ThinModuleJob::makeStage(LtoStage Stage) {
  if (Options.OnStage)
    Options.OnStage(Stage);
  std::optional<GlobalState> Before = stateBefore(Stage);
  auto Start = std::chrono::steady_clock::now();
  {
    std::optional<ActivityTimer> Timer;
    if (StringRef Activity = activityOf(Stage); !Activity.empty())
      Timer.emplace(Profiler, Timings, Activity, StringRef(Input.Name));
    if (Error E = perform(Stage))
      return wrapError(std::move(E), "EngineFailed", "LLVM failed", Input.File, Input.Name,
                       tagOf(Stage));
  }
  if (!Said.Errors.empty())
    return makeError("EngineFailed", "LLVM reported an error: " + Said.Errors.front(), Input.File,
                     Input.Name, tagOf(Stage));
  std::chrono::duration<double, std::milli> Elapsed = std::chrono::steady_clock::now() - Start;
  if (Cancelled)
    return makeError("Cancelled", "cancelled", Input.File, Input.Name, tagOf(Stage));
  return save(Stage, Elapsed.count(), Before && *Before == GlobalState(*M));
}

Expected<OptimizedModule> ThinModuleJob::run() {
  if (Cancelled)
    return makeError("Cancelled", "cancelled", Input.File, Input.Name);
  for (size_t I = 0; I <= static_cast<size_t>(lastStage()); ++I)
    if (Error E = makeStage(static_cast<LtoStage>(I)))
      return E;
  Result.Diagnostics = std::move(Said.Others);
  return std::move(Result);
}

Expected<OptimizedModule> optimizeThinModule(const ThinShared &Shared, size_t Index,
                                             const OptimizeOptions &Options,
                                             const std::atomic<bool> &Cancelled,
                                             SelfProfiler &Profiler, std::vector<Timing> &Timings) {
  return ThinModuleJob(Shared, Shared.Modules[Index], Options, Cancelled, Profiler, Timings).run();
}

} // namespace lto_inspector
