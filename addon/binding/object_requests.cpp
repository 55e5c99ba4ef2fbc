//===- object_requests.cpp - Requests about object files ------------------===//
#include "binding/packed_numbers.h"
#include "binding/requests.h"
#include "binding/symbol_table.h"
#include "lto/llvm/archive_difference.h"
#include "lto/llvm/archive_writer.h"
#include "lto/llvm/object_difference.h"
#include "lto/llvm/regular_file.h"
#include "lto/llvm/section_sizes.h"
#include "llvm/ADT/StringMap.h"

using namespace llvm;

namespace lto_inspector::binding {

using namespace support;

namespace {

struct CompareObjectsParams {
  std::string Ours;
  std::string Theirs;
  uint64_t Most = 0;
};

bool fromJSON(const json::Value &Json, CompareObjectsParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("ours", Params.Ours) && Map.map("theirs", Params.Theirs) &&
         Map.map("most", Params.Most);
}

struct SectionSizesParams {
  std::string File;
};

bool fromJSON(const json::Value &Json, SectionSizesParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("file", Params.File);
}

/// A member of an archive: a file, or a part of one.
struct MemberParams {
  std::string Name;
  std::string File;
  std::optional<uint64_t> Position;
  std::optional<uint64_t> Length;
};

bool fromJSON(const json::Value &Json, MemberParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("name", Params.Name) && Map.map("file", Params.File) &&
         Map.map("position", Params.Position) && Map.map("length", Params.Length);
}

struct WriteArchiveParams {
  std::vector<MemberParams> Members;
  std::string Output;
};

bool fromJSON(const json::Value &Json, WriteArchiveParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("members", Params.Members) && Map.map("output", Params.Output);
}

} // namespace

static json::Value sectionJson(const SectionDifference &Section) {
  json::Array Symbols;
  for (const std::string &Name : Section.Symbols)
    Symbols.push_back(jsonText(Name));
  return json::Object{{"section", jsonText(Section.Section)},
                      {"why", Section.Why},
                      {"symbols", std::move(Symbols)}};
}

static Answer compareObjectFiles(CompareObjectsParams Params, const Request &Current) {
  CrashJournal::Entry Entry(Current.State.Journal, Params.Theirs, "object");
  Expected<std::unique_ptr<MemoryBuffer>> Ours = readWholeFile(Params.Ours);
  if (!Ours)
    return Ours.takeError();
  Expected<std::unique_ptr<MemoryBuffer>> Theirs = readWholeFile(Params.Theirs);
  if (!Theirs)
    return Theirs.takeError();
  const MemoryBufferRef Mine = (*Ours)->getMemBufferRef(), Other = (*Theirs)->getMemBufferRef();
  Expected<ObjectDifference> Found = isArchive(Mine) && isArchive(Other)
                                         ? compareArchives(Mine, Other, Params.Most)
                                         : compareObjects(Mine, Other, Params.Most);
  if (!Found)
    return Found.takeError();
  json::Array Sections;
  for (const SectionDifference &Section : Found->Sections)
    Sections.push_back(sectionJson(Section));
  return json::Object{{"sections", std::move(Sections)},
                      {"more", static_cast<int64_t>(Found->More)}};
}

static json::Value sizesJson(const SectionSizes &Section, TextTable &Symbols) {
  PackedNumbers Parts;
  for (const SectionPart &Part : Section.Parts) {
    const bool Named = Part.Of == SectionPart::Kind::Symbol;
    Parts.add({static_cast<int64_t>(Part.Of),
               Named ? static_cast<int64_t>(Symbols[Part.Symbol]) : int64_t(-1),
               static_cast<int64_t>(Part.Size)});
  }
  return json::Object{{"name", jsonText(Section.Name)},
                      {"size", static_cast<int64_t>(Section.Size)},
                      {"inFile", Section.InFile},
                      {"code", Section.Code},
                      {"parts", Parts.take()}};
}

static Answer describeSizes(SectionSizesParams Params, const Request &Current) {
  CrashJournal::Entry Entry(Current.State.Journal, Params.File, "object");
  Expected<std::unique_ptr<MemoryBuffer>> File = readWholeFile(Params.File);
  if (!File)
    return File.takeError();
  Expected<std::vector<SectionSizes>> Sections = sectionSizes((*File)->getMemBufferRef());
  if (!Sections)
    return Sections.takeError();
  TextTable Symbols;
  json::Array Described;
  for (const SectionSizes &Section : *Sections)
    Described.push_back(sizesJson(Section, Symbols));
  return json::Object{{"bytes", static_cast<int64_t>((*File)->getBufferSize())},
                      {"sections", std::move(Described)},
                      {"symbols", Symbols.take()}};
}

static Answer writeArchiveFile(WriteArchiveParams Params, const Request &Current) {
  CrashJournal::Entry Entry(Current.State.Journal, Params.Output, "archive");
  StringMap<std::unique_ptr<MemoryBuffer>> Files;
  std::vector<NewMember> Members;
  for (const MemberParams &Member : Params.Members) {
    std::unique_ptr<MemoryBuffer> &File = Files[Member.File];
    if (!File) {
      Expected<std::unique_ptr<MemoryBuffer>> Read = readWholeFile(Member.File);
      if (!Read)
        return Read.takeError();
      File = std::move(*Read);
    }
    Members.push_back(
        {Member.Name, File->getBuffer().substr(Member.Position.value_or(0),
                                               Member.Length.value_or(File->getBufferSize()))});
  }
  if (Error E = writeGnuArchive(Members, Params.Output))
    return std::move(E);
  return json::Object{};
}

void addObjectRequests(RequestTable &Table) {
  Table.add<CompareObjectsParams>("compareObjects", compareObjectFiles);
  Table.add<SectionSizesParams>("sectionSizes", describeSizes);
  Table.add<WriteArchiveParams>("writeArchive", writeArchiveFile);
}

} // namespace lto_inspector::binding
