#include "lto/pipeline/stage_recorder.h"

#include "lto/compat/pass_subjects.h"
#include "lto/llvm/error.h"
#include "llvm/ADT/STLExtras.h"
#include <chrono>

using namespace llvm;

namespace lto_inspector::pipeline {

using namespace support;

StageRecorder::StageRecorder(RecordedModule Of, const RecordOptions &Options,
                             const std::atomic<bool> &Cancelled)
    : Of(Of), Options(Options), Cancelled(Cancelled), Context(makeContext(Said)) {
  Context->setDiscardValueNames(Options.FewerNames);
}

Error StageRecorder::adopt(Expected<std::unique_ptr<Module>> Parsed) {
  if (!Parsed)
    return Parsed.takeError();
  M = std::move(*Parsed);
  Expected<std::unique_ptr<TargetMachine>> Machine = createTargetMachine(Options.Target, *M);
  if (!Machine)
    return Machine.takeError();
  TM = std::move(*Machine);
  return Error::success();
}

bool StageRecorder::makes(LtoStage Stage) const {
  return Options.Stages.empty() || Options.AtEnd || !(*max_element(Options.Stages) < Stage);
}

Error StageRecorder::checkCancelled(StringRef Stage) const {
  return Cancelled ? makeError("Cancelled", "cancelled", Of.File, Of.Name, Stage)
                   : Error::success();
}

/// Serialising a module costs more than the two cheapest steps together, which usually change
/// nothing: if the module's globals show that, the previous stage is re-used.
std::optional<GlobalState> StageRecorder::stateBefore(LtoStage Stage) const {
  if (!Stage.changesGlobalsOnly() || !is_contained(Options.Stages, Stage) ||
      Result.Stages.empty() || !Stage.follows(Result.Stages.back().Stage))
    return std::nullopt;
  return GlobalState(*M);
}

Error StageRecorder::save(LtoStage Stage, double Millis, bool Unchanged, StageWriter Write) {
  if (!is_contained(Options.Stages, Stage))
    return Error::success();
  bool First = Result.Stages.empty();
  SavedStage Stored;
  if (Unchanged) {
    Stored = Result.Stages.back();
    Stored.Stage = Stage;
  } else {
    size_t Expected = First ? Of.Bytes : Result.Stages.back().Bytes;
    llvm::Expected<SavedStage> Saved = saveTempBitcode(*M, Stage, Options.Sink, Expected, Write);
    if (!Saved)
      return Saved.takeError();
    Stored = std::move(*Saved);
  }
  Stored.Millis = Millis;
  Stored.SameAsPrevious = !First && Result.Stages.back().ContentHash == Stored.ContentHash;
  Result.Stages.push_back(std::move(Stored));
  return Error::success();
}

/// The function that a pass works on, or the first of several; empty: the module.
static StringRef functionOf(const Any &Of) {
  if (compat::moduleOf(Of))
    return {};
  const std::vector<const Function *> Functions = compat::functionsOf(Of);
  return Functions.empty() ? StringRef() : Functions.front()->getName();
}

void RecordOptions::instrument(PassInstrumentationCallbacks &Callbacks) const {
  if (OnPass)
    Callbacks.registerBeforeNonSkippedPassCallback([Call = OnPass](StringRef Pass, Any Of) {
      if (!compat::runsOthers(Pass))
        Call(Pass, functionOf(Of));
    });
  if (Observer)
    Observer->instrument(Callbacks);
}

Error StageRecorder::makeStage(LtoStage Stage, function_ref<Error()> Step, StageWriter Write) {
  if (Options.OnStage)
    Options.OnStage(Stage);
  if (Options.Observer && M)
    Options.Observer->before(Stage, *M);
  std::optional<GlobalState> Before = stateBefore(Stage);
  auto Start = std::chrono::steady_clock::now();
  if (Error E = Step())
    return wrapError(std::move(E), "EngineFailed", "LLVM failed", Of.File, Of.Name, Stage.tag());
  if (!Said.Errors.empty())
    return makeError("EngineFailed", "LLVM reported an error: " + Said.Errors.front(), Of.File,
                     Of.Name, Stage.tag());
  std::chrono::duration<double, std::milli> Elapsed = std::chrono::steady_clock::now() - Start;
  if (Error E = checkCancelled(Stage.tag()))
    return E;
  if (Options.Observer)
    Options.Observer->after(Stage, *M);
  return save(Stage, Elapsed.count(), Before && *Before == GlobalState(*M), Write);
}

Expected<OptimizedModule> StageRecorder::finish() {
  if (Options.AtEnd) {
    if (Error E = Options.AtEnd(*M))
      return wrapError(std::move(E), "EngineFailed", "LLVM failed", Of.File, Of.Name);
    if (!Said.Errors.empty())
      return makeError("EngineFailed", "LLVM reported an error: " + Said.Errors.front(), Of.File,
                       Of.Name);
    if (Error E = checkCancelled())
      return E;
  }
  Result.Diagnostics = std::move(Said.Others);
  return std::move(Result);
}

} // namespace lto_inspector::pipeline
