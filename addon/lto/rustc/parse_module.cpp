#include "lto/rustc/parse_module.h"

#include "lto/llvm/error.h"
#include "llvm/Bitcode/BitcodeReader.h"

using namespace llvm;

namespace lto_inspector::rustc {

using namespace support;

Expected<std::unique_ptr<Module>> parseModule(LLVMContext &Context, MemoryBufferRef Bitcode) {
  Context.enableDebugTypeODRUniquing();
  Expected<std::unique_ptr<Module>> M = parseBitcodeFile(Bitcode, Context);
  if (!M)
    return wrapError(M.takeError(), "ParseBitcode", "failed to parse bitcode for LTO module", {},
                     Bitcode.getBufferIdentifier());
  return M;
}

} // namespace lto_inspector::rustc
