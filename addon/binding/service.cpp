#include "binding/service.h"

#include "binding/file_requests.h"
#include "binding/ir_requests.h"
#include "lto/llvm/free_memory.h"
#include "lto/llvm/parallel.h"
#include "lto/llvm/targets.h"
#include "lto/pipeline/blob_store.h"
#include "lto/rustc/stages.h"
#include "lto/rustc/thin_buffer.h"
#include "llvm/Support/CommandLine.h"
#include <sys/resource.h>

using namespace llvm;

namespace lto_inspector {

namespace {

/// Keeps in the journal what the analysis is at.
class JournalWatch : public ModuleWatch {
public:
  explicit JournalWatch(CrashJournal &Journal) : Journal(Journal) {}

  std::unique_ptr<Scope> enter(StringRef Module, StringRef Doing) override {
    return std::make_unique<JournalScope>(Journal, Module, Doing);
  }

private:
  struct JournalScope : Scope {
    JournalScope(CrashJournal &Journal, StringRef Module, StringRef Doing)
        : Entry(Journal, Module, Doing) {}
    CrashJournal::Entry Entry;
  };

  CrashJournal &Journal;
};

} // namespace

/// Peak resident memory of the process so far, in bytes.
static uint64_t peakMemoryBytes() {
  struct rusage Usage;
  if (getrusage(RUSAGE_SELF, &Usage) != 0)
    return 0;
  return static_cast<uint64_t>(Usage.ru_maxrss) * 1024;
}

/// Whether LLVM answers the argument by printing something and ending the process.
static bool endsTheProcess(StringRef Argument) {
  Argument = Argument.ltrim('-').split('=').first;
  return is_contained({"help", "help-hidden", "help-list", "help-list-hidden", "version"},
                      Argument);
}

static Error parseLlvmArguments(ArrayRef<std::string> Given) {
  std::vector<const char *> Arguments = {"rustc"};
  for (const std::string &Argument : Given) {
    if (endsTheProcess(Argument))
      return makeError("EngineFailed", "LLVM would only print something and end for the argument " +
                                           Argument + " (-C llvm-args): leave it out");
    Arguments.push_back(Argument.c_str());
  }
  std::string Said;
  raw_string_ostream SaidStream(Said);
  if (!cl::ParseCommandLineOptions(Arguments.size(), Arguments.data(), "", &SaidStream))
    return makeError("EngineFailed", "LLVM does not take its arguments (-C llvm-args): " + Said);
  return Error::success();
}

Expected<json::Value> Service::initialize(StringRef ParamsJson) {
  Expected<InitializeParams> Params = parseParams<InitializeParams>(ParamsJson);
  if (!Params)
    return Params.takeError();
  if (Initialized.exchange(true))
    return makeError("Internal", "the engine was to be initialised twice");
  returnLargeBlocksWhenFreed();
  initializeTargets();
  if (Params->Journal)
    if (Error E = Journal.open(*Params->Journal))
      return E;
  if (Error E = parseLlvmArguments(Params->LlvmArguments))
    return E;
  Threads = Params->Threads;
  Llvm = keyLlvm();
  return toJSON(readLibraryInfo());
}

void Service::announce(uint32_t JobId) {
  std::lock_guard<std::mutex> Lock(Mutex);
  Jobs.try_emplace(JobId, std::make_shared<std::atomic<bool>>(false));
}

Expected<json::Value> Service::request(StringRef Method, StringRef ParamsJson, uint32_t JobId,
                                       std::function<void(std::string)> OnProgress) {
  announce(JobId);
  Job Current;
  Current.OnProgress = std::move(OnProgress);
  {
    std::lock_guard<std::mutex> Lock(Mutex);
    Current.Cancelled = Jobs[JobId];
  }
  Expected<json::Value> Result = dispatch(Method, ParamsJson, Current);
  std::lock_guard<std::mutex> Lock(Mutex);
  Jobs.erase(JobId);
  return Result;
}

void Service::cancel(uint32_t JobId) {
  std::lock_guard<std::mutex> Lock(Mutex);
  auto Found = Jobs.find(JobId);
  if (Found != Jobs.end())
    *Found->second = true;
}

Expected<json::Value> Service::dispatch(StringRef Method, StringRef ParamsJson,
                                        const Job &Current) {
  if (!Initialized)
    return makeError("Internal", "the engine was asked before it was initialised");
  if (*Current.Cancelled)
    return makeError("Cancelled", "cancelled before it began");
  auto With = [&]<typename T>(T, auto Run) -> Expected<json::Value> {
    Expected<T> Params = parseParams<T>(ParamsJson);
    if (!Params)
      return Params.takeError();
    return Run(*Params);
  };
  if (Method == "readModules")
    return With(ReadModulesParams(), [&](auto &Params) { return readModules(Params, Current); });
  if (Method == "analyze")
    return With(AnalyzeParams(), [&](auto &Params) { return analyze(Params, Current); });
  if (Method == "optimize")
    return With(OptimizeParams(), [&](auto &Params) { return optimize(Params, Current); });
  if (Method == "keyComponents")
    return With(KeyComponentsParams(), [&](auto &Params) { return describeKeys(Params, Current); });
  if (Method == "release")
    return With(ReleaseParams(), [&](auto &Params) { return release(Params); });
  if (Method == "digestFiles")
    return digestFiles(ParamsJson, RunControl{Current.Cancelled.get(), nullptr, Threads});
  if (Method == "syncFiles")
    return syncFiles(ParamsJson, RunControl{Current.Cancelled.get(), nullptr, Threads});
  return irRequest(Method, ParamsJson, Journal);
}

Expected<json::Value> Service::readModules(const ReadModulesParams &Params, const Job &Current) {
  using Found = std::vector<ModuleFile>;
  std::vector<std::optional<Expected<Found>>> Read(Params.Files.size());
  parallelFor(Threads, Read.size(), [&](size_t I) {
    const std::string &File = Params.Files[I];
    CrashJournal::Entry Entry(Journal, File, "reading");
    if (*Current.Cancelled)
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
  if (*Current.Cancelled)
    return makeError("Cancelled", "cancelled while reading the files");
  return json::Object{{"modules", std::move(Modules)}, {"errors", std::move(Errors)}};
}

Expected<LtoModule> Service::loadLocalModule(const LocalModuleParams &Params) {
  CrashJournal::Entry Entry(Journal, Params.Name, "reading");
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

Expected<std::vector<LtoModule>> Service::loadLocalModules(ArrayRef<LocalModuleParams> Params,
                                                           const Job &Current) {
  return parallelMap<LtoModule>(Threads, Params.size(), [&](size_t I) -> Expected<LtoModule> {
    if (*Current.Cancelled)
      return makeError("Cancelled", "cancelled while reading the modules");
    return loadLocalModule(Params[I]);
  });
}

/// All inputs are plain files: nothing among them is the crate being compiled.
static bool isPlainInput(const LocalModuleParams &Module) {
  return Module.Origin == ModuleOrigin::Input;
}

static PrepareLtoOptions prepareOptions(AnalyzeParams &Params) {
  PrepareLtoOptions Options;
  Options.Permission = Params.Settings.Permission;
  Options.Permission.ThinLocal = Params.Mode == LtoMode::ThinLocal;
  Options.Permission.CrateTypes = Params.CrateTypes;
  Options.Rlibs = std::move(Params.Upstream);
  Options.Preserve = std::move(Params.Preserve);
  Options.CrateSymbols = std::move(Params.CrateSymbols);
  Options.AllExternals = Params.PreserveExternals;
  Options.ProfilerRuntime = Params.Settings.ProfilerRuntime;
  Options.PlainInputs = Params.Local.empty() || all_of(Params.Local, isPlainInput);
  // A crate type stands for rustc's own rule.
  Options.OnlyNamed = Options.PlainInputs && !Options.AllExternals && !Options.Preserve.empty() &&
                      Params.CrateTypes.empty();
  return Options;
}

/// What thin and fat analyses have in common.
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
                      {"timings", json::Array(Timings)},
                      {"warnings", std::move(Warnings)}};
}

Expected<json::Object> Service::analyzeThin(AnalyzeParams &Params, const Job &Current,
                                            std::vector<LtoModule> Local, Unit &NewUnit) {
  JournalWatch Watch(Journal);
  std::vector<Timing> Timings;
  ThinLtoOptions Options;
  Options.Prepare = prepareOptions(Params);
  if (Params.Incremental)
    Options.Session = SessionFiles{Params.PreviousKeysFile, Params.KeysFile};
  Options.Control = RunControl{Current.Cancelled.get(), &Watch, Threads};
  Expected<std::unique_ptr<ThinShared>> Shared =
      runThin(Options, std::move(Local), Profiler, Timings);
  if (!Shared)
    return Shared.takeError();
  NewUnit.Shared = std::move(*Shared);
  TargetSettings &Target = NewUnit.Settings.Target;
  Target = completedTarget(std::move(Target), NewUnit.Shared->LocalTarget);
  return analysisResult(*NewUnit.Shared, Timings);
}

Expected<json::Object> Service::analyzeFat(AnalyzeParams &Params, const Job &Current,
                                           std::vector<LtoModule> Local, Unit &NewUnit) {
  JournalWatch Watch(Journal);
  std::vector<Timing> Timings;
  FatLtoOptions Options;
  Options.Prepare = prepareOptions(Params);
  Options.Target = NewUnit.Settings.Target;
  Options.Config = NewUnit.Settings.Config;
  Options.FewerNames = NewUnit.Settings.FewerNames;
  Options.BaseWhereTied = Params.BaseWhereTied;
  Options.Control = RunControl{Current.Cancelled.get(), &Watch, Threads};
  Expected<std::unique_ptr<FatShared>> Shared =
      runFat(Options, std::move(Local), Profiler, Timings);
  if (!Shared)
    return Shared.takeError();
  NewUnit.Fat = std::move(*Shared);
  NewUnit.Settings.Target = NewUnit.Fat->Target;
  json::Object Result = analysisResult(*NewUnit.Fat, Timings);
  Result["fatDigest"] = NewUnit.Fat->Digest;
  return Result;
}

Expected<json::Value> Service::analyze(AnalyzeParams &Params, const Job &Current) {
  Expected<std::vector<LtoModule>> Local = loadLocalModules(Params.Local, Current);
  if (!Local)
    return Local.takeError();
  CrashJournal::Entry Entry(Journal, "(all modules)", "analysis");
  auto NewUnit = std::make_shared<Unit>();
  NewUnit->Id = Params.Unit;
  NewUnit->Settings = Params.Settings;
  NewUnit->Settings.Config.AddLtoPostLink = Params.AddLtoPostLink;
  NewUnit->Settings.Config.Profile = Params.ProfileFile;
  NewUnit->Settings.Config.ThinPreLink = Params.ThinPreLink;
  Expected<json::Object> Result = Params.Mode == LtoMode::Fat
                                      ? analyzeFat(Params, Current, std::move(*Local), *NewUnit)
                                      : analyzeThin(Params, Current, std::move(*Local), *NewUnit);
  if (!Result)
    return Result.takeError();
  if (*Current.Cancelled)
    return makeError("Cancelled", "cancelled during the analysis");
  std::lock_guard<std::mutex> Lock(Mutex);
  Units[Params.Unit] = std::move(NewUnit);
  return std::move(*Result);
}

Expected<std::shared_ptr<const Service::Unit>> Service::findUnit(StringRef Id) {
  std::lock_guard<std::mutex> Lock(Mutex);
  auto Found = Units.find(Id.str());
  if (Found == Units.end())
    return makeError("UnknownUnit", "the engine holds no analysed unit " + Id);
  return Found->second;
}

Expected<OptimizedModule> Service::runStages(const Unit &U, const OptimizeParams &Params,
                                             const OptimizeOptions &Options, const Job &Current,
                                             std::vector<Timing> &Timings) {
  for (LtoStage Stage : Params.Stages)
    if (&Stage.pipeline() != (U.Fat ? &RustcFat : &RustcThin))
      return makeError("Internal", "the unit's LTO has no stage " + Stage.tag(), {}, Params.Module);
  if (U.Fat) {
    // Everything else has become a part of the base module.
    if (U.Fat->base().Name == Params.Module)
      return fatLto(*U.Fat, Options, *Current.Cancelled, Profiler, Timings);
  } else if (std::optional<size_t> Index = U.Shared->find(Params.Module)) {
    return optimizeThinModule(*U.Shared, *Index, Options, *Current.Cancelled, Profiler, Timings);
  }
  return makeError("UnknownModule", "the unit has no module " + Params.Module, {}, Params.Module);
}

/// Modules with more bitcode than this leave enough free memory behind to look for it: what LLVM
/// makes of them takes about ten times as much. A program has few of them, and walking the heap
/// after each of the others would cost more than it gives.
static constexpr size_t LargeModuleBytes = 128 * 1024;

/// Of fat LTO, all modules have become one.
static size_t bitcodeBytes(const ThinShared *Thin, StringRef Module) {
  std::optional<size_t> Index = Thin ? Thin->find(Module) : std::nullopt;
  return Index ? Thin->Modules[*Index].Bitcode->getBufferSize() : SIZE_MAX;
}

Expected<json::Value> Service::optimize(const OptimizeParams &Params, const Job &Current) {
  Expected<std::shared_ptr<const Unit>> Found = findUnit(Params.Unit);
  if (!Found)
    return Found.takeError();
  const Unit &U = **Found;
  CrashJournal::Entry Entry(Journal, Params.Module);
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
                      {"stages", json::Array(Optimized->Stages)},
                      {"timings", json::Array(Timings)},
                      {"peakMemoryBytes", peakMemoryBytes()},
                      {"diagnostics", std::move(Said)}};
}

Expected<json::Value> Service::describeKeys(const KeyComponentsParams &Params, const Job &Current) {
  Expected<std::shared_ptr<const Unit>> Found = findUnit(Params.Unit);
  if (!Found)
    return Found.takeError();
  const Unit &U = **Found;
  if (!U.Shared)
    return makeError("NothingToInspect", "fat LTO has no keys: it re-compiles every module");
  std::call_once(U.NamesRead, [&U] {
    // A symbol whose name cannot be read is shown by its number.
    for (const LtoModule &Module : U.Shared->Modules)
      consumeError(U.Names.add(Module.buffer()));
  });
  CrashJournal::Entry Entry(Journal, "(all modules)", "analysis");
  JournalWatch Watch(Journal);
  return keyComponents(*U.Shared, U.Names, Llvm, Params,
                       RunControl{Current.Cancelled.get(), &Watch, Threads});
}

Expected<json::Value> Service::release(const ReleaseParams &Params) {
  std::lock_guard<std::mutex> Lock(Mutex);
  Units.erase(Params.Unit);
  return json::Object{};
}

} // namespace lto_inspector
