#include "lto/rustc/in_memory_module.h"

#include "lto/llvm/error.h"
#include "lto/rustc/name_counts.h"
#include "lto/rustc/symbol_tables.h"
#include "llvm/Bitcode/BitcodeReader.h"

using namespace llvm;

namespace lto_inspector::rustc {

using namespace support;
using namespace pipeline;

Expected<std::unique_ptr<Module>> parseWithoutVerifying(LLVMContext &Context,
                                                        MemoryBufferRef Bitcode) {
  Expected<std::unique_ptr<Module>> M = getLazyBitcodeModule(Bitcode, Context);
  if (!M)
    return M;
  if (Error E = (*M)->materializeMetadata())
    return E;
  for (Function &F : **M)
    if (Error E = F.materialize())
      return E;
  return M;
}

Expected<std::unique_ptr<Module>> parseInMemoryModule(LLVMContext &Context, const LtoModule &Input,
                                                      const TargetSettings &Target,
                                                      const ModuleConfig &Config,
                                                      const std::atomic<bool> &Cancelled) {
  Expected<std::unique_ptr<Module>> M = parseWithoutVerifying(Context, Input.buffer());
  if (!M)
    return wrapError(M.takeError(), "ParseBitcode", "failed to parse bitcode for LTO module",
                     Input.File, Input.Name);
  Expected<std::unique_ptr<TargetMachine>> TM = createTargetMachine(Target, **M);
  if (!TM)
    return TM.takeError();
  if (!Context.shouldDiscardValueNames())
    if (Expected<size_t> Failed = restoreSymbolTables(**M, Input.buffer()); !Failed)
      return wrapError(Failed.takeError(), "ParseBitcode", "failed to parse bitcode for LTO module",
                       Input.File, Input.Name);
  setNameCounts(**M, Input.NamesSoFar);
  if (Error E = optimizeBeforeFatLto(**M, **TM, Config, Cancelled))
    return E;
  if (Cancelled)
    return makeError("Cancelled", "cancelled", Input.File, Input.Name);
  return M;
}

} // namespace lto_inspector::rustc
