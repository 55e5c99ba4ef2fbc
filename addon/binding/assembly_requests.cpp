//===- assembly_requests.cpp - Requests about assembly --------------------===//
//
// `assembly` and `functionCode` of src/protocol/engine/assembly.ts. The assembly of a module is
// large, and goes to a blob.
//
//===----------------------------------------------------------------------===//
#include "binding/stage_runs.h"
#include "lto/llvm/file_digest.h"
#include "lto/llvm/regular_file.h"
#include "lto/pipeline/assembly.h"
#include "lto/pipeline/blob_store.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace lto_inspector::binding {

using namespace support;
using namespace pipeline;
using namespace rustc;

namespace {

/// Raise it when the content of the blob changes, here and in src/protocol/engine/assembly.ts.
constexpr int AssemblySchema = 3;

struct AssemblyParams {
  std::string Unit;
  std::string Module;
  std::string Blobs;
  ObjectSettings Settings;
  std::optional<std::vector<std::string>> Only;
};

bool fromJSON(const json::Value &Json, AssemblyParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("unit", Params.Unit) && Map.map("module", Params.Module) &&
         Map.map("blobs", Params.Blobs) && Map.map("settings", Params.Settings) &&
         Map.mapOptional("only", Params.Only);
}

struct FunctionCodeParams {
  std::string File;
  std::vector<std::string> Functions;
};

bool fromJSON(const json::Value &Json, FunctionCodeParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("file", Params.File) && Map.map("functions", Params.Functions);
}

} // namespace

static json::Value codeJson(const FunctionCode *Code) {
  if (!Code)
    return nullptr;
  return json::Object{{"bytes", static_cast<int64_t>(Code->Bytes)}, {"digest", Code->Digest}};
}

static json::Value numberOrNull(const std::optional<uint64_t> &Number) {
  return Number ? json::Value(static_cast<int64_t>(*Number)) : json::Value(nullptr);
}

static json::Value functionJson(const FunctionAssembly &Function) {
  const CodegenFigures &Figures = Function.Figures;
  json::Array Mix;
  for (const auto &[Mnemonic, Times] : Figures.Mix)
    Mix.push_back(json::Array{jsonText(Mnemonic), static_cast<int64_t>(Times)});
  return json::Object{{"symbol", jsonText(Function.Symbol)},
                      {"text", jsonText(Function.Text)},
                      {"code", codeJson(Function.Code ? &*Function.Code : nullptr)},
                      {"stackBytes", numberOrNull(Figures.StackBytes)},
                      {"spills", static_cast<int64_t>(Figures.Spills)},
                      {"reloads", static_cast<int64_t>(Figures.Reloads)},
                      {"spillBytes", static_cast<int64_t>(Figures.SpillBytes)},
                      {"instructions", numberOrNull(Figures.Instructions)},
                      {"mix", std::move(Mix)}};
}

/// A line of JSON, which lists the functions with the bytes of their own lines, and these lines:
/// one function can be read without the others.
static std::string assemblyLines(StringRef Module, const ModuleAssembly &Made) {
  json::Array Files, Functions, Symbols;
  for (const std::string &File : Made.Files)
    Files.push_back(jsonText(File));
  for (const std::string &Symbol : Made.Symbols)
    Symbols.push_back(jsonText(Symbol));
  std::string Lines;
  for (const FunctionAssembly &Function : Made.Functions) {
    const std::string Line = formatv("{0}\n", functionJson(Function)).str();
    Functions.push_back(json::Array{jsonText(Function.Symbol), static_cast<int64_t>(Line.size())});
    Lines += Line;
  }
  json::Value Head = json::Object{{"schema", AssemblySchema},
                                  {"module", jsonText(Module)},
                                  {"comment", Made.Comment},
                                  {"files", std::move(Files)},
                                  {"functions", std::move(Functions)},
                                  {"symbols", std::move(Symbols)},
                                  {"notAssembled", Made.NotAssembled.empty()
                                                       ? json::Value(nullptr)
                                                       : json::Value(jsonText(Made.NotAssembled))}};
  return formatv("{0}\n", Head).str() + Lines;
}

static Answer assembly(AssemblyParams Params, const Request &Current) {
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
  Params.Settings.NoBuiltins = Options.Config.NoBuiltins;
  std::vector<Timing> Timings;
  std::string Text;
  StringSet<> Only;
  if (Params.Only)
    for (const std::string &Symbol : *Params.Only)
      Only.insert(Symbol);
  auto Generate = [&](Module &M) -> Error {
    Entry.enter("assembly");
    ActivityTimer Timer(Current.State.Profiler, Timings, "LLVM_module_codegen",
                        StringRef(Params.Module));
    Expected<ModuleAssembly> Made =
        emitAssembly(M, Options.Target, Params.Settings, Params.Only ? &Only : nullptr);
    if (!Made)
      return Made.takeError();
    Text = assemblyLines(Params.Module, *Made);
    return Error::success();
  };
  Options.AtEnd = Generate;
  Expected<OptimizedModule> Optimized =
      runStages(**Found, Params.Module, Options, Current, Timings);
  if (!Optimized)
    return Optimized.takeError();
  const std::string Digest = digestOf(Text);
  if (Error E = BlobStore(Params.Blobs).save(Digest, Text))
    return E;
  return json::Object{{"blob", Digest},
                      {"bytes", static_cast<int64_t>(Text.size())},
                      {"timings", toJSON(Timings)},
                      {"peakMemoryBytes", peakMemoryBytes()}};
}

static Answer functionCodeIn(FunctionCodeParams Params, const Request &Current) {
  CrashJournal::Entry Entry(Current.State.Journal, Params.File, "object");
  Expected<std::unique_ptr<MemoryBuffer>> File = readWholeFile(Params.File);
  if (!File)
    return File.takeError();
  Expected<StringMap<FunctionCode>> Code = functionCode((*File)->getMemBufferRef());
  if (!Code)
    return Code.takeError();
  json::Array Functions;
  for (const std::string &Symbol : Params.Functions) {
    auto Found = Code->find(Symbol);
    Functions.push_back(codeJson(Found == Code->end() ? nullptr : &Found->second));
  }
  return json::Object{{"functions", std::move(Functions)}};
}

void addAssemblyRequests(RequestTable &Table) {
  Table.add<AssemblyParams>("assembly", assembly);
  Table.add<FunctionCodeParams>("functionCode", functionCodeIn);
}

} // namespace lto_inspector::binding
