//===- call_requests.cpp - Requests about imports and inlining ------------===//
//
// `importDecisions` and `inlineDecisions` of src/protocol/engine. Decisions are many: they are
// lists of numbers, in which texts are numbered, in the order of src/protocol/engine/calls.ts.
// Those of imports are packed, because reading and writing JSON would take longer than deciding.
//
//===----------------------------------------------------------------------===//
#include "binding/journal_watch.h"
#include "binding/packed_numbers.h"
#include "binding/stage_runs.h"
#include "binding/symbol_table.h"
#include "lto/calls/inline_ledger.h"
#include "lto/llvm/file_digest.h"
#include "lto/llvm/parallel.h"
#include "lto/llvm/regular_file.h"
#include "lto/pipeline/blob_store.h"
#include "lto/rustc/import_reasons.h"
#include "lto/rustc/stages.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace lto_inspector::binding {

using namespace support;
using namespace pipeline;
using namespace rustc;

namespace {

struct ImportDecisionsParams {
  std::string Unit;
  /// The first module, in the order of the analysis.
  uint64_t First = 0;
  /// The most modules.
  uint64_t Count = 0;
};

bool fromJSON(const json::Value &Json, ImportDecisionsParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("unit", Params.Unit) && Map.map("first", Params.First) &&
         Map.map("count", Params.Count);
}

struct InlineDecisionsParams {
  std::string Unit;
  std::string Module;
  std::string StageFile;
  std::string Blobs;
};

bool fromJSON(const json::Value &Json, InlineDecisionsParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("unit", Params.Unit) && Map.map("module", Params.Module) &&
         Map.map("stageFile", Params.StageFile) && Map.map("blobs", Params.Blobs);
}

template <typename T> int64_t orMinusOne(const std::optional<T> &Value) {
  return Value ? static_cast<int64_t>(*Value) : -1;
}

template <typename T> json::Value orNull(const std::optional<T> &Value) {
  return Value ? json::Value(*Value) : json::Value(nullptr);
}

} // namespace

/// Null where the decisions are not LLVM's: they would explain something else.
static json::Value decisionsJson(const ImportReasons &Reasons, const StringMap<size_t> &Modules,
                                 SymbolTable &Symbols) {
  if (!Reasons.Exact)
    return nullptr;
  PackedNumbers Attempts, Decisions;
  for (const calls::ImportAttempt &Attempt : Reasons.Decided.Attempts)
    Attempts.add({static_cast<int64_t>(Symbols[Attempt.Caller]),
                  static_cast<int64_t>(Symbols[Attempt.Callee]), Attempt.Threshold, Attempt.Level,
                  orMinusOne(Attempt.Parent), static_cast<int64_t>(Attempt.HowHot)});
  for (const calls::ImportDecision &Decision : Reasons.Decided.Decisions) {
    int64_t From =
        Decision.Chosen ? static_cast<int64_t>(Modules.lookup(Decision.Chosen->modulePath())) : -1;
    Decisions.add({static_cast<int64_t>(Symbols[Decision.Symbol]), From,
                   static_cast<int64_t>(Decision.Refused), Decision.NoSummary ? 1 : 0,
                   orMinusOne(Decision.Size), Decision.AlwaysInline ? 1 : 0,
                   orMinusOne(Decision.Attempt), Decision.Attempts,
                   static_cast<int64_t>(Decision.MaxHotness),
                   static_cast<int64_t>(Decision.Callers.size())});
    for (calls::Guid Caller : Decision.Callers)
      Decisions.add({static_cast<int64_t>(Symbols[Caller])});
  }
  return json::Object{{"attempts", Attempts.take()}, {"decisions", Decisions.take()}};
}

static Answer describeImports(const Unit &U, const ImportDecisionsParams &Params,
                              const RunControl &Control) {
  Expected<calls::ImportLimits> Limits = calls::readImportLimits();
  if (!Limits)
    return Limits.takeError();
  const ThinShared &Shared = *U.Shared;
  const size_t Total = Shared.Modules.size();
  const size_t First = std::min<size_t>(Params.First, Total);
  const size_t Count = std::min<size_t>(Params.Count, Total - First);
  Expected<std::vector<ImportReasons>> Reasons =
      parallelMap<ImportReasons>(Control.Threads, Count, [&](size_t I) -> Expected<ImportReasons> {
        const std::string &Name = Shared.Modules[First + I].Name;
        Expected<std::unique_ptr<ModuleWatch::Scope>> Scope = Control.enter(Name, "analysis");
        if (!Scope)
          return Scope.takeError();
        return importReasons(*Shared.Data, *Limits, Name);
      });
  if (!Reasons)
    return Reasons.takeError();
  StringMap<size_t> Modules;
  for (size_t I = 0; I < Total; ++I)
    Modules[Shared.Modules[I].Name] = I;
  SymbolTable Symbols(U.names());
  json::Array Described;
  for (size_t I = 0; I < Count; ++I)
    Described.push_back(json::Object{{"name", jsonText(Shared.Modules[First + I].Name)},
                                     {"entries", static_cast<int64_t>((*Reasons)[I].Entries)},
                                     {"decided", decisionsJson((*Reasons)[I], Modules, Symbols)}});
  return json::Object{{"total", static_cast<int64_t>(Total)},
                      {"limits", json::Object{{"instructions", Limits->Instructions},
                                              {"evolution", Limits->Evolution},
                                              {"hotEvolution", Limits->HotEvolution},
                                              {"hot", Limits->Hot},
                                              {"critical", Limits->Critical},
                                              {"cold", Limits->Cold}}},
                      {"modules", std::move(Described)},
                      {"symbols", Symbols.take()}};
}

