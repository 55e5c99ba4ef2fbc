//===- key_requests.cpp - Requests about cache keys -----------------------===//
//
// `keyComponents` of src/protocol/engine: its parameters, and its result, in which every symbol is
// named once.
//
//===----------------------------------------------------------------------===//
#include "binding/journal_watch.h"
#include "binding/requests.h"
#include "binding/symbol_table.h"
#include "lto/llvm/parallel.h"

using namespace llvm;

namespace lto_inspector::binding {

using namespace support;
using namespace rustc;

namespace {

struct KeyComponentsParams {
  std::string Unit;
  /// The first module, in the order of the analysis.
  uint64_t First = 0;
  /// The most modules.
  uint64_t Count = 0;
};

bool fromJSON(const json::Value &Json, KeyComponentsParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("unit", Params.Unit) && Map.map("first", Params.First) &&
         Map.map("count", Params.Count);
}

} // namespace

/// `GlobalBits` of src/protocol/keys.ts.
static uint64_t packed(const KeyGlobal &State) {
  return static_cast<uint64_t>(State.Linkage) | static_cast<uint64_t>(State.Visibility) << 4 |
         static_cast<uint64_t>(State.Kind) << 6 | static_cast<uint64_t>(State.Live) << 8 |
         static_cast<uint64_t>(State.CanAutoHide) << 9 |
         static_cast<uint64_t>(State.DsoLocal) << 10 | static_cast<uint64_t>(State.ReadOnly) << 11 |
         static_cast<uint64_t>(State.WriteOnly) << 12;
}

static json::Value globalsJson(ArrayRef<KeyGlobal> Globals, SymbolTable &Symbols) {
  json::Array Defined, States, Instructions, Uses;
  for (const KeyGlobal &State : Globals) {
    Defined.push_back(Symbols[State.Symbol]);
    States.push_back(packed(State));
    Instructions.push_back(State.Instructions);
    json::Array Used;
    for (GlobalValue::GUID Symbol : State.Uses)
      Used.push_back(Symbols[Symbol]);
    Uses.push_back(std::move(Used));
  }
  return json::Object{{"symbols", std::move(Defined)},
                      {"states", std::move(States)},
                      {"instructions", std::move(Instructions)},
                      {"uses", std::move(Uses)}};
}

static json::Value moduleJson(StringRef Name, const KeyComponents &Key,
                              const StringMap<size_t> &Modules, SymbolTable &Symbols) {
  json::Array Exports, Imports, ResolvedOdr;
  for (GlobalValue::GUID Symbol : Key.Exports)
    Exports.push_back(Symbols[Symbol]);
  for (const ImportedSymbol &Import : Key.Imports) {
    Imports.push_back(Modules.lookup(Import.From));
    Imports.push_back(Symbols[Import.Symbol]);
    Imports.push_back(Import.Declaration ? 1 : 0);
  }
  for (const auto &[Symbol, Linkage] : Key.ResolvedOdr) {
    ResolvedOdr.push_back(Symbols[Symbol]);
    ResolvedOdr.push_back(static_cast<unsigned>(Linkage));
  }
  return json::Object{{"name", jsonText(Name)},
                      {"key", Key.Key},
                      {"exact", Key.Exact},
                      {"hash", Key.ModuleHash},
                      {"digests", json::Array(Key.Digests)},
                      {"exports", std::move(Exports)},
                      {"imports", std::move(Imports)},
                      {"resolvedOdr", std::move(ResolvedOdr)},
                      {"globals", globalsJson(Key.Globals, Symbols)}};
}

/// Computes the key components of some modules, on all cores. Errors: Cancelled.
static Answer describeKeys(const Unit &U, const KeyComponentsParams &Params, const KeyLlvm &Llvm,
                           const RunControl &Control) {
  const ThinShared &Shared = *U.Shared;
  const size_t Total = Shared.Modules.size();
  const size_t First = std::min<size_t>(Params.First, Total);
  const size_t Count = std::min<size_t>(Params.Count, Total - First);
  Expected<std::vector<KeyComponents>> Keys =
      parallelMap<KeyComponents>(Control.Threads, Count, [&](size_t I) -> Expected<KeyComponents> {
        const std::string &Name = Shared.Modules[First + I].Name;
        Expected<std::unique_ptr<ModuleWatch::Scope>> Scope = Control.enter(Name, "analysis");
        if (!Scope)
          return Scope.takeError();
        return describeKey(*Shared.Data, Name, Llvm);
      });
  if (!Keys)
    return Keys.takeError();
  StringMap<size_t> Modules;
  for (size_t I = 0; I < Total; ++I)
    Modules[Shared.Modules[I].Name] = I;
  SymbolTable Symbols(U.names());
  json::Array Described;
  for (size_t I = 0; I < Count; ++I)
    Described.push_back(moduleJson(Shared.Modules[First + I].Name, (*Keys)[I], Modules, Symbols));
  return json::Object{
      {"total", Total},
      {"llvm", json::Object{{"version", Llvm.Version}, {"revision", Llvm.Revision}}},
      {"modules", std::move(Described)},
      {"symbols", Symbols.take()}};
}

static Answer keyComponents(KeyComponentsParams Params, const Request &Current) {
  Expected<std::shared_ptr<const Unit>> Found = Current.State.find(Params.Unit);
  if (!Found)
    return Found.takeError();
  const Unit &U = **Found;
  if (!U.Shared)
    return makeError("NothingToInspect", "fat LTO has no keys: it re-compiles every module");
  CrashJournal::Entry Entry(Current.State.Journal, "(all modules)", "analysis");
  JournalWatch Watch(Current.State.Journal);
  return describeKeys(U, Params, Current.State.Llvm, Current.control(&Watch));
}

void addKeyRequests(RequestTable &Table) {
  Table.add<KeyComponentsParams>("keyComponents", keyComponents);
}

} // namespace lto_inspector::binding
