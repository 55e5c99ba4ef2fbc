#include "binding/ir_requests.h"

#include "binding/messages.h"
#include "lto/llvm/bitcode.h"
#include "lto/llvm/ir_functions.h"

using namespace llvm;

namespace lto_inspector {

namespace {

/// A file, and a member when the file is an archive.
struct IrFile {
  std::string File;
  std::string Member;
};

bool fromJSON(const json::Value &Json, IrFile &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("file", Params.File) && Map.mapOptional("member", Params.Member);
}

} // namespace

static json::Value toJSON(const FunctionInfo &Info) {
  return json::Object{{"name", jsonText(Info.Name)},       {"demangled", jsonText(Info.Demangled)},
                      {"linkage", Info.Linkage},           {"declaration", Info.Declaration},
                      {"instructions", Info.Instructions}, {"hash", Info.Hash},
                      {"headerHash", Info.HeaderHash},     {"textHash", Info.TextHash}};
}

static json::Value toJSON(const GlobalInfo &Info) {
  return json::Object{{"name", jsonText(Info.Name)},
                      {"demangled", jsonText(Info.Demangled)},
                      {"kind", Info.Kind},
                      {"linkage", Info.Linkage},
                      {"declaration", Info.Declaration}};
}

template <typename T> static json::Array arrayOf(const std::vector<T> &Values) {
  json::Array Array;
  for (const T &Value : Values)
    Array.push_back(toJSON(Value));
  return Array;
}

/// Opens the file and hands the slice of bitcode to Use, which runs under a journal entry.
static Expected<json::Value> withBitcode(const IrFile &Where, StringRef Doing,
                                         CrashJournal &Journal,
                                         function_ref<Expected<json::Value>(MemoryBufferRef)> Use) {
  CrashJournal::Entry Entry(Journal, Where.File);
  Entry.enter(Doing);
  Expected<BitcodeFile> File = openBitcodeFile(Where.File, MemberSelection::All);
  if (!File)
    return File.takeError();
  Expected<BitcodeSlice> Slice = findSlice(*File, Where.Member);
  if (!Slice)
    return Slice.takeError();
  Expected<json::Value> Result = Use(MemoryBufferRef(Slice->Data, Slice->Name));
  if (!Result)
    return wrapError(Result.takeError(), "ParseBitcode", "cannot read the module", Where.File,
                     Slice->Name);
  return Result;
}

static Expected<json::Value> functions(StringRef ParamsJson, CrashJournal &Journal) {
  Expected<IrFile> Where = parseParams<IrFile>(ParamsJson);
  if (!Where)
    return Where.takeError();
  return withBitcode(*Where, "functions", Journal,
                     [](MemoryBufferRef Bitcode) -> Expected<json::Value> {
                       Expected<FunctionsResult> Listed = listFunctions(Bitcode);
                       if (!Listed)
                         return Listed.takeError();
                       return json::Object{{"functions", arrayOf(Listed->Functions)},
                                           {"globals", arrayOf(Listed->Globals)}};
                     });
}

Expected<json::Value> irRequest(StringRef Method, StringRef ParamsJson, CrashJournal &Journal) {
  if (Method == "functions")
    return functions(ParamsJson, Journal);
  return makeError("Internal", "the engine knows no request " + Method);
}

} // namespace lto_inspector