static Answer importDecisions(ImportDecisionsParams Params, const Request &Current) {
  Expected<std::shared_ptr<const Unit>> Found = Current.State.find(Params.Unit);
  if (!Found)
    return Found.takeError();
  if (!(*Found)->Shared)
    return makeError("NothingToInspect", "fat LTO imports nothing: it links all modules into one");
  CrashJournal::Entry Entry(Current.State.Journal, "(all modules)", "analysis");
  JournalWatch Watch(Current.State.Journal);
  return describeImports(**Found, Params, Current.control(&Watch));
}

static void addPlaces(json::Array &Row, ArrayRef<calls::CallPlace> Places, TextTable &Texts) {
  auto Text = [&](StringRef Value) {
    return Value.empty() ? int64_t(-1) : static_cast<int64_t>(Texts[Value]);
  };
  for (const calls::CallPlace &Place : Places)
    for (int64_t Part :
         {Text(Place.Function), Text(Place.File), int64_t(Place.Line), int64_t(Place.Column)})
      Row.push_back(Part);
}

static json::Array callJson(const calls::InlineDecision &Decision, TextTable &Texts) {
  auto Text = [&](StringRef Value) {
    return Value.empty() ? int64_t(-1) : static_cast<int64_t>(Texts[Value]);
  };
  json::Array Row{Text(Decision.Caller),     Text(Decision.Callee),
                  Decision.Inlined ? 1 : 0,  Text(Decision.Remark),
                  orNull(Decision.Cost),     orNull(Decision.Threshold),
                  Text(Decision.Reason),     Decision.Times,
                  Decision.WholeWay ? 1 : 0, static_cast<int64_t>(Decision.At.size())};
  addPlaces(Row, Decision.At, Texts);
  addPlaces(Row, Decision.OneOf, Texts);
  return Row;
}

static json::Array fateJson(const calls::SymbolFate &Symbol, TextTable &Texts) {
  auto Text = [&](StringRef Value) {
    return Value.empty() ? int64_t(-1) : static_cast<int64_t>(Texts[Value]);
  };
  json::Array Row{Text(Symbol.Name),
                  Symbol.IsVariable ? 1 : 0,
                  Symbol.WasCopy ? 2 : (Symbol.WasLocal ? 1 : 0),
                  static_cast<int64_t>(Symbol.Became),
                  Text(Symbol.Pass),
                  Text(Symbol.Into),
                  Text(Symbol.LastUsePass),
                  Text(Symbol.LastUser)};
  for (const std::string &User : Symbol.Users)
    Row.push_back(Text(User));
  return Row;
}

static json::Array remarkJson(const calls::PassRemark &Remark, TextTable &Texts) {
  auto Text = [&](StringRef Value) { return static_cast<int64_t>(Texts[Value]); };
  json::Array Row{Text(Remark.Function), Text(Remark.Pass),
                  Text(Remark.Name),     static_cast<int64_t>(Remark.Kind),
                  Text(Remark.Text),     Remark.Times};
  addPlaces(Row, Remark.At, Texts);
  return Row;
}

/// Functions whose code differs from the stage's, and those that only one of the two has.
static std::vector<std::string> differentCode(const StringMap<std::string> &Ours,
                                              const StringMap<std::string> &Stages) {
  std::vector<std::string> Different;
  for (const auto &Function : Ours)
    if (auto Other = Stages.find(Function.getKey());
        Other == Stages.end() || Other->second != Function.second)
      Different.push_back(Function.getKey().str());
  for (const auto &Function : Stages)
    if (!Ours.contains(Function.getKey()))
      Different.push_back(Function.getKey().str());
  llvm::sort(Different);
  return Different;
}

/// Errors: ParseBitcode, UnreadableFile.
static Expected<StringMap<std::string>> stageCode(const InlineDecisionsParams &Params) {
  Expected<std::unique_ptr<MemoryBuffer>> Stage = readWholeFile(Params.StageFile);
  if (!Stage)
    return Stage.takeError();
  Expected<StringMap<std::string>> Code = calls::codeHashesOf((*Stage)->getMemBufferRef());
  if (!Code)
    return wrapError(Code.takeError(), "ParseBitcode", "cannot read the module", Params.StageFile,
                     Params.Module);
  return Code;
}

