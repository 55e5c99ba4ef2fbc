//===- stage_requests.cpp - Requests that make stages ---------------------===//
#include "binding/stage_runs.h"
#include "lto/llvm/file_digest.h"
#include "lto/pipeline/blob_store.h"
#include "lto/pipeline/object_code.h"

using namespace llvm;

namespace lto_inspector::binding {

using namespace support;
using namespace pipeline;
using namespace rustc;

/// Saves a file that code generation made. @returns its blob
static Expected<json::Value> savedFile(ArrayRef<char> Content, StageSink *Sink) {
  const StringRef Bytes(Content.data(), Content.size());
  const std::string Digest = digestOf(Bytes);
  if (Sink)
    if (Error E = Sink->save(Digest, Bytes))
      return E;
  return json::Object{{"blob", Digest}, {"bytes", static_cast<int64_t>(Bytes.size())}};
}

/// Generates the object of a module, and describes it as a `SavedObject`. Errors: those of
/// emitObject and of the sink.
static Expected<json::Value> savedObject(Module &M, const TargetSettings &Target,
                                         const CodegenSettings &Codegen, StageSink *Sink) {
  auto Start = std::chrono::steady_clock::now();
  Expected<ObjectCode> Made = emitObject(M, Target, Codegen);
  if (!Made)
    return Made.takeError();
  std::chrono::duration<double, std::milli> Elapsed = std::chrono::steady_clock::now() - Start;
  Expected<json::Value> Object = savedFile(Made->Object, Sink);
  if (!Object)
    return Object.takeError();
  json::Object &Saved = *Object->getAsObject();
  Saved["millis"] = Elapsed.count();
  Saved["dwarf"] = nullptr;
  if (!Codegen.SeparateDwarf)
    return Object;
  Expected<json::Value> Dwarf = savedFile(Made->Dwarf, Sink);
  if (!Dwarf)
    return Dwarf.takeError();
  Saved["dwarf"] = std::move(*Dwarf);
  return Object;
}

static Answer optimize(OptimizeParams Params, const Request &Current) {
  Expected<std::shared_ptr<const Unit>> Found = Current.State.find(Params.Unit);
  if (!Found)
    return Found.takeError();
  const Unit &U = **Found;
  CrashJournal::Entry Entry(Current.State.Journal, Params.Module);
  auto OnStage = [&](LtoStage Stage) {
    Entry.enter(Stage.tag());
    reportProgress(Current, Params.Unit, Params.Module, Stage);
  };
  std::optional<BlobStore> Store;
  if (Params.Blobs)
    Store.emplace(*Params.Blobs);
  OptimizeOptions Options = optionsOf(U);
  Options.Stages = Params.Stages;
  Options.Sink = Store ? &*Store : nullptr;
  Options.OnStage = OnStage;
  std::vector<Timing> Timings;
  json::Value Object = nullptr;
  auto Generate = [&](Module &M) -> Error {
    Entry.enter("object");
    ActivityTimer Timer(Current.State.Profiler, Timings, "LLVM_module_codegen",
                        StringRef(Params.Module));
    Expected<json::Value> Saved = savedObject(M, Options.Target, *Params.Object, Options.Sink);
    if (!Saved)
      return Saved.takeError();
    Object = std::move(*Saved);
    return Error::success();
  };
  if (Params.Object) {
    Params.Object->NoBuiltins = Options.Config.NoBuiltins;
    Options.AtEnd = Generate;
  }
  Expected<OptimizedModule> Optimized = runStages(U, Params.Module, Options, Current, Timings);
  if (!Optimized)
    return Optimized.takeError();
  json::Array Said;
  for (const std::string &Text : Optimized->Diagnostics)
    Said.push_back(jsonText(Text));
  return json::Object{{"module", jsonText(Params.Module)},    {"stages", toJSON(Optimized->Stages)},
                      {"object", std::move(Object)},          {"timings", toJSON(Timings)},
                      {"peakMemoryBytes", peakMemoryBytes()}, {"diagnostics", std::move(Said)}};
}

void addStageRequests(RequestTable &Table) { Table.add<OptimizeParams>("optimize", optimize); }

} // namespace lto_inspector::binding
