//===- analysis_requests.cpp - Requests about files and units -------------===//
#include "binding/journal_watch.h"
#include "binding/requests.h"
#include "lto/llvm/parallel.h"
#include "lto/llvm/regular_file.h"
#include "lto/rustc/bitcode_file.h"
#include "lto/rustc/thin_buffer.h"

using namespace llvm;

namespace lto_inspector::binding {

using namespace support;
using namespace pipeline;
using namespace rustc;

static Answer readModules(ReadModulesParams Params, const Request &Current) {
  using Found = std::vector<ModuleFile>;
  std::vector<std::optional<Expected<Found>>> Read(Params.Files.size());
  parallelFor(Current.State.Threads, Read.size(), [&](size_t I) {
    const std::string &File = Params.Files[I];
    CrashJournal::Entry Entry(Current.State.Journal, File, "reading");
    if (Current.Cancelled)
      Read[I].emplace(Found());
    else
      Read[I].emplace(readModuleFile(File, Params.Members));
  });
  json::Array Modules, Errors;
  for (std::optional<Expected<Found>> &OfFile : Read) {
    if (!*OfFile) {
      Errors.push_back(toJSON(takeReport(OfFile->takeError())));
      continue;
    }
    for (const ModuleFile &Module : **OfFile)
      Modules.push_back(toJSON(Module));
  }
  if (Current.Cancelled)
    return makeError("Cancelled", "cancelled while reading the files");
  return json::Object{{"modules", std::move(Modules)}, {"errors", std::move(Errors)}};
}

static Expected<LtoModule> loadLocalModule(const LocalModuleParams &Params,
                                           const Request &Current) {
  CrashJournal::Entry Entry(Current.State.Journal, Params.Name, "reading");
  Expected<BitcodeFile> File = openBitcodeFile(
      Params.File, MemberSelection::All,
      Params.Origin == ModuleOrigin::Input ? ThinArchives::Read : ThinArchives::Refuse);
  if (!File)
    return File.takeError();
  Expected<BitcodeSlice> Slice = findSlice(*File, Params.Member);
  if (!Slice)
    return Slice.takeError();
  LtoModule Module;
  Module.Name = Params.Name;
  Module.Origin = Params.Origin;
  Module.Crate = Params.Crate;
  Module.File = Params.File;
  Module.Member = Params.Member;
  Module.Green = Params.Green;
  Module.InMemory = Params.InMemory;
  if (!Params.UseListsFile.empty()) {
    Expected<std::unique_ptr<MemoryBuffer>> Ordered = readWholeFile(Params.UseListsFile);
    if (!Ordered)
      return Ordered.takeError();
    Module.WithUseLists = std::move(*Ordered);
  }
  if (!Params.NamesFile.empty()) {
    Expected<std::unique_ptr<MemoryBuffer>> WithNames = readWholeFile(Params.NamesFile);
    if (!WithNames)
      return WithNames.takeError();
    Module.WithNames = std::move(*WithNames);
  }
  Module.PromotionSuffix = Params.PromotionSuffix;
  Module.InternalizedFile = Params.InternalizedFile;
  Expected<Producer> WrittenBy = readProducer(MemoryBufferRef(Slice->Data, Params.Name));
  if (!WrittenBy)
    return wrapError(WrittenBy.takeError(), "ParseBitcode", "cannot read the bitcode", Params.File,
                     Params.Name);
  Module.WrittenBy = std::move(*WrittenBy);
  if (!Params.Reserialize) {
    Module.Bitcode = MemoryBuffer::getMemBufferCopy(Slice->Data, Params.Name);
    return Module;
  }
  Expected<std::unique_ptr<MemoryBuffer>> Thin =
      prepareThin(MemoryBufferRef(Slice->Data, Params.Name));
  if (!Thin)
    return wrapError(Thin.takeError(), "ParseBitcode", "failed to parse bitcode for LTO module",
                     Params.File, Params.Name);
  Module.Bitcode = std::move(*Thin);
  return Module;
}

static Expected<std::vector<LtoModule>> loadLocalModules(ArrayRef<LocalModuleParams> Params,
                                                         const Request &Current) {
  return parallelMap<LtoModule>(
      Current.State.Threads, Params.size(), [&](size_t I) -> Expected<LtoModule> {
        if (Current.Cancelled)
          return makeError("Cancelled", "cancelled while reading the modules");
        return loadLocalModule(Params[I], Current);
      });
}

/// Whether the input is a plain file, and so not part of the crate being compiled.
static bool isPlainInput(const LocalModuleParams &Module) {
  return Module.Origin == ModuleOrigin::Input;
}

static PrepareLtoOptions prepareOptions(AnalyzeParams &Params) {
  PrepareLtoOptions Options;
  Options.Permission = Params.Settings.Permission;
  Options.Permission.ThinLocal = Params.Mode == LtoMode::ThinLocal;
  Options.Permission.CrateTypes = Params.CrateTypes;
  Options.Crate = std::move(Params.Crate);
  Options.Rlibs = std::move(Params.Upstream);
  Options.Preserve = std::move(Params.Preserve);
  Options.CrateSymbols = std::move(Params.CrateSymbols);
  Options.RustLevelNames = std::move(Params.RustLevelNames);
  Options.CountsProfilerSymbols = Params.CountsProfilerSymbols;
  Options.PreservesAsanGlobals = Params.PreservesAsanGlobals;
  Options.AllExternals = Params.PreserveExternals;
  Options.ProfilerRuntime = Params.Settings.ProfilerRuntime;
  Options.PlainInputs = Params.Local.empty() || all_of(Params.Local, isPlainInput);
  // A crate type means rustc's own rule.
  Options.OnlyNamed = Options.PlainInputs && !Options.AllExternals && !Options.Preserve.empty() &&
                      Params.CrateTypes.empty();
  return Options;
}

/// What thin and fat analyses share.
template <typename T>
static json::Object analysisResult(const T &Shared, ArrayRef<Timing> Timings) {
  json::Array Modules, Warnings;
  for (size_t I = 0; I < Shared.Modules.size(); ++I)
    Modules.push_back(analyzedModule(Shared, I));
  for (const std::string &Warning : Shared.Warnings)
    Warnings.push_back(jsonText(Warning));
  return json::Object{{"modules", std::move(Modules)},
                      {"preservedSymbols", Shared.SymbolsBelowThreshold.size()},
                      {"localPreservedSymbols", Shared.LocalSymbols},
                      {"fatDigest", nullptr},
                      {"timings", toJSON(Timings)},
                      {"warnings", std::move(Warnings)}};
}

static Expected<json::Object> analyzeThin(AnalyzeParams &Params, const Request &Current,
                                          std::vector<LtoModule> Local, Unit &NewUnit) {
  JournalWatch Watch(Current.State.Journal);
  std::vector<Timing> Timings;
  ThinLtoOptions Options;
  Options.Prepare = prepareOptions(Params);
  if (Params.Incremental)
    Options.Session = SessionFiles{Params.PreviousKeysFile, Params.KeysFile};
  Options.Control = Current.control(&Watch);
  Expected<std::unique_ptr<ThinShared>> Shared =
      runThin(Options, std::move(Local), Current.State.Profiler, Timings);
  if (!Shared)
    return Shared.takeError();
  NewUnit.Shared = std::move(*Shared);
  TargetSettings &Target = NewUnit.Settings.Target;
  Target = completedTarget(std::move(Target), NewUnit.Shared->LocalTarget);
  NewUnit.Settings.Config.NoBuiltins = NewUnit.Shared->NoBuiltins;
  json::Object Result = analysisResult(*NewUnit.Shared, Timings);
  Result["noBuiltins"] = NewUnit.Settings.Config.NoBuiltins;
  return Result;
}

static Expected<json::Object> analyzeFat(AnalyzeParams &Params, const Request &Current,
                                         std::vector<LtoModule> Local, Unit &NewUnit) {
  JournalWatch Watch(Current.State.Journal);
  std::vector<Timing> Timings;
  FatLtoOptions Options;
  Options.Prepare = prepareOptions(Params);
  Options.Target = NewUnit.Settings.Target;
  Options.Config = NewUnit.Settings.Config;
  Options.FewerNames = NewUnit.Settings.FewerNames;
  Options.BaseWhereTied = Params.BaseWhereTied;
  Options.Control = Current.control(&Watch);
  Expected<std::unique_ptr<FatShared>> Shared =
      runFat(Options, std::move(Local), Current.State.Profiler, Timings);
  if (!Shared)
    return Shared.takeError();
  NewUnit.Fat = std::move(*Shared);
  NewUnit.Settings.Target = NewUnit.Fat->Target;
  NewUnit.Settings.Config.NoBuiltins = NewUnit.Fat->NoBuiltins;
  json::Object Result = analysisResult(*NewUnit.Fat, Timings);
  Result["fatDigest"] = NewUnit.Fat->Digest;
  Result["noBuiltins"] = NewUnit.Fat->NoBuiltins;
  return Result;
}

static Answer analyze(AnalyzeParams Params, const Request &Current) {
  Expected<std::vector<LtoModule>> Local = loadLocalModules(Params.Local, Current);
  if (!Local)
    return Local.takeError();
  CrashJournal::Entry Entry(Current.State.Journal, "(all modules)", "analysis");
  auto NewUnit = std::make_shared<Unit>();
  NewUnit->Settings = Params.Settings;
  NewUnit->Settings.Config.AddLtoPostLink = Params.AddLtoPostLink;
  NewUnit->Settings.Config.Profile = Params.ProfileFile;
  NewUnit->Settings.Config.ThinPreLink = Params.ThinPreLink;
  NewUnit->Settings.Config.SummaryAfterFatLto = Params.SummaryAfterFatLto;
  Expected<json::Object> Result = Params.Mode == LtoMode::Fat
                                      ? analyzeFat(Params, Current, std::move(*Local), *NewUnit)
                                      : analyzeThin(Params, Current, std::move(*Local), *NewUnit);
  if (!Result)
    return Result.takeError();
  if (Current.Cancelled)
    return makeError("Cancelled", "cancelled during the analysis");
  Current.State.keep(Params.Unit, std::move(NewUnit));
  return std::move(*Result);
}

static Answer release(ReleaseParams Params, const Request &Current) {
  Current.State.release(Params.Unit);
  return json::Object{};
}

void addAnalysisRequests(RequestTable &Table) {
  Table.add<ReadModulesParams>("readModules", readModules);
  Table.add<AnalyzeParams>("analyze", analyze);
  Table.add<ReleaseParams>("release", release);
}

} // namespace lto_inspector::binding
