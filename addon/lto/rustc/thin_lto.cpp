#include "lto/rustc/thin_lto.h"

#include "lto/llvm/error.h"
#include "lto/llvm/parallel.h"
#include "lto/rustc/kept_symbols.h"
#include "lto/rustc/symbol_export.h"
#include "lto/rustc/thin_lto_keys_map.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/FileSystem.h"
#include <map>

using namespace llvm;

namespace lto_inspector::rustc {

using namespace support;
using namespace pipeline;

std::optional<size_t> ThinShared::find(StringRef Name) const {
  auto Found = find_if(Modules, [&](const LtoModule &Module) { return Module.Name == Name; });
  if (Found == Modules.end())
    return std::nullopt;
  return Found - Modules.begin();
}

Decision decide(const LtoModule &Module, bool HasSession, bool HasPreviousKeys,
                std::optional<std::string> PreviousKey, std::optional<std::string> Key) {
  Decision Result;
  bool KeysEqual = PreviousKey == Key;
  bool BothAbsent = KeysEqual && !Key;
  // Only CGUs of the crate itself can be in the incremental cache.
  bool Cacheable = Module.Origin == ModuleOrigin::Local;
  if (!HasSession)
    Result.Reason = ReasonKind::NoSession;
  else if (!HasPreviousKeys)
    Result.Reason = ReasonKind::NoPreviousKeys;
  else if (KeysEqual && Cacheable && Module.Green)
    Result.Reason = BothAbsent ? ReasonKind::BothKeysAbsent : ReasonKind::KeyEqual;
  else if (KeysEqual)
    Result.Reason = Cacheable ? ReasonKind::KeyEqualButNotGreen : ReasonKind::KeyEqualButNotCached;
  else
    Result.Reason = PreviousKey ? ReasonKind::KeyChanged : ReasonKind::NewModule;
  bool ReUsed =
      Result.Reason == ReasonKind::KeyEqual || Result.Reason == ReasonKind::BothKeysAbsent;
  Result.Outcome = ReUsed ? Verdict::ReUsed : Verdict::ReCompiled;
  Result.Key = std::move(Key);
  Result.PreviousKey = std::move(PreviousKey);
  return Result;
}

/// local, then upstream, then cached: the order of rustc's module list.
static std::vector<LtoModule> inRustcsOrder(std::vector<LtoModule> LocalModules,
                                            std::vector<LtoModule> UpstreamModules) {
  std::vector<LtoModule> Ordered;
  std::vector<LtoModule> Cached;
  for (LtoModule &Module : LocalModules)
    (Module.Green ? Cached : Ordered).push_back(std::move(Module));
  llvm::move(UpstreamModules, std::back_inserter(Ordered));
  llvm::move(Cached, std::back_inserter(Ordered));
  return Ordered;
}

/// Without readable previous keys, rustc re-compiles everything.
static std::optional<ThinLtoKeysMap> loadPreviousKeys(const SessionFiles &Session,
                                                      std::vector<std::string> &Warnings) {
  if (!Session.PreviousKeys)
    return std::nullopt;
  if (!sys::fs::exists(*Session.PreviousKeys)) {
    Warnings.push_back("the previous session's keys are missing (" + *Session.PreviousKeys +
                       "): every module is re-compiled");
    return std::nullopt;
  }
  Expected<ThinLtoKeysMap> Map = ThinLtoKeysMap::loadFromFile(*Session.PreviousKeys);
  if (Map)
    return std::move(*Map);
  Warnings.push_back("the previous session's keys cannot be used, every module is re-compiled: " +
                     takeReport(Map.takeError()).Message);
  return std::nullopt;
}

/// Mirrors `ThinLTOKeysMap::from_thin_lto_modules` (rustc_codegen_llvm/src/back/lto.rs, 1.9x).
static Expected<std::vector<std::string>> computeKeys(const ThinShared &Shared,
                                                      const RunControl &Control) {
  // LLVM's index is read-only by now.
  auto Compute = [&](size_t I) -> Expected<std::string> {
    const std::string &Name = Shared.Modules[I].Name;
    Expected<std::unique_ptr<ModuleWatch::Scope>> Scope = Control.enter(Name, "analysis");
    if (!Scope)
      return Scope.takeError();
    return computeThinLtoCacheKey(*Shared.Data, Name);
  };
  return parallelMap<std::string>(Control.Threads, Shared.Modules.size(), Compute);
}

static Error decideAll(ThinShared &Shared, const std::optional<SessionFiles> &Session,
                       const std::optional<ThinLtoKeysMap> &Previous, const RunControl &Control) {
  Expected<std::vector<std::string>> Keys = computeKeys(Shared, Control);
  if (!Keys)
    return Keys.takeError();
  ThinLtoKeysMap Current;
  for (size_t I = 0; I < Keys->size(); ++I) {
    const LtoModule &Module = Shared.Modules[I];
    Current.insert(Module.Name, (*Keys)[I]);
    std::optional<std::string> PreviousKey =
        Previous ? Previous->lookup(Module.Name) : std::optional<std::string>();
    Shared.Decisions.push_back(
        decide(Module, Session.has_value(), Previous.has_value(), PreviousKey, (*Keys)[I]));
  }
  // After deciding and before optimising, as rustc does.
  if (Session && Session->NewKeys)
    return Current.saveToFile(*Session->NewKeys);
  return Error::success();
}

/// The analysis with all symbols that rustc preserved. In a crate that is not a Rust library,
/// rustc's files may show more of them than the bitcode.
static Error analyse(ThinShared &Shared, const LtoPermission &Permission,
                     const std::optional<ThinLtoKeysMap> &Previous, const RunControl &Control) {
  std::vector<std::string> &Preserved = Shared.SymbolsBelowThreshold;
  while (true) {
    Expected<std::unique_ptr<ThinLtoData>> Data =
        createThinLtoData(Shared.Modules, Preserved, Control);
    if (!Data)
      return Data.takeError();
    Shared.Data = std::move(*Data);
    if (!Permission.ThinLocal || anyRustLibrary(Permission.CrateTypes))
      return Error::success();
    std::vector<std::string> Kept = symbolsKeptByRustc(
        Shared.Modules, Preserved, *Shared.Data,
        [&](StringRef Module) { return Previous ? Previous->lookup(Module) : std::nullopt; },
        Control);
    if (Kept.empty())
      return Error::success();
    Shared.LocalSymbols += Kept.size();
    llvm::move(Kept, std::back_inserter(Preserved));
  }
}

using ContentDigest = BLAKE3Result<20>;

Expected<std::vector<std::string>>
contentDigests(ArrayRef<LtoModule> Modules, const ThinLtoData &Data, const RunControl &Control) {
  auto Own = parallelMap<ContentDigest>(
      Control.Threads, Modules.size(), [&](size_t I) -> Expected<ContentDigest> {
        return BLAKE3::hash<20>(arrayRefFromStringRef(Modules[I].Bitcode->getBuffer()));
      });
  if (!Own)
    return Own.takeError();
  StringMap<size_t> Indices;
  for (size_t I = 0; I < Modules.size(); ++I)
    Indices[Modules[I].Name] = I;
  std::vector<std::string> Digests;
  for (size_t I = 0; I < Modules.size(); ++I) {
    // By name: the order of modules is another one when rustc re-uses some.
    std::map<StringRef, size_t> Sources;
    for (const compat::ImportEntry &Import :
         compat::entriesOf(Data.ImportLists.lookup(Modules[I].Name))) {
      const size_t Source = Indices.at(Import.From);
      Sources.insert({Modules[Source].Name, Source});
    }
    BLAKE3 Hasher;
    Hasher.update((*Own)[I]);
    for (const auto &[Name, Source] : Sources)
      Hasher.update((*Own)[Source]);
    Digests.push_back(toHex(Hasher.final<20>()));
  }
  return Digests;
}

Expected<std::unique_ptr<ThinShared>> runThin(const ThinLtoOptions &Options,
                                              std::vector<LtoModule> LocalModules,
                                              SelfProfiler &Profiler,
                                              std::vector<Timing> &Timings) {
  Expected<PreparedLto> Prepared =
      prepareLto(Options.Prepare, LocalModules, Options.Control, Profiler, Timings);
  if (!Prepared)
    return Prepared.takeError();

  ActivityTimer Timer(Profiler, Timings, "LLVM_thin_lto_global_analysis");
  auto Shared = std::make_unique<ThinShared>();
  Shared->Modules = inRustcsOrder(std::move(LocalModules), std::move(Prepared->UpstreamModules));
  Shared->SymbolsBelowThreshold = std::move(Prepared->SymbolsBelowThreshold);
  Shared->LocalSymbols = Prepared->LocalSymbols;
  Shared->Warnings = std::move(Prepared->Warnings);
  Shared->LocalTarget = std::move(Prepared->LocalTarget);
  Shared->NoBuiltins = Prepared->NoBuiltins;
  std::optional<ThinLtoKeysMap> Previous;
  if (Options.Session)
    Previous = loadPreviousKeys(*Options.Session, Shared->Warnings);
  if (Error E = analyse(*Shared, Options.Prepare.Permission, Previous, Options.Control))
    return E;
  if (Error E = decideAll(*Shared, Options.Session, Previous, Options.Control))
    return E;
  Expected<std::vector<std::string>> Contents =
      contentDigests(Shared->Modules, *Shared->Data, Options.Control);
  if (!Contents)
    return Contents.takeError();
  Shared->ContentDigests = std::move(*Contents);
  for (const MultiplyDefined &Symbol : Shared->Data->DefinedTwice)
    Shared->Warnings.push_back("the symbol " + Symbol.Symbol + " is defined twice, in " +
                               join(Symbol.Modules, " and in ") + ": the copy in " +
                               Symbol.Modules.front() +
                               " prevails; fat LTO and linkers refuse it (multiply defined)");
  return Shared;
}

} // namespace lto_inspector::rustc
