#include "binding/results.h"

using namespace llvm;

namespace lto_inspector::binding {

using namespace support;
using namespace pipeline;
using namespace rustc;

std::string jsonText(StringRef Text) {
  return json::isUTF8(Text) ? Text.str() : json::fixUTF8(Text);
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

template <typename T> static json::Array arrayOf(ArrayRef<T> Values) {
  json::Array Array;
  for (const T &Value : Values)
    Array.push_back(toJSON(Value));
  return Array;
}

json::Array toJSON(ArrayRef<Timing> Measured) { return arrayOf(Measured); }

json::Array toJSON(ArrayRef<SavedStage> Stages) { return arrayOf(Stages); }

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

/// The facts about any module that takes part.
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
  const ModuleFigures Figures = figuresOf(*Shared.Data, Module.Name);
  Json["imports"] = Figures.Imports;
  Json["instructions"] = Figures.Instructions;
  Json["importedInstructions"] = Figures.ImportedInstructions;
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
  Json["instructions"] = nullptr;
  Json["importedInstructions"] = nullptr;
  Json["exports"] = 0;
  Json["contentDigest"] = nullptr;
  return Json;
}

} // namespace lto_inspector::binding
