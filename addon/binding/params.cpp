#include "binding/params.h"

#include "lto/rustc/stages.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;

namespace lto_inspector::binding {

using namespace support;
using namespace pipeline;
using namespace rustc;

/// A property that may be null or missing.
template <typename T>
static bool mapNullable(json::ObjectMapper &Map, StringLiteral Name, std::optional<T> &Out) {
  return Map.mapOptional(Name, Out);
}

/// A property that is one of a fixed set of words.
template <typename T>
static bool mapWord(json::ObjectMapper &Map, StringLiteral Name, json::Path Path,
                    function_ref<std::optional<T>(StringRef)> Parse, T &Out) {
  std::string Word;
  if (!Map.map(Name, Word))
    return false;
  std::optional<T> Value = Parse(Word);
  if (!Value) {
    Path.field(Name).report("not one of the words that the protocol has");
    return false;
  }
  Out = *Value;
  return true;
}

static std::optional<MemberSelection> parseMembers(StringRef Word) {
  return StringSwitch<std::optional<MemberSelection>>(Word)
      .Case("rust-objects", MemberSelection::RustObjects)
      .Case("all", MemberSelection::All)
      .Default(std::nullopt);
}

static std::optional<LtoMode> parseMode(StringRef Word) {
  return StringSwitch<std::optional<LtoMode>>(Word)
      .Case("thin", LtoMode::Thin)
      .Case("thin-local", LtoMode::ThinLocal)
      .Case("fat", LtoMode::Fat)
      .Default(std::nullopt);
}

static std::optional<ModuleOrigin> parseOrigin(StringRef Word) {
  return StringSwitch<std::optional<ModuleOrigin>>(Word)
      .Case("local", ModuleOrigin::Local)
      .Case("upstream", ModuleOrigin::Upstream)
      .Case("allocator", ModuleOrigin::Allocator)
      .Case("input", ModuleOrigin::Input)
      .Default(std::nullopt);
}

static std::optional<OptLevel> parseOptLevel(StringRef Word) {
  return StringSwitch<std::optional<OptLevel>>(Word)
      .Case("0", OptLevel::O0)
      .Case("1", OptLevel::O1)
      .Case("2", OptLevel::O2)
      .Case("3", OptLevel::O3)
      .Case("s", OptLevel::Os)
      .Case("z", OptLevel::Oz)
      .Default(std::nullopt);
}

/// Mirrors `RelocModel` → `llvm::RelocModel` (rustc_codegen_llvm/src/back/write.rs, 1.9x): "pie" is
/// PIC to LLVM.
static std::optional<Reloc::Model> parseRelocation(StringRef Word) {
  return StringSwitch<std::optional<Reloc::Model>>(Word)
      .Case("static", Reloc::Static)
      .Case("pic", Reloc::PIC_)
      .Case("pie", Reloc::PIC_)
      .Case("dynamic-no-pic", Reloc::DynamicNoPIC)
      .Case("ropi", Reloc::ROPI)
      .Case("rwpi", Reloc::RWPI)
      .Case("ropi-rwpi", Reloc::ROPI_RWPI)
      .Default(std::nullopt);
}

static std::optional<CodeModel::Model> parseCodeModel(StringRef Word) {
  return StringSwitch<std::optional<CodeModel::Model>>(Word)
      .Case("tiny", CodeModel::Tiny)
      .Case("small", CodeModel::Small)
      .Case("kernel", CodeModel::Kernel)
      .Case("medium", CodeModel::Medium)
      .Case("large", CodeModel::Large)
      .Default(std::nullopt);
}

static std::optional<FloatABI::ABIType> parseFloatAbi(StringRef Word) {
  return StringSwitch<std::optional<FloatABI::ABIType>>(Word)
      .Case("default", FloatABI::Default)
      .Case("soft", FloatABI::Soft)
      .Case("hard", FloatABI::Hard)
      .Default(std::nullopt);
}

static std::optional<DebugCompressionType> parseDebugCompression(StringRef Word) {
  return StringSwitch<std::optional<DebugCompressionType>>(Word)
      .Case("none", DebugCompressionType::None)
      .Case("zlib", DebugCompressionType::Zlib)
      .Case("zstd", DebugCompressionType::Zstd)
      .Default(std::nullopt);
}

/// llvm::json itself reads numbers of 32 bits since LLVM 21 only.
static bool mapUnsigned(json::ObjectMapper &Map, StringLiteral Name, json::Path Path,
                        unsigned &Number) {
  uint64_t Wide;
  if (!Map.map(Name, Wide))
    return false;
  Number = static_cast<unsigned>(Wide);
  if (Number == Wide)
    return true;
  Path.field(Name).report("expected a number of 32 bits");
  return false;
}

bool fromJSON(const json::Value &Json, InitializeParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("llvmArguments", Params.LlvmArguments) &&
         mapNullable(Map, "journal", Params.Journal) &&
         mapUnsigned(Map, "threads", Path, Params.Threads);
}

bool fromJSON(const json::Value &Json, ReadModulesParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("files", Params.Files) &&
         mapWord<MemberSelection>(Map, "members", Path, parseMembers, Params.Members);
}

namespace {

/// A value of a type that does not depend on JSON: llvm::json only finds fromJSON beside a type.
template <typename T> struct Read {
  T Value;
};

bool fromJSON(const json::Value &Json, Read<Instrumentation> &Inserted, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  std::vector<std::string> Sanitizers;
  if (!Map || !Map.map("coverage", Inserted.Value.Coverage) ||
      !mapNullable(Map, "profileGenerate", Inserted.Value.ProfileGenerate) ||
      !mapNullable(Map, "profileUse", Inserted.Value.ProfileUse) ||
      !Map.map("sanitizers", Sanitizers))
    return false;
  Inserted.Value.Address = is_contained(Sanitizers, "address");
  Inserted.Value.Memory = is_contained(Sanitizers, "memory");
  Inserted.Value.Thread = is_contained(Sanitizers, "thread");
  return true;
}

bool fromJSON(const json::Value &Json, Read<UpstreamRlib> &Rlib, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("crate", Rlib.Value.Crate) && Map.map("file", Rlib.Value.File) &&
         mapNullable(Map, "members", Rlib.Value.Members);
}

bool fromJSON(const json::Value &Json, Read<LocalCrate> &Crate, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  std::optional<std::string> StableId;
  if (!Map || !Map.map("name", Crate.Value.Name) || !mapNullable(Map, "stableId", StableId) ||
      !mapNullable(Map, "noBuiltins", Crate.Value.NoBuiltins))
    return false;
  if (!StableId)
    return true;
  uint64_t Number = 0;
  if (!to_integer(*StableId, Number, 10)) {
    Path.field("stableId").report("not a decimal number of 64 bits");
    return false;
  }
  Crate.Value.StableId = Number;
  return true;
}

bool fromJSON(const json::Value &Json, Read<CrateType> &Type, json::Path Path) {
  std::optional<StringRef> Word = Json.getAsString();
  std::optional<CrateType> Parsed = Word ? parseCrateType(*Word) : std::nullopt;
  if (!Parsed) {
    Path.report("not a crate type");
    return false;
  }
  Type.Value = *Parsed;
  return true;
}

bool fromJSON(const json::Value &Json, Read<LtoStage> &Stage, json::Path Path) {
  std::optional<StringRef> Word = Json.getAsString();
  std::optional<LtoStage> Parsed = Word ? findStage(*Word) : std::nullopt;
  if (!Parsed) {
    Path.report("not a stage of LTO");
    return false;
  }
  Stage.Value = *Parsed;
  return true;
}

template <typename T>
bool mapList(json::ObjectMapper &Map, StringLiteral Name, std::vector<T> &Out) {
  std::vector<Read<T>> Values;
  if (!Map.map(Name, Values))
    return false;
  for (Read<T> &One : Values)
    Out.push_back(std::move(One.Value));
  return true;
}

} // namespace

bool fromJSON(const json::Value &Json, LtoSettings &Settings, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  std::vector<std::string> Passes;
  std::optional<std::string> Model, Cpu;
  Read<Instrumentation> Inserted;
  if (!Map || !mapWord<OptLevel>(Map, "optLevel", Path, parseOptLevel, Settings.Config.Level) ||
      !mapNullable(Map, "targetTriple", Settings.Target.Triple) ||
      !mapNullable(Map, "targetCpu", Cpu) || !Map.map("targetFeatures", Settings.Target.Features) ||
      !mapWord<Reloc::Model>(Map, "relocationModel", Path, parseRelocation,
                             Settings.Target.Relocation) ||
      !mapNullable(Map, "codeModel", Model) ||
      !Map.map("vectorizeLoops", Settings.Config.VectorizeLoops) ||
      !Map.map("vectorizeSlp", Settings.Config.VectorizeSlp) ||
      !Map.map("mergeFunctions", Settings.Config.MergeFunctions) || !Map.map("passes", Passes) ||
      !Map.map("noPrepopulatePasses", Settings.Config.NoPrepopulatePasses) ||
      !Map.map("fewerNames", Settings.FewerNames) ||
      !Map.map("preferDynamic", Settings.Permission.PreferDynamic) ||
      !Map.map("dylibLto", Settings.Permission.DylibLto) ||
      !Map.map("linkerPluginLto", Settings.Permission.LinkerPluginLto) ||
      !Map.map("profilerRuntime", Settings.ProfilerRuntime) ||
      !Map.mapOptional("instrumentation", Inserted))
    return false;
  Settings.Config.Inserted = std::move(Inserted.Value);
  Settings.Target.Level = Settings.Config.Level;
  Settings.Target.Cpu = Cpu.value_or("");
  if (Model && !(Settings.Target.CodeModel = parseCodeModel(*Model))) {
    Path.field("codeModel").report("not one of the words that the protocol has");
    return false;
  }
  Settings.Config.ExtraPasses = join(Passes, ",");
  return true;
}

bool fromJSON(const json::Value &Json, LocalModuleParams &Module, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  std::string Suffix;
  if (!Map || !Map.map("name", Module.Name) ||
      !mapWord<ModuleOrigin>(Map, "origin", Path, parseOrigin, Module.Origin) ||
      !Map.map("crate", Module.Crate) || !Map.map("file", Module.File) ||
      !Map.mapOptional("member", Module.Member) || !Map.map("reserialize", Module.Reserialize) ||
      !Map.map("green", Module.Green) || !Map.mapOptional("inMemory", Module.InMemory) ||
      !Map.mapOptional("useListsFile", Module.UseListsFile) ||
      !Map.mapOptional("namesFile", Module.NamesFile) ||
      !Map.mapOptional("internalizedFile", Module.InternalizedFile) ||
      !Map.mapOptional("promotionSuffix", Suffix))
    return false;
  if (Suffix.empty())
    return true;
  uint64_t Number = 0;
  if (!to_integer(Suffix, Number, 10)) {
    Path.field("promotionSuffix").report("not a decimal number of 64 bits");
    return false;
  }
  Module.PromotionSuffix = Number;
  return true;
}

bool fromJSON(const json::Value &Json, AnalyzeParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  std::optional<Read<LocalCrate>> Crate;
  if (!Map || !mapNullable(Map, "localCrate", Crate))
    return false;
  if (Crate)
    Params.Crate = std::move(Crate->Value);
  return Map.map("unit", Params.Unit) &&
         mapWord<LtoMode>(Map, "mode", Path, parseMode, Params.Mode) &&
         mapList(Map, "crateTypes", Params.CrateTypes) && Map.map("settings", Params.Settings) &&
         Map.map("addLtoPostLink", Params.AddLtoPostLink) &&
         Map.map("rustLevelNames", Params.RustLevelNames) &&
         Map.map("countsProfilerSymbols", Params.CountsProfilerSymbols) &&
         Map.map("preservesAsanGlobals", Params.PreservesAsanGlobals) &&
         Map.mapOptional("thinPreLink", Params.ThinPreLink) &&
         Map.mapOptional("summaryAfterFatLto", Params.SummaryAfterFatLto) &&
         mapNullable(Map, "profileFile", Params.ProfileFile) && Map.map("local", Params.Local) &&
         mapList(Map, "upstream", Params.Upstream) && Map.map("preserve", Params.Preserve) &&
         mapNullable(Map, "crateSymbols", Params.CrateSymbols) &&
         Map.map("preserveExternals", Params.PreserveExternals) &&
         Map.map("incremental", Params.Incremental) &&
         mapNullable(Map, "previousKeysFile", Params.PreviousKeysFile) &&
         mapNullable(Map, "keysFile", Params.KeysFile) &&
         mapNullable(Map, "baseWhereTied", Params.BaseWhereTied);
}

bool fromJSON(const json::Value &Json, ObjectSettings &Settings, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  std::optional<std::string> SplitDwarfFile;
  if (!Map || !Map.map("functionSections", Settings.FunctionSections) ||
      !Map.map("uniqueSectionNames", Settings.UniqueSectionNames) ||
      !Map.map("trapUnreachable", Settings.TrapUnreachable) ||
      !Map.map("relaxElfRelocations", Settings.RelaxElfRelocations) ||
      !Map.map("useInitArray", Settings.UseInitArray) ||
      !Map.map("emulatedTls", Settings.EmulatedTls) ||
      !Map.map("singlethread", Settings.Singlethread) ||
      !Map.map("emitStackSizes", Settings.EmitStackSizes) || !Map.map("abi", Settings.Abi) ||
      !mapWord<FloatABI::ABIType>(Map, "floatAbi", Path, parseFloatAbi, Settings.FloatAbi) ||
      !mapWord<DebugCompressionType>(Map, "debugCompression", Path, parseDebugCompression,
                                     Settings.DebugCompression) ||
      !mapNullable(Map, "splitDwarfFile", SplitDwarfFile) ||
      !Map.map("separateDwarf", Settings.SeparateDwarf))
    return false;
  Settings.SplitDwarfFile = SplitDwarfFile.value_or("");
  return true;
}

bool fromJSON(const json::Value &Json, OptimizeParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("unit", Params.Unit) && Map.map("module", Params.Module) &&
         mapList(Map, "stages", Params.Stages) && mapNullable(Map, "blobs", Params.Blobs) &&
         mapNullable(Map, "object", Params.Object);
}

bool fromJSON(const json::Value &Json, ReleaseParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("unit", Params.Unit);
}

} // namespace lto_inspector::binding
