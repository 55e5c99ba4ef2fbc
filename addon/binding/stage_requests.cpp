//===- stage_requests.cpp - Requests that make stages ---------------------===//
#include "binding/requests.h"
#include "lto/llvm/free_memory.h"
#include "lto/pipeline/blob_store.h"
#include "lto/rustc/optimize_thin_module.h"
#include "lto/rustc/stages.h"
#include "llvm/Support/FormatVariadic.h"
#include <sys/resource.h>

using namespace llvm;

namespace lto_inspector::binding {

using namespace support;
using namespace pipeline;
using namespace rustc;

/// Peak resident memory of the process so far, in bytes.
static uint64_t peakMemoryBytes() {
  struct rusage Usage;
  if (getrusage(RUSAGE_SELF, &Usage) != 0)
    return 0;
  return static_cast<uint64_t>(Usage.ru_maxrss) * 1024;
}

static Expected<OptimizedModule> runStages(const Unit &U, const OptimizeParams &Params,
                                           const OptimizeOptions &Options, const Request &Current,
                                           std::vector<Timing> &Timings) {
  for (LtoStage Stage : Params.Stages)
    if (&Stage.pipeline() != (U.Fat ? &RustcFat : &RustcThin))
      return makeError("Internal", "the unit's LTO has no stage " + Stage.tag(), {}, Params.Module);
  if (U.Fat) {
    // All other modules have become part of the base module.
    if (U.Fat->base().Name == Params.Module)
      return fatLto(*U.Fat, Options, Current.Cancelled, Current.State.Profiler, Timings);
  } else if (std::optional<size_t> Index = U.Shared->find(Params.Module)) {
    return optimizeThinModule(*U.Shared, *Index, Options, Current.Cancelled, Current.State.Profiler,
                              Timings);
  }
  return makeError("UnknownModule", "the unit has no module " + Params.Module, {}, Params.Module);
}

/// Modules with more bitcode than this leave enough free memory behind to return it: LLVM's data
/// takes about ten times as much. A program has few such modules, and walking the heap after each
/// of the others would cost more than it gains.
static constexpr size_t LargeModuleBytes = 128 * 1024;

/// In fat LTO, all modules have become one.
static size_t bitcodeBytes(const ThinShared *Thin, StringRef Module) {
  std::optional<size_t> Index = Thin ? Thin->find(Module) : std::nullopt;
  return Index ? Thin->Modules[*Index].Bitcode->getBufferSize() : SIZE_MAX;
}

static Answer optimize(OptimizeParams Params, const Request &Current) {
  Expected<std::shared_ptr<const Unit>> Found = Current.State.find(Params.Unit);
  if (!Found)
    return Found.takeError();
  const Unit &U = **Found;
  CrashJournal::Entry Entry(Current.State.Journal, Params.Module);
  auto OnStage = [&](LtoStage Stage) {
    Entry.enter(Stage.tag());
    json::Value Progress = json::Object{{"unit", jsonText(Params.Unit)},
                                        {"module", jsonText(Params.Module)},
                                        {"stage", Stage.tag()}};
    Current.OnProgress(formatv("{0}", Progress).str());
  };
  std::optional<BlobStore> Store;
  if (Params.Blobs)
    Store.emplace(*Params.Blobs);
  OptimizeOptions Options;
  Options.Target = U.Settings.Target;
  Options.Config = U.Settings.Config;
  Options.FewerNames = U.Settings.FewerNames;
  Options.Stages = Params.Stages;
  Options.Sink = Store ? &*Store : nullptr;
  Options.OnStage = OnStage;
  std::vector<Timing> Timings;
  Expected<OptimizedModule> Optimized = runStages(U, Params, Options, Current, Timings);
  if (bitcodeBytes(U.Shared.get(), Params.Module) >= LargeModuleBytes)
    returnFreeMemory();
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
