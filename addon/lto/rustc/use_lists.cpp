#include "lto/rustc/use_lists.h"

#include "lto/llvm/context.h"
#include "lto/llvm/error.h"
#include "lto/llvm/parallel.h"
#include "lto/rustc/in_memory_module.h"
#include "lto/rustc/pass_manager.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace lto_inspector::rustc {

using namespace support;

/// A module as LLVM writes it by default, without use-lists, as it is when its passes begin.
static Expected<SmallVector<char, 0>> withoutUseLists(MemoryBufferRef Bitcode) {
  Diagnostics Said;
  std::unique_ptr<LLVMContext> Context = makeContext(Said);
  Expected<std::unique_ptr<Module>> M = parseWithoutVerifying(*Context, Bitcode);
  if (!M)
    return M.takeError();
  upgradeIntrinsics(**M);
  SmallVector<char, 0> Bytes;
  raw_svector_ostream OS(Bytes);
  WriteBitcodeToFile(**M, OS);
  return Bytes;
}

Expected<bool> equalButForUseLists(MemoryBufferRef Left, MemoryBufferRef Right) {
  Expected<SmallVector<char, 0>> LeftBytes = withoutUseLists(Left);
  if (!LeftBytes)
    return LeftBytes.takeError();
  Expected<SmallVector<char, 0>> RightBytes = withoutUseLists(Right);
  if (!RightBytes)
    return RightBytes.takeError();
  return *LeftBytes == *RightBytes;
}

Error takeUseLists(MutableArrayRef<LtoModule> Modules, const RunControl &Control,
                   std::vector<std::string> &Warnings) {
  auto Compare = [&](size_t I) -> Expected<bool> {
    const LtoModule &Module = Modules[I];
    if (!Module.WithUseLists)
      return true;
    Expected<std::unique_ptr<ModuleWatch::Scope>> Scope = Control.enter(Module.Name, "use-lists");
    if (!Scope)
      return Scope.takeError();
    // The same identifier, because the bitcode contains it.
    MemoryBufferRef Ordered(Module.WithUseLists->getBuffer(), Module.Name);
    Expected<bool> Equal = equalButForUseLists(Module.buffer(), Ordered);
    if (!Equal)
      return wrapError(Equal.takeError(), "ParseBitcode", "failed to parse bitcode for LTO module",
                       Module.File, Module.Name);
    return Equal;
  };
  Expected<std::vector<bool>> Equal = parallelMap<bool>(Control.Threads, Modules.size(), Compare);
  if (!Equal)
    return Equal.takeError();
  size_t Others = 0;
  for (size_t I = 0; I < Modules.size(); ++I) {
    std::unique_ptr<MemoryBuffer> Ordered = std::move(Modules[I].WithUseLists);
    if (!(*Equal)[I])
      ++Others;
    else if (Ordered)
      Modules[I].Bitcode = std::move(Ordered);
  }
  if (Others > 0)
    Warnings.push_back("compiled again for the order of use-lists, " + std::to_string(Others) +
                       " codegen units came out different: their use-lists are left out, and the "
                       "operands of phis may come out in another order than rustc's");
  return Error::success();
}

} // namespace lto_inspector::rustc
