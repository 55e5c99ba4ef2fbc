// The reader of rustc's key files (`ThinLTOKeysMap`). It may return a map or an error; the
// sanitizers detect what must not happen (a crash, a read out of bounds, a leak).
#include "fuzz/file_input.h"
#include "lto/rustc/thin_lto_keys_map.h"
#include "llvm/Support/Error.h"

using namespace llvm;
using namespace lto_inspector::rustc;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size) {
  lto_inspector::fuzz::FileInput Input(Data, Size);
  Expected<ThinLtoKeysMap> Map = ThinLtoKeysMap::loadFromFile(Input.path());
  if (!Map)
    consumeError(Map.takeError());
  return 0;
}
