// The reader of bitcode files, object files and archives (lto/rustc/bitcode_file.h): for any input,
// each slice is inside the file and not empty.
#include "fuzz/file_input.h"
#include "lto/rustc/bitcode_file.h"

using namespace llvm;
using namespace lto_inspector::rustc;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size) {
  lto_inspector::fuzz::FileInput Input(Data, Size);
  for (MemberSelection Selection : {MemberSelection::RustObjects, MemberSelection::All}) {
    Expected<BitcodeFile> File = openBitcodeFile(Input.path(), Selection);
    if (!File) {
      consumeError(File.takeError());
      continue;
    }
    StringRef Whole = File->Buffer->getBuffer();
    for (const BitcodeSlice &Slice : File->Slices)
      if (Slice.Data.empty() || Slice.Data.begin() < Whole.begin() ||
          Slice.Data.end() > Whole.end())
        abort();
  }
  return 0;
}
