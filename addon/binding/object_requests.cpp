//===- object_requests.cpp - Requests about object files ------------------===//
#include "binding/requests.h"
#include "lto/llvm/object_difference.h"
#include "lto/llvm/regular_file.h"

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
  Expected<ObjectDifference> Found =
      compareObjects((*Ours)->getMemBufferRef(), (*Theirs)->getMemBufferRef(), Params.Most);
  if (!Found)
    return Found.takeError();
  json::Array Sections;
  for (const SectionDifference &Section : Found->Sections)
    Sections.push_back(sectionJson(Section));
  return json::Object{{"sections", std::move(Sections)},
                      {"more", static_cast<int64_t>(Found->More)}};
}

void addObjectRequests(RequestTable &Table) {
  Table.add<CompareObjectsParams>("compareObjects", compareObjectFiles);
}

} // namespace lto_inspector::binding
