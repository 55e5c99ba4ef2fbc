// The reader of rustc's key files (`ThinLTOKeysMap`). That it gives a map or an error is all that
// is asked of it here: what must not happen (a crash, a read out of bounds, a leak) the sanitizers
// see.
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
