#include "binding/file_requests.h"

#include "binding/messages.h"
#include "lto/llvm/durable.h"
#include "lto/llvm/error.h"
#include "lto/llvm/file_digest.h"
#include "lto/llvm/parallel.h"

using namespace llvm;

namespace lto_inspector {

namespace {

struct FilesParams {
  std::vector<std::string> Files;
};

bool fromJSON(const json::Value &Json, FilesParams &Params, json::Path Path) {
  json::ObjectMapper Map(Json, Path);
  return Map && Map.map("files", Params.Files);
}

} // namespace

Expected<json::Value> digestFiles(StringRef ParamsJson, const RunControl &Control) {
  Expected<FilesParams> Params = parseParams<FilesParams>(ParamsJson);
  if (!Params)
    return Params.takeError();
  std::vector<std::optional<std::string>> Found(Params->Files.size());
  parallelFor(Control.Threads, Found.size(), [&](size_t I) {
    if (!*Control.Cancelled)
      Found[I] = digestOfFile(Params->Files[I], *Control.Cancelled);
  });
  if (*Control.Cancelled)
    return makeError("Cancelled", "cancelled while reading the files");
  json::Array Digests;
  for (std::optional<std::string> &Digest : Found)
    Digests.push_back(Digest ? json::Value(std::move(*Digest)) : json::Value(nullptr));
  return json::Object{{"digests", std::move(Digests)}};
}

Expected<json::Value> syncFiles(StringRef ParamsJson, const RunControl &Control) {
  Expected<FilesParams> Params = parseParams<FilesParams>(ParamsJson);
  if (!Params)
    return Params.takeError();
  if (Error E = syncFiles(Params->Files, Control.Threads))
    return E;
  return json::Object{};
}

} // namespace lto_inspector
