// The reader of bitcode files, object files and archives (lto/rustc/bitcode_file.h): whatever it is
// given, each slice lies inside the file and is not empty.
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
