//===- pass_requests.cpp - Requests about runs of passes ------------------===//
//
// `passTrace` and `passTexts` of src/protocol/engine/passes.ts. Runs are many: they are packed, and
// go to a blob.
//
//===----------------------------------------------------------------------===//
#include "binding/packed_numbers.h"
#include "binding/stage_runs.h"
#include "lto/llvm/file_digest.h"
#include "lto/passes/function_texts.h"
#include "lto/pipeline/blob_store.h"
#include "lto/rustc/stages.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace lto_inspector::binding {

using namespace support;
using namespace pipeline;
using namespace rustc;
using passes::FunctionTexts;
using passes::PassScope;
using passes::PassTrace;

namespace {

/// Raise it when the content of the blob changes, here and in src/protocol/engine/passes.ts.
constexpr int TraceSchema = 1;
constexpr int TextsSchema = 1;

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

struct PassTextsParams {
  std::string Unit;
  std::string Module;
  std::string Function;
  std::vector<passes::ExpectedChange> Expected;
  std::string Blobs;
};

/// llvm::json only finds fromJSON beside a type.
struct ReadChange : passes::ExpectedChange {};

bool fromJSON(const json::Value &Json, ReadChange &Change, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  uint64_t Hash = 0;
  if (!Map || !Map.map("pass", Change.Pass) || !Map.map("hash", Hash))
    return false;
  Change.Hash = static_cast<uint32_t>(Hash);
  return true;
}

bool fromJSON(const json::Value &Json, PassTextsParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  std::vector<ReadChange> Expected;
  if (!Map || !Map.map("unit", Params.Unit) || !Map.map("module", Params.Module) ||
      !Map.map("function", Params.Function) || !Map.map("expected", Expected) ||
      !Map.map("blobs", Params.Blobs))
    return false;
  Params.Expected.assign(Expected.begin(), Expected.end());
  return true;
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

/// Errors: as BlobStore::save
static Expected<json::Object> saveText(StringRef Blobs, const json::Value &Content) {
  const std::string Text = formatv("{0}", Content).str();
  const std::string Digest = digestOf(Text);
  if (Error E = BlobStore(Blobs.str()).save(Digest, Text))
    return E;
  return json::Object{{"blob", Digest}, {"bytes", static_cast<int64_t>(Text.size())}};
}

/// Takes a module of a unit through the passes. Errors: those of runStages
static Expected<OptimizedModule> runObserved(const Unit &U, const std::string &UnitName,
                                             const std::string &Module, PassTrace &Observer,
                                             ArrayRef<LtoStage> Stages, const Request &Current,
                                             std::vector<Timing> &Timings) {
  CrashJournal::Entry Entry(Current.State.Journal, Module);
  auto OnStage = [&](LtoStage Stage) {
    Entry.enter(Stage.tag());
    reportProgress(Current, UnitName, Module, Stage);
  };
  OptimizeOptions Options = optionsOf(U);
  Options.OnStage = OnStage;
  Options.Observer = &Observer;
  Options.Stages = Stages;
  return runStages(U, Module, Options, Current, Timings);
}

static LtoStage lastStage(const Unit &U) { return U.Fat ? FatAfterPm : ThinAfterPm; }

static Answer passTrace(PassTraceParams Params, const Request &Current) {
  Expected<std::shared_ptr<const Unit>> Found = Current.State.find(Params.Unit);
  if (!Found)
    return Found.takeError();
  const LtoStage Last = lastStage(**Found);
  PassTrace Trace(Last, Params.Check ? passes::Finding::Checked : passes::Finding::Quick);
  std::vector<Timing> Timings;
  Expected<OptimizedModule> Run =
      runObserved(**Found, Params.Unit, Params.Module, Trace, Last, Current, Timings);
  if (!Run)
    return Run.takeError();
  Expected<json::Object> Saved = saveText(Params.Blobs, traceJson(Params.Module, Trace));
  if (!Saved)
    return Saved.takeError();
  return json::Object{{"trace", std::move(*Saved)},
                      {"missed", Params.Check ? missedJson(Trace) : json::Value(nullptr)},
                      {"content", Run->Stages.back().ContentHash},
                      {"timings", toJSON(Timings)},
                      {"peakMemoryBytes", peakMemoryBytes()}};
}

static json::Value textsJson(const PassTextsParams &Params, const FunctionTexts &Taken) {
  json::Array Steps, Texts;
  for (const passes::TextStep &Step : Taken.steps())
    Steps.push_back(
        json::Array{jsonText(Step.Pass), Step.Text ? json::Value(static_cast<int64_t>(*Step.Text))
                                                   : json::Value(nullptr)});
  for (const std::string &Text : Taken.texts())
    Texts.push_back(jsonText(Text));
  return json::Object{{"schema", TextsSchema},
                      {"module", jsonText(Params.Module)},
                      {"function", jsonText(Params.Function)},
                      {"steps", std::move(Steps)},
                      {"texts", std::move(Texts)}};
}

/// First without passes on unrelated functions; with all of them if that gives other changes.
static Answer passTexts(PassTextsParams Params, const Request &Current) {
  Expected<std::shared_ptr<const Unit>> Found = Current.State.find(Params.Unit);
  if (!Found)
    return Found.takeError();
  std::vector<Timing> Timings;
  for (PassScope Scope : {PassScope::Related, PassScope::All}) {
    const bool Full = Scope == PassScope::All;
    if (!Full && Params.Expected.empty())
      continue;
    FunctionTexts Taken(lastStage(**Found), Params.Function, Params.Expected, Scope);
    Expected<OptimizedModule> Run =
        runObserved(**Found, Params.Unit, Params.Module, Taken, {}, Current, Timings);
    if (!Run)
      return Run.takeError();
    if (Taken.tooLarge())
      return makeError("EngineFailed",
                       "the texts of " + Params.Function + " between passes take more than " +
                           Twine(FunctionTexts::MostTextBytes >> 20) + " MiB",
                       {}, Params.Module);
    if (!Full && !Taken.asExpected())
      continue;
    Expected<json::Object> Saved = saveText(Params.Blobs, textsJson(Params, Taken));
    if (!Saved)
      return Saved.takeError();
    return json::Object{{"texts", std::move(*Saved)},
                        {"expected", Taken.asExpected()},
                        {"full", Full},
                        {"timings", toJSON(Timings)},
                        {"peakMemoryBytes", peakMemoryBytes()}};
  }
  llvm_unreachable("the last scope returns");
}

void addPassRequests(RequestTable &Table) {
  Table.add<PassTraceParams>("passTrace", passTrace);
  Table.add<PassTextsParams>("passTexts", passTexts);
}

} // namespace lto_inspector::binding
