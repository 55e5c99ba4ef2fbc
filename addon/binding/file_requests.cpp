//===- file_requests.cpp - Requests about the store's files ---------------===//
#include "binding/requests.h"
#include "lto/llvm/durable.h"
#include "lto/llvm/file_digest.h"
#include "lto/llvm/parallel.h"

using namespace llvm;

namespace lto_inspector::binding {

using namespace support;

namespace {

struct FilesParams {
  std::vector<std::string> Files;
};

bool fromJSON(const json::Value &Json, FilesParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("files", Params.Files);
}

} // namespace

static Answer digestFiles(FilesParams Params, const Request &Current) {
  std::vector<std::optional<std::string>> Found(Params.Files.size());
  parallelFor(Current.State.Threads, Found.size(), [&](size_t I) {
    if (!Current.Cancelled)
      Found[I] = digestOfFile(Params.Files[I], Current.Cancelled);
  });
  if (Current.Cancelled)
    return makeError("Cancelled", "cancelled while reading the files");
  json::Array Digests;
  for (std::optional<std::string> &Digest : Found)
    Digests.push_back(Digest ? json::Value(std::move(*Digest)) : json::Value(nullptr));
  return json::Object{{"digests", std::move(Digests)}};
}

static Answer syncFiles(FilesParams Params, const Request &Current) {
  if (Error E = support::syncFiles(Params.Files, Current.control()))
    return E;
  return json::Object{};
}

void addFileRequests(RequestTable &Table) {
  Table.add<FilesParams>("digestFiles", digestFiles);
  Table.add<FilesParams>("syncFiles", syncFiles);
}

} // namespace lto_inspector::binding
