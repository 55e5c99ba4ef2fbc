#include "lto/rustc/thin_lto_keys_map.h"

#include "lto/llvm/atomic_file.h"
#include "lto/llvm/error.h"
#include "lto/llvm/regular_file.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace lto_inspector::rustc {

using namespace support;

Expected<ThinLtoKeysMap> ThinLtoKeysMap::loadFromFile(StringRef Path) {
  Expected<std::unique_ptr<MemoryBuffer>> Buffer = readWholeFile(Path, LargestText);
  if (!Buffer)
    return Buffer.takeError();
  ThinLtoKeysMap Map;
  StringRef Rest = (*Buffer)->getBuffer();
  for (size_t Line = 1; !Rest.empty(); ++Line) {
    auto [Text, After] = Rest.split('\n');
    Rest = After;
    Text.consume_back("\r");
    SmallVector<StringRef, 2> Fields;
    Text.split(Fields, ' ');
    if (Fields.size() != 2 || Fields[0].empty() || Fields[1].empty() || !json::isUTF8(Text))
      return makeError("UnreadableFile",
                       Path + ", line " + Twine(Line) +
                           ": expected a module name and a key with one space between, found \"" +
                           Text.take_front(200) + "\"",
                       Path);
    Map.insert(Fields[0], Fields[1]);
  }
  return Map;
}

/// Whether a line with this name can be read back.
static bool canBeWritten(StringRef Module) {
  return !Module.empty() && Module.find_first_of(" \r\n") == StringRef::npos &&
         json::isUTF8(Module);
}

Error ThinLtoKeysMap::saveToFile(StringRef Path) const {
  for (const auto &[Module, Key] : Keys)
    if (!canBeWritten(Module))
      return makeError("WriteThinLtoKey",
                       "error while writing ThinLTO key data: the module name \"" + Module +
                           "\" is empty, not UTF-8, or has a space or line break in it",
                       Path, Module);
  Error Failed = writeFileAtomically(Path, [&](raw_ostream &OS) {
    for (const auto &[Module, Key] : Keys)
      OS << Module << ' ' << Key << '\n';
  });
  if (Failed)
    return wrapError(std::move(Failed), "WriteThinLtoKey", "error while writing ThinLTO key data",
                     Path);
  return Error::success();
}

std::optional<std::string> ThinLtoKeysMap::lookup(StringRef Module) const {
  auto Found = Keys.find(Module.str());
  if (Found == Keys.end())
    return std::nullopt;
  return Found->second;
}

} // namespace lto_inspector::rustc
