//===- reference_requests.cpp - Requests about what keeps symbols ---------===//
//
// `references` and `preservedSymbols` of src/protocol/engine. Definitions are many: they are lists
// of numbers, in which texts are numbered, in the order of src/protocol/engine/references.ts.
//
//===----------------------------------------------------------------------===//
#include "binding/requests.h"
#include "binding/symbol_table.h"
#include "lto/ir/references.h"
#include "lto/llvm/file_digest.h"
#include "lto/llvm/regular_file.h"
#include "lto/pipeline/blob_store.h"
#include "lto/rustc/symbol_export.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace lto_inspector::binding {

using namespace support;
using namespace pipeline;

namespace {

struct ReferencesParams {
  std::string Module;
  std::string StageFile;
  std::string Blobs;
};

bool fromJSON(const json::Value &Json, ReferencesParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("module", Params.Module) && Map.map("stageFile", Params.StageFile) &&
         Map.map("blobs", Params.Blobs);
}

struct PreservedSymbolsParams {
  std::string Unit;
  /// The first symbol, in the order of the analysis.
  uint64_t First = 0;
  /// The most symbols.
  uint64_t Count = 0;
};

bool fromJSON(const json::Value &Json, PreservedSymbolsParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("unit", Params.Unit) && Map.map("first", Params.First) &&
         Map.map("count", Params.Count);
}

} // namespace

/// `REFERENCE_FACTS` of src/protocol/engine/references.ts.
static int64_t factsOf(const ir::Definition &Defined, const StringSet<> &UsedOutside) {
  const bool Listed = Defined.Used || Defined.CompilerUsed;
  const bool Facts[] = {Defined.Hidden, Defined.Used, Defined.CompilerUsed, Defined.RunsBeforeMain,
                        Defined.RunsAfterMain,
                        // Neither a list of LLVM's nor the assembly, so code generation may.
                        !Listed && UsedOutside.contains(Defined.Symbol),
                        rustc::isRustMangled(Defined.Symbol), Defined.HasLines};
  int64_t Bits = 0;
  for (size_t I = 0; I < std::size(Facts); ++I)
    Bits |= int64_t(Facts[I]) << I;
  return Bits;
}

namespace {
/// Lists of texts, each of which a message has once.
class WayTable {
public:
  explicit WayTable(TextTable &Texts) : Texts(Texts) {}

  /// -1: an empty list.
  int64_t operator[](ArrayRef<std::string> Way) {
    if (Way.empty())
      return -1;
    auto [Entry, New] = Numbers.try_emplace(join(Way, "\n"), Ways.size());
    if (New) {
      json::Array Row;
      for (const std::string &Symbol : Way)
        Row.push_back(static_cast<int64_t>(Texts[Symbol]));
      Ways.push_back(std::move(Row));
    }
    return Entry->second;
  }

  json::Array take() { return std::move(Ways); }

private:
  TextTable &Texts;
  StringMap<int64_t> Numbers;
  json::Array Ways;
};
} // namespace

static json::Array definitionJson(const ir::Definition &Defined, const StringSet<> &UsedOutside,
                                  TextTable &Texts, WayTable &Ways) {
  auto Text = [&](StringRef Value) {
    return Value.empty() ? int64_t(-1) : static_cast<int64_t>(Texts[Value]);
  };
  json::Array Row{Text(Defined.Symbol),
                  Text(Defined.Readable),
                  static_cast<int64_t>(Defined.Kind),
                  static_cast<int64_t>(Defined.Scope),
                  factsOf(Defined, UsedOutside),
                  Text(Defined.Vtable ? Defined.Vtable->Type : ""),
                  Text(Defined.Vtable ? Defined.Vtable->Trait : "")};
  for (const ir::Reference &To : Defined.References) {
    Row.push_back(Text(To.To));
    Row.push_back(static_cast<int64_t>(To.Kind));
    Row.push_back(Ways[To.Through]);
  }
  return Row;
}

/// What a linker sees as used from outside of IR, without what the assembly uses.
static Expected<StringSet<>> usedOutside(MemoryBufferRef Bitcode,
                                         const ir::ModuleReferences &Found) {
  Expected<std::vector<std::string>> Used = rustc::usedSymbols(Bitcode);
  if (!Used)
    return Used.takeError();
  StringSet<> Symbols;
  Symbols.insert(Used->begin(), Used->end());
  for (const std::string &Symbol : Found.Assembly)
    Symbols.erase(Symbol);
  return Symbols;
}

static Expected<json::Value> describe(const ReferencesParams &Params, MemoryBufferRef Bitcode,
                                      const RunControl &Control) {
  Expected<ir::ModuleReferences> Found = ir::readReferences(Bitcode, Control);
  if (!Found)
    return Found.takeError();
  Expected<StringSet<>> Used = usedOutside(Bitcode, *Found);
  if (!Used)
    return Used.takeError();
  TextTable Texts;
  WayTable Ways(Texts);
  json::Array Definitions, Assembly;
  for (const ir::Definition &Defined : Found->Definitions)
    Definitions.push_back(definitionJson(Defined, *Used, Texts, Ways));
  for (const std::string &Symbol : Found->Assembly)
    Assembly.push_back(static_cast<int64_t>(Texts[Symbol]));
  return json::Object{{"schema", 2},
                      {"module", jsonText(Params.Module)},
                      {"definitions", std::move(Definitions)},
                      {"assembly", std::move(Assembly)},
                      {"assemblyNotRead", jsonText(Found->AssemblyNotRead)},
                      {"ways", Ways.take()},
                      {"texts", Texts.take()}};
}

static Answer references(ReferencesParams Params, const Request &Current) {
  CrashJournal::Entry Entry(Current.State.Journal, Params.Module);
  Entry.enter("references");
  Expected<std::unique_ptr<MemoryBuffer>> Stage = readWholeFile(Params.StageFile);
  if (!Stage)
    return Stage.takeError();
  Expected<json::Value> Described =
      describe(Params, (*Stage)->getMemBufferRef(), Current.control());
  if (!Described)
    return wrapError(Described.takeError(), "ParseBitcode", "cannot read the module",
                     Params.StageFile, Params.Module);
  const std::string Text = formatv("{0}", *Described).str();
  const std::string Digest = digestOf(Text);
  if (Error E = BlobStore(Params.Blobs).save(Digest, Text))
    return E;
  return json::Object{{"blob", Digest}, {"bytes", static_cast<int64_t>(Text.size())}};
}

static Answer preservedSymbols(PreservedSymbolsParams Params, const Request &Current) {
  Expected<std::shared_ptr<const Unit>> Found = Current.State.find(Params.Unit);
  if (!Found)
    return Found.takeError();
  const Unit &U = **Found;
  const std::vector<std::string> &All =
      U.Fat ? U.Fat->SymbolsBelowThreshold : U.Shared->SymbolsBelowThreshold;
  const size_t First = std::min<size_t>(Params.First, All.size());
  const size_t Count = std::min<size_t>(Params.Count, All.size() - First);
  json::Array Symbols;
  for (const std::string &Symbol : ArrayRef(All).slice(First, Count))
    Symbols.push_back(jsonText(Symbol));
  return json::Object{{"total", static_cast<int64_t>(All.size())}, {"symbols", std::move(Symbols)}};
}

void addReferenceRequests(RequestTable &Table) {
  Table.add<ReferencesParams>("references", references);
  Table.add<PreservedSymbolsParams>("preservedSymbols", preservedSymbols);
}

} // namespace lto_inspector::binding
