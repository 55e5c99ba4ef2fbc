// The mirror of rustc's `get_bitcode_slice_from_object_data`: never empty, always inside the
// object.
#include "lto/rustc/bitcode_slice.h"
#include <cstdint>
#include <cstdlib>

using namespace llvm;
using namespace lto_inspector::rustc;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size) {
  StringRef Object(reinterpret_cast<const char *>(Data), Size);
  Expected<StringRef> Slice = getBitcodeSliceFromObjectData(Object);
  if (!Slice) {
    consumeError(Slice.takeError());
    return 0;
  }
  if (Slice->empty() || Slice->begin() < Object.begin() || Slice->end() > Object.end())
    abort();
  return 0;
}