static json::Value ledgerJson(const InlineDecisionsParams &Params,
                              const calls::InlineLedger &Ledger, calls::Costs Computed,
                              const std::vector<std::string> &Different) {
  TextTable Texts;
  json::Array Calls, Symbols, Names;
  for (const calls::SymbolFate &Symbol : Ledger.fates())
    Symbols.push_back(fateJson(Symbol, Texts));
  for (const calls::InlineDecision &Decision : Ledger.decisions())
    Calls.push_back(callJson(Decision, Texts));
  for (const std::string &Name : Different)
    Names.push_back(jsonText(Name));
  return json::Object{{"schema", 4},
                      {"module", jsonText(Params.Module)},
                      {"fullCosts", Computed == calls::Costs::Full},
                      {"calls", std::move(Calls)},
                      {"symbols", std::move(Symbols)},
                      {"functions", static_cast<int64_t>(Ledger.codeHashes().size())},
                      {"different", std::move(Names)},
                      {"texts", Texts.take()}};
}

static json::Value remarksJson(const InlineDecisionsParams &Params,
                               const calls::InlineLedger &Ledger, calls::Costs Computed,
                               const std::vector<std::string> &Different) {
  TextTable Texts;
  json::Array Remarks;
  if (Different.empty())
    for (const calls::PassRemark &Remark : Ledger.remarks())
      Remarks.push_back(remarkJson(Remark, Texts));
  return json::Object{{"schema", 1},
                      {"module", jsonText(Params.Module)},
                      {"extraAnalysis", Computed == calls::Costs::Full},
                      {"isTrue", Different.empty()},
                      {"remarks", std::move(Remarks)},
                      {"texts", Texts.take()}};
}

/// What one replay gave.
struct Heard {
  json::Value Ledger;
  json::Value Remarks;
};

/// Listens with full costs and as many anchors as leave the code as it is: some passes of LLVM look
/// at locations, although they should not.
static Expected<Heard> listen(const Unit &U, const InlineDecisionsParams &Params,
                              OptimizeOptions Options, const Request &Current,
                              std::vector<Timing> &Timings) {
  Expected<StringMap<std::string>> Code = stageCode(Params);
  if (!Code)
    return Code.takeError();
  using calls::Anchors;
  using calls::Costs;
  const std::pair<Anchors, Costs> Attempts[] = {{Anchors::All, Costs::Full},
                                                {Anchors::All, Costs::AsCompiled},
                                                {Anchors::WholeFunctions, Costs::AsCompiled},
                                                {Anchors::None, Costs::AsCompiled}};
  for (const auto &[Wanted, Computed] : Attempts) {
    calls::InlineLedger Ledger(U.Fat ? FatAfterPm : ThinAfterPm, Wanted, Computed);
    Options.Observer = &Ledger;
    Expected<OptimizedModule> Run = runStages(U, Params.Module, Options, Current, Timings);
    if (!Run)
      return Run.takeError();
    std::vector<std::string> Different = differentCode(Ledger.codeHashes(), *Code);
    if (Different.empty() || Wanted == Anchors::None)
      return Heard{ledgerJson(Params, Ledger, Computed, Different),
                   remarksJson(Params, Ledger, Computed, Different)};
  }
  llvm_unreachable("the last attempt returns");
}

/// @returns where the text is. Errors: as BlobStore::save
static Expected<json::Object> savedBlob(const InlineDecisionsParams &Params,
                                        const json::Value &Content) {
  const std::string Text = formatv("{0}", Content).str();
  const std::string Digest = digestOf(Text);
  if (Error E = BlobStore(Params.Blobs).save(Digest, Text))
    return E;
  return json::Object{{"blob", Digest}, {"bytes", static_cast<int64_t>(Text.size())}};
}

static Answer inlineDecisions(InlineDecisionsParams Params, const Request &Current) {
  Expected<std::shared_ptr<const Unit>> Found = Current.State.find(Params.Unit);
  if (!Found)
    return Found.takeError();
  CrashJournal::Entry Entry(Current.State.Journal, Params.Module);
  auto OnStage = [&](LtoStage Stage) {
    Entry.enter(Stage.tag());
    reportProgress(Current, Params.Unit, Params.Module, Stage);
  };
  OptimizeOptions Options = optionsOf(**Found);
  Options.OnStage = OnStage;
  std::vector<Timing> Timings;
  Expected<Heard> Said = listen(**Found, Params, Options, Current, Timings);
  if (!Said)
    return Said.takeError();
  Expected<json::Object> Ledger = savedBlob(Params, Said->Ledger);
  if (!Ledger)
    return Ledger.takeError();
  Expected<json::Object> Remarks = savedBlob(Params, Said->Remarks);
  if (!Remarks)
    return Remarks.takeError();
  return json::Object{{"ledger", std::move(*Ledger)},
                      {"remarks", std::move(*Remarks)},
                      {"timings", toJSON(Timings)},
                      {"peakMemoryBytes", peakMemoryBytes()}};
}

void addCallRequests(RequestTable &Table) {
  Table.add<ImportDecisionsParams>("importDecisions", importDecisions);
  Table.add<InlineDecisionsParams>("inlineDecisions", inlineDecisions);
}

} // namespace lto_inspector::binding
