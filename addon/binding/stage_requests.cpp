//===- stage_requests.cpp - Requests that make stages ---------------------===//
#include "binding/stage_runs.h"
#include "lto/pipeline/blob_store.h"

using namespace llvm;

namespace lto_inspector::binding {

using namespace support;
using namespace pipeline;
using namespace rustc;

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
  Expected<OptimizedModule> Optimized = runStages(U, Params.Module, Options, Current, Timings);
  if (!Optimized)
    return Optimized.takeError();
  json::Array Said;
  for (const std::string &Text : Optimized->Diagnostics)
    Said.push_back(jsonText(Text));
  return json::Object{{"module", jsonText(Params.Module)},
                      {"stages", toJSON(Optimized->Stages)},
                      {"timings", toJSON(Timings)},
                      {"peakMemoryBytes", peakMemoryBytes()},
                      {"diagnostics", std::move(Said)}};
}

void addStageRequests(RequestTable &Table) { Table.add<OptimizeParams>("optimize", optimize); }

} // namespace lto_inspector::binding
