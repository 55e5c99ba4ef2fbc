//===- ir_requests.cpp - Requests about LLVM IR in files ------------------===//
#include "binding/requests.h"
#include "lto/ir/demangle.h"
#include "lto/ir/find.h"
#include "lto/ir/functions.h"
#include "lto/ir/object_symbols.h"
#include "lto/ir/origins.h"
#include "lto/ir/text.h"
#include "lto/rustc/bitcode_file.h"
#include "lto/rustc/symbol_export.h"

using namespace llvm;

namespace lto_inspector::binding {

using namespace support;
using namespace ir;
using namespace rustc;

namespace {

/// A file, and a member if the file is an archive; for `find`, the module name of hits.
struct IrFile {
  std::string File;
  std::string Member;
  std::string Module;
};

struct PrintParams {
  IrFile Where;
  std::optional<std::string> Function;
  uint64_t Limit = 0;
};

struct FindParams {
  std::vector<IrFile> Files;
  std::string Query;
  uint64_t Limit = 0;
};

bool fromJSON(const json::Value &Json, IrFile &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("file", Params.File) && Map.mapOptional("member", Params.Member) &&
         Map.mapOptional("module", Params.Module);
}

bool fromJSON(const json::Value &Json, PrintParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && fromJSON(Json, Params.Where, Path) &&
         Map.mapOptional("function", Params.Function) && Map.map("limit", Params.Limit);
}

bool fromJSON(const json::Value &Json, FindParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("files", Params.Files) && Map.map("query", Params.Query) &&
         Map.map("limit", Params.Limit);
}

struct FindInObjectsParams {
  std::string File;
  std::string Query;
  uint64_t Limit = 0;
};

bool fromJSON(const json::Value &Json, FindInObjectsParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("file", Params.File) && Map.map("query", Params.Query) &&
         Map.map("limit", Params.Limit);
}

struct DefinedSymbolsParams {
  std::vector<IrFile> Files;
};

bool fromJSON(const json::Value &Json, DefinedSymbolsParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("files", Params.Files);
}

struct DemangleParams {
  std::vector<std::string> Symbols;
};

bool fromJSON(const json::Value &Json, DemangleParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("symbols", Params.Symbols);
}

} // namespace

static json::Value sourceJson(const std::optional<SourceLine> &Source) {
  if (!Source)
    return nullptr;
  return json::Object{{"file", jsonText(Source->File)}, {"line", Source->Line}};
}

static json::Value toJSON(const FunctionInfo &Info) {
  return json::Object{{"name", jsonText(Info.Name)},       {"demangled", jsonText(Info.Demangled)},
                      {"linkage", Info.Linkage},           {"declaration", Info.Declaration},
                      {"instructions", Info.Instructions}, {"hash", Info.Hash},
                      {"headerHash", Info.HeaderHash},     {"textHash", Info.TextHash},
                      {"source", sourceJson(Info.Source)}};
}

static json::Value toJSON(const GlobalInfo &Info) {
  return json::Object{
      {"name", jsonText(Info.Name)}, {"demangled", jsonText(Info.Demangled)}, {"kind", Info.Kind},
      {"linkage", Info.Linkage},     {"declaration", Info.Declaration},       {"hash", Info.Hash}};
}

static json::Array texts(const std::vector<std::string> &Values) {
  json::Array Array;
  for (const std::string &Value : Values)
    Array.push_back(jsonText(Value));
  return Array;
}

static json::Value toJSON(const FindHit &Hit) {
  return json::Object{{"module", jsonText(Hit.Module)},
                      {"symbol", jsonText(Hit.Symbol)},
                      {"demangled", jsonText(Hit.Demangled)},
                      {"role", Hit.Role},
                      {"kind", Hit.Kind},
                      {"linkage", Hit.Linkage},
                      {"instructions", Hit.Instructions},
                      {"usedBy", texts(Hit.UsedBy)},
                      {"usedByDemangled", texts(Hit.UsedByDemangled)}};
}

static json::Value toJSON(const WrittenFunction &Written) {
  return json::Object{
      {"symbol", jsonText(Written.Symbol)},
      {"name", jsonText(Written.Name)},
      {"source", json::Object{{"file", jsonText(Written.File)}, {"line", Written.Line}}}};
}

static json::Value toJSON(const FramePart &Part) {
  return json::Object{{"written", Part.Written}, {"hash", Part.Hash}, {"depth", Part.Depth}};
}

static json::Value toJSON(const SourceFile &Source) {
  return json::Object{{"file", jsonText(Source.File)}, {"checksum", jsonText(Source.Checksum)}};
}

static json::Value toJSON(const WrittenType &Type) {
  return json::Object{{"name", jsonText(Type.Name)}, {"hash", Type.Hash}};
}

static json::Value toJSON(const FunctionOrigins &Function);

template <typename T> static json::Array arrayOf(const std::vector<T> &Values) {
  json::Array Array;
  for (const T &Value : Values)
    Array.push_back(toJSON(Value));
  return Array;
}

static json::Value toJSON(const FunctionOrigins &Function) {
  return json::Object{{"symbol", jsonText(Function.Symbol)}, {"parts", arrayOf(Function.Parts)}};
}

/// Opens the file and passes its bitcode to Use, which runs under a journal entry.
static Answer withBitcode(const IrFile &Where, StringRef Doing, const Request &Current,
                          function_ref<Answer(MemoryBufferRef)> Use) {
  CrashJournal::Entry Entry(Current.State.Journal, Where.File);
  Entry.enter(Doing);
  Expected<BitcodeFile> File = openBitcodeFile(Where.File, MemberSelection::All);
  if (!File)
    return File.takeError();
  Expected<BitcodeSlice> Slice = findSlice(*File, Where.Member);
  if (!Slice)
    return Slice.takeError();
  Answer Result = Use(MemoryBufferRef(Slice->Data, Slice->Name));
  if (!Result)
    return wrapError(Result.takeError(), "ParseBitcode", "cannot read the module", Where.File,
                     Slice->Name);
  return Result;
}

static Answer functions(IrFile Where, const Request &Current) {
  return withBitcode(Where, "functions", Current, [&](MemoryBufferRef Bitcode) -> Answer {
    Expected<FunctionsResult> Listed = listFunctions(Bitcode, Current.control());
    if (!Listed)
      return Listed.takeError();
    return json::Object{{"functions", arrayOf(Listed->Functions)},
                        {"globals", arrayOf(Listed->Globals)}};
  });
}

static Answer origins(IrFile Where, const Request &Current) {
  return withBitcode(Where, "origins", Current, [&](MemoryBufferRef Bitcode) -> Answer {
    Expected<OriginsResult> Read = readOrigins(Bitcode, Current.control());
    if (!Read)
      return Read.takeError();
    return json::Object{{"written", arrayOf(Read->Written)},
                        {"functions", arrayOf(Read->Functions)},
                        {"files", arrayOf(Read->Files)},
                        {"types", arrayOf(Read->Types)}};
  });
}

static Answer print(PrintParams Params, const Request &Current) {
  std::optional<StringRef> Function;
  if (Params.Function)
    Function = Params.Function;
  return withBitcode(Params.Where, "print", Current, [&](MemoryBufferRef Bitcode) -> Answer {
    Expected<PrintResult> Printed = printModule(Bitcode, Function, Params.Limit, Current.control());
    if (!Printed)
      return Printed.takeError();
    return json::Object{{"text", jsonText(Printed->Text)},
                        {"truncated", Printed->Truncated},
                        {"totalBytes", Printed->TotalBytes},
                        {"digest", Printed->Digest}};
  });
}

/// Searches the files one by one; a file that cannot be read is reported and does not end the
/// search.
static Answer find(FindParams Params, const Request &Current) {
  json::Array Hits, Errors;
  bool Truncated = false;
  for (const IrFile &Where : Params.Files) {
    if (Error E = Current.control().check(Where.Module))
      return E;
    uint64_t Room = Params.Limit - Hits.size();
    Answer Searched = withBitcode(Where, "find", Current, [&](MemoryBufferRef Bitcode) -> Answer {
      Expected<FindResult> Found = findSymbols(Where.Module, Bitcode, Params.Query, Room);
      if (!Found)
        return Found.takeError();
      Truncated |= Found->Truncated;
      for (const FindHit &Hit : Found->Hits)
        Hits.push_back(toJSON(Hit));
      if (!Found->AssemblyNotRead.empty())
        Errors.push_back(toJSON(
            ErrorReport{"EngineFailed", Found->AssemblyNotRead, Where.File, Where.Module, {}}));
      return nullptr;
    });
    if (!Searched)
      Errors.push_back(toJSON(takeReport(Searched.takeError())));
  }
  return json::Object{
      {"hits", std::move(Hits)}, {"truncated", Truncated}, {"errors", std::move(Errors)}};
}

static Answer findInObjects(FindInObjectsParams Params, const Request &Current) {
  CrashJournal::Entry Entry(Current.State.Journal, Params.File);
  Entry.enter("find");
  Expected<ObjectsSearched> Searched =
      ir::findInObjects(Params.File, Params.Query, Params.Limit, Current.control());
  if (!Searched)
    return Searched.takeError();
  json::Array Errors;
  for (const std::string &Why : Searched->NotRead)
    Errors.push_back(toJSON(ErrorReport{"EngineFailed", Why, Params.File, {}, {}}));
  return json::Object{{"hits", arrayOf(Searched->Found.Hits)},
                      {"truncated", Searched->Found.Truncated},
                      {"errors", std::move(Errors)}};
}

/// Symbols of the files one by one; a file that cannot be read has none.
static Answer definedSymbols(DefinedSymbolsParams Params, const Request &Current) {
  json::Array Files, Errors;
  for (const IrFile &Where : Params.Files) {
    if (Error E = Current.control().check(Where.Module))
      return E;
    json::Array Symbols;
    Answer Listed = withBitcode(Where, "symbols", Current, [&](MemoryBufferRef Bitcode) -> Answer {
      Expected<std::vector<std::string>> Defined = rustc::definedSymbols(Bitcode);
      if (!Defined)
        return Defined.takeError();
      Symbols = texts(*Defined);
      return nullptr;
    });
    if (!Listed)
      Errors.push_back(toJSON(takeReport(Listed.takeError())));
    Files.push_back(std::move(Symbols));
  }
  return json::Object{{"symbols", std::move(Files)}, {"errors", std::move(Errors)}};
}

static Answer demangleAll(DemangleParams Params, const Request &Current) {
  json::Array Names;
  for (const std::string &Symbol : Params.Symbols) {
    if (Error E = Current.control().check())
      return E;
    Names.push_back(jsonText(demangle(Symbol)));
  }
  return json::Object{{"names", std::move(Names)}};
}

void addIrRequests(RequestTable &Table) {
  Table.add<IrFile>("functions", functions);
  Table.add<IrFile>("origins", origins);
  Table.add<PrintParams>("print", print);
  Table.add<DemangleParams>("demangle", demangleAll);
  Table.add<DefinedSymbolsParams>("definedSymbols", definedSymbols);
  Table.add<FindParams>("find", find);
  Table.add<FindInObjectsParams>("findInObjects", findInObjects);
}

} // namespace lto_inspector::binding
