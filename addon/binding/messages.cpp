#include "binding/messages.h"

#include "lto/rustc/stages.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;

namespace lto_inspector {

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

static StringRef wordOf(ModuleOrigin Origin) {
  switch (Origin) {
  case ModuleOrigin::Local:
    return "local";
  case ModuleOrigin::Upstream:
    return "upstream";
  case ModuleOrigin::Allocator:
    return "allocator";
  case ModuleOrigin::Input:
    return "input";
  }
  llvm_unreachable("all origins are listed");
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
      .Cases({"pic", "pie"}, Reloc::PIC_)
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

bool fromJSON(const json::Value &Json, InitializeParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("llvmArguments", Params.LlvmArguments) &&
         mapNullable(Map, "journal", Params.Journal) && Map.map("threads", Params.Threads);
}

bool fromJSON(const json::Value &Json, ReadModulesParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("files", Params.Files) &&
         mapWord<MemberSelection>(Map, "members", Path, parseMembers, Params.Members);
}

bool fromJSON(const json::Value &Json, Instrumentation &Inserted, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  std::vector<std::string> Sanitizers;
  if (!Map || !Map.map("coverage", Inserted.Coverage) ||
      !mapNullable(Map, "profileGenerate", Inserted.ProfileGenerate) ||
      !mapNullable(Map, "profileUse", Inserted.ProfileUse) || !Map.map("sanitizers", Sanitizers))
    return false;
  Inserted.Address = is_contained(Sanitizers, "address");
  Inserted.Memory = is_contained(Sanitizers, "memory");
  Inserted.Thread = is_contained(Sanitizers, "thread");
  return true;
}

bool fromJSON(const json::Value &Json, LtoSettings &Settings, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  std::vector<std::string> Passes;
  std::optional<std::string> Model, Cpu;
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
      !Map.mapOptional("instrumentation", Settings.Config.Inserted))
    return false;
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

bool fromJSON(const json::Value &Json, UpstreamRlib &Rlib, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("crate", Rlib.Crate) && Map.map("file", Rlib.File) &&
         mapNullable(Map, "members", Rlib.Members);
}

bool fromJSON(const json::Value &Json, CrateType &Type, json::Path Path) {
  std::optional<StringRef> Word = Json.getAsString();
  std::optional<CrateType> Parsed = Word ? parseCrateType(*Word) : std::nullopt;
  if (!Parsed) {
    Path.report("not a crate type");
    return false;
  }
  Type = *Parsed;
  return true;
}

bool fromJSON(const json::Value &Json, AnalyzeParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("unit", Params.Unit) &&
         mapWord<LtoMode>(Map, "mode", Path, parseMode, Params.Mode) &&
         Map.map("crateTypes", Params.CrateTypes) && Map.map("settings", Params.Settings) &&
         Map.map("addLtoPostLink", Params.AddLtoPostLink) &&
         Map.mapOptional("thinPreLink", Params.ThinPreLink) &&
         mapNullable(Map, "profileFile", Params.ProfileFile) && Map.map("local", Params.Local) &&
         Map.map("upstream", Params.Upstream) && Map.map("preserve", Params.Preserve) &&
         mapNullable(Map, "crateSymbols", Params.CrateSymbols) &&
         Map.map("preserveExternals", Params.PreserveExternals) &&
         Map.map("incremental", Params.Incremental) &&
         mapNullable(Map, "previousKeysFile", Params.PreviousKeysFile) &&
         mapNullable(Map, "keysFile", Params.KeysFile) &&
         mapNullable(Map, "baseWhereTied", Params.BaseWhereTied);
}

bool fromJSON(const json::Value &Json, LtoStage &Stage, json::Path Path) {
  std::optional<StringRef> Word = Json.getAsString();
  std::optional<LtoStage> Parsed = Word ? findStage(*Word) : std::nullopt;
  if (!Parsed) {
    Path.report("not a stage of LTO");
    return false;
  }
  Stage = *Parsed;
  return true;
}

bool fromJSON(const json::Value &Json, OptimizeParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("unit", Params.Unit) && Map.map("module", Params.Module) &&
         Map.map("stages", Params.Stages) && mapNullable(Map, "blobs", Params.Blobs);
}

bool fromJSON(const json::Value &Json, ReleaseParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("unit", Params.Unit);
}

std::string jsonText(StringRef Text) {
  return json::isUTF8(Text) ? Text.str() : json::fixUTF8(Text);
}

static json::Value nullIfEmpty(StringRef Text) {
  return Text.empty() ? json::Value(nullptr) : json::Value(jsonText(Text));
}

static json::Value orNull(const std::optional<std::string> &Text) {
  return Text ? json::Value(jsonText(*Text)) : json::Value(nullptr);
}

json::Value toJSON(const ErrorReport &Report) {
  json::Object Json{{"name", Report.Name}, {"message", jsonText(Report.Message)}};
  auto Add = [&](StringLiteral Name, StringRef Value) {
    if (!Value.empty())
      Json[Name] = jsonText(Value);
  };
  Add("file", Report.File);
  Add("module", Report.Module);
  Add("stage", Report.Stage);
  return Json;
}

json::Value toJSON(const LibraryInfo &Info) {
  return json::Object{{"path", jsonText(Info.Path)},
                      {"version", Info.Version},
                      {"revision", Info.Revision},
                      {"compiledAgainst", Info.CompiledAgainst},
                      {"targets", json::Array(Info.Targets)}};
}

json::Value toJSON(const Producer &WrittenBy) {
  return json::Object{{"identification", jsonText(WrittenBy.Identification)},
                      {"version", jsonText(WrittenBy.Version)},
                      {"symtabProducer", jsonText(WrittenBy.SymtabProducer)}};
}

json::Value toJSON(const ModuleFile &Module) {
  return json::Object{
      {"name", jsonText(Module.Name)},        {"file", jsonText(Module.File)},
      {"member", nullIfEmpty(Module.Member)}, {"bytes", Module.Bytes},
      {"triple", jsonText(Module.Triple)},    {"sourceFileName", jsonText(Module.SourceFileName)},
      {"producer", toJSON(Module.WrittenBy)}, {"hasSummary", Module.HasSummary},
      {"isThinLto", Module.IsThinLto},        {"compiler", jsonText(Module.Compiler)},
      {"definitions", Module.Definitions},    {"isAllocator", Module.IsAllocator},
      {"noBuiltins", Module.NoBuiltins}};
}

json::Value toJSON(const Timing &Measured) {
  return json::Object{{"activity", Measured.Activity},
                      {"argument", orNull(Measured.Argument)},
                      {"thread", Measured.Thread},
                      {"startMicros", Measured.StartMicros},
                      {"durationMicros", Measured.DurationMicros}};
}

json::Value toJSON(const SavedStage &Stage) {
  return json::Object{{"stage", Stage.Stage.tag()},
                      {"blob", Stage.ContentHash},
                      {"bytes", Stage.Bytes},
                      {"instructions", Stage.Instructions},
                      {"functions", Stage.Functions},
                      {"millis", Stage.Millis},
                      {"sameAsPrevious", Stage.SameAsPrevious}};
}

static StringRef wordOf(ReasonKind Reason) {
  switch (Reason) {
  case ReasonKind::KeyEqual:
    return "key-equal";
  case ReasonKind::BothKeysAbsent:
    return "both-keys-absent";
  case ReasonKind::KeyEqualButNotCached:
    return "key-equal-but-not-cached";
  case ReasonKind::KeyEqualButNotGreen:
    return "key-equal-but-not-green";
  case ReasonKind::KeyChanged:
    return "key-changed";
  case ReasonKind::NewModule:
    return "new-module";
  case ReasonKind::NoPreviousKeys:
    return "no-previous-keys";
  case ReasonKind::NoSession:
    return "no-session";
  }
  llvm_unreachable("all reasons are listed");
}

/// Functions and globals that a module takes from others.
static size_t countImports(const ThinLtoData &Data, StringRef ModuleId) {
  size_t Count = 0;
  for (const auto &Import : Data.ImportLists.lookup(ModuleId)) {
    (void)Import;
    ++Count;
  }
  return Count;
}

/// What is known of any module that takes part.
static json::Object moduleFacts(const LtoModule &Module) {
  return json::Object{
      {"name", jsonText(Module.Name)},        {"origin", wordOf(Module.Origin)},
      {"crate", jsonText(Module.Crate)},      {"file", jsonText(Module.File)},
      {"member", nullIfEmpty(Module.Member)}, {"bytes", Module.Bitcode->getBufferSize()},
      {"producer", toJSON(Module.WrittenBy)}};
}

json::Value analyzedModule(const ThinShared &Shared, size_t Index) {
  const LtoModule &Module = Shared.Modules[Index];
  const Decision &Decided = Shared.Decisions[Index];
  json::Object Json = moduleFacts(Module);
  Json["key"] = Decided.Key.value_or("");
  Json["previousKey"] = orNull(Decided.PreviousKey);
  Json["verdict"] = Decided.Outcome == Verdict::ReUsed ? "re-used" : "re-compiled";
  Json["reason"] = wordOf(Decided.Reason);
  Json["imports"] = countImports(*Shared.Data, Module.Name);
  Json["exports"] = Shared.Data->exportList(Module.Name).size();
  Json["contentDigest"] = Shared.ContentDigests[Index];
  return Json;
}

json::Value analyzedModule(const FatShared &Shared, size_t Index) {
  json::Object Json = moduleFacts(Shared.Modules[Index]);
  Json["key"] = "";
  Json["previousKey"] = nullptr;
  Json["verdict"] = "linked";
  Json["reason"] = Index == 0 ? "base-module" : "linked-into-base";
  Json["imports"] = 0;
  Json["exports"] = 0;
  Json["contentDigest"] = nullptr;
  return Json;
}

} // namespace lto_inspector
