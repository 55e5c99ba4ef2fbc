//===- pass_requests.cpp - Requests about runs of passes ------------------===//
//
// `passTrace` and `passTexts` of src/protocol/engine/passes.ts. Runs are many: they are packed, and
// go to a blob.
//
//===----------------------------------------------------------------------===//
#include "binding/packed_numbers.h"
#include "binding/stage_runs.h"
#include "lto/llvm/file_digest.h"
#include "lto/passes/pass_trace.h"
#include "lto/pipeline/blob_store.h"
#include "lto/rustc/stages.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace lto_inspector::binding {

using namespace support;
using namespace pipeline;
using namespace rustc;
using passes::PassTrace;

namespace {

/// Raise it when the content of the blob changes, here and in src/protocol/engine/passes.ts.
constexpr int TraceSchema = 1;

struct PassTraceParams {
  std::string Unit;
  std::string Module;
  std::string Blobs;
  bool Check = false;
};

bool fromJSON(const json::Value &Json, PassTraceParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("unit", Params.Unit) && Map.map("module", Params.Module) &&
         Map.map("blobs", Params.Blobs) && Map.map("check", Params.Check);
}

} // namespace

/// A number of either sign as one from 0.
static int64_t zigzag(int64_t Number) { return Number < 0 ? -2 * Number - 1 : 2 * Number; }

static int64_t tenthsOfMicros(uint64_t Nanos) { return static_cast<int64_t>((Nanos + 50) / 100); }

static json::Value packSubjects(const PassTrace &Trace) {
  PackedNumbers Packed;
  for (const passes::Subject &One : Trace.subjects()) {
    Packed.add(
        {static_cast<int64_t>(One.Kind), One.Depth, static_cast<int64_t>(One.Functions.size())});
    for (passes::FunctionId Id : One.Functions)
      Packed.add({Id});
  }
  return Packed.take();
}

static json::Value packBefore(const PassTrace &Trace) {
  PackedNumbers Packed;
  for (const passes::FunctionBefore &One : Trace.functionsBefore())
    Packed.add({One.Instructions, One.Hash});
  return Packed.take();
}

static json::Value packRuns(const PassTrace &Trace) {
  PackedNumbers Packed;
  for (const passes::PassRun &Run : Trace.runs())
    Packed.add({Run.Pass, Run.Subject, (Run.PreservedAll ? 1 : 0) | (Run.SubjectGone ? 2 : 0),
                tenthsOfMicros(Run.Nanos)});
  return Packed.take();
}

static json::Value packChanges(const PassTrace &Trace) {
  PackedNumbers Packed;
  uint32_t Last = 0;
  for (const auto &[Run, Change] : Trace.changes()) {
    const int Bits = (Change.Code ? 1 : 0) | (Change.Header ? 2 : 0) | (Change.Created ? 4 : 0) |
                     (Change.Removed ? 8 : 0);
    Packed.add({Run - std::exchange(Last, Run), Change.Function, Bits, zigzag(Change.Instructions),
                Change.Hash});
  }
  return Packed.take();
}

static json::Value packMemory(const PassTrace &Trace) {
  if (!Trace.knowsMemory())
    return nullptr;
  PackedNumbers Packed;
  uint32_t Last = 0;
  for (const passes::RunMemory &Used : Trace.memory()) {
    const int64_t Kept = Used.Bytes / 1024;
    const auto Peak = static_cast<int64_t>(Used.Peak / 1024);
    if (Kept != 0 || Peak != 0)
      Packed.add({Used.Run - std::exchange(Last, Used.Run), zigzag(Kept), Peak});
  }
  return Packed.take();
}

static json::Value traceJson(StringRef Module, const PassTrace &Trace) {
  json::Array Passes, Functions;
  for (const std::string &Pass : Trace.passes())
    Passes.push_back(jsonText(Pass));
  for (const std::string &Function : Trace.functions())
    Functions.push_back(jsonText(Function));
  return json::Object{{"schema", TraceSchema},
                      {"module", jsonText(Module)},
                      {"passes", std::move(Passes)},
                      {"functions", std::move(Functions)},
                      {"before", packBefore(Trace)},
                      {"subjects", packSubjects(Trace)},
                      {"runs", packRuns(Trace)},
                      {"changes", packChanges(Trace)},
                      {"memory", packMemory(Trace)},
                      {"total", tenthsOfMicros(Trace.totalNanos())},
                      {"own", tenthsOfMicros(Trace.ownNanos())}};
}

static json::Value missedJson(const PassTrace &Trace) {
  const std::vector<std::string> Functions = Trace.functions();
  json::Array Missed;
  for (const auto &[Run, Change] : Trace.missed())
    Missed.push_back(json::Object{{"pass", jsonText(Trace.passes()[Trace.runs()[Run].Pass])},
                                  {"function", jsonText(Functions[Change.Function])}});
  return Missed;
}

static Answer passTrace(PassTraceParams Params, const Request &Current) {
  Expected<std::shared_ptr<const Unit>> Found = Current.State.find(Params.Unit);
  if (!Found)
    return Found.takeError();
  CrashJournal::Entry Entry(Current.State.Journal, Params.Module);
  auto OnStage = [&](LtoStage Stage) {
    Entry.enter(Stage.tag());
    reportProgress(Current, Params.Unit, Params.Module, Stage);
  };
  const LtoStage Last = (*Found)->Fat ? FatAfterPm : ThinAfterPm;
  PassTrace Trace(Last, Params.Check ? passes::Finding::Checked : passes::Finding::Quick);
  OptimizeOptions Options = optionsOf(**Found);
  Options.OnStage = OnStage;
  Options.Observer = &Trace;
  Options.Stages = Last;
  std::vector<Timing> Timings;
  Expected<OptimizedModule> Run = runStages(**Found, Params.Module, Options, Current, Timings);
  if (!Run)
    return Run.takeError();
  const std::string Text = formatv("{0}", traceJson(Params.Module, Trace)).str();
  const std::string Digest = digestOf(Text);
  if (Error E = BlobStore(Params.Blobs).save(Digest, Text))
    return E;
  return json::Object{
      {"trace", json::Object{{"blob", Digest}, {"bytes", static_cast<int64_t>(Text.size())}}},
      {"missed", Params.Check ? missedJson(Trace) : json::Value(nullptr)},
      {"content", Run->Stages.back().ContentHash},
      {"timings", toJSON(Timings)},
      {"peakMemoryBytes", peakMemoryBytes()}};
}

void addPassRequests(RequestTable &Table) { Table.add<PassTraceParams>("passTrace", passTrace); }

} // namespace lto_inspector::binding
