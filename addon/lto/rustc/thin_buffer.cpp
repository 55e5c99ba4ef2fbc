#include "lto/rustc/thin_buffer.h"

#include "lto/compat/guids.h"
#include "lto/llvm/context.h"
#include "lto/rustc/metadata_kinds.h"
#include "lto/rustc/parse_module.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Transforms/IPO/ThinLTOBitcodeWriter.h"

using namespace llvm;

namespace lto_inspector::rustc {

using namespace support;

static SmallVector<char, 0> writtenWithSummary(Module &M) {
  compat::assignGuids(M);
  SmallVector<char, 0> Bytes;
  raw_svector_ostream OS(Bytes);
  PassBuilder PB;
  LoopAnalysisManager LAM;
  FunctionAnalysisManager FAM;
  CGSCCAnalysisManager CGAM;
  ModuleAnalysisManager MAM;
  PB.registerModuleAnalyses(MAM);
  PB.registerCGSCCAnalyses(CGAM);
  PB.registerFunctionAnalyses(FAM);
  PB.registerLoopAnalyses(LAM);
  PB.crossRegisterProxies(LAM, FAM, CGAM, MAM);
  ModulePassManager MPM;
  MPM.addPass(ThinLTOBitcodeWriterPass(OS, /*ThinLinkOS=*/nullptr));
  MPM.run(M, MAM);
  return Bytes;
}

static std::unique_ptr<MemoryBuffer> bufferOf(SmallVector<char, 0> Bytes, const Module &M) {
  return std::make_unique<SmallVectorMemoryBuffer>(std::move(Bytes), M.getModuleIdentifier(),
                                                   /*RequiresNullTerminator=*/false);
}

std::unique_ptr<MemoryBuffer> writeWithSummary(Module &M) {
  return bufferOf(writtenWithSummary(M), M);
}

std::unique_ptr<MemoryBuffer> prepareThin(Module &M) {
  SmallVector<char, 0> Bytes = writtenWithSummary(M);
  forgetHeapAllocSite(Bytes, M);
  return bufferOf(std::move(Bytes), M);
}

Expected<std::unique_ptr<MemoryBuffer>> prepareThin(MemoryBufferRef Bitcode) {
  Diagnostics Said;
  std::unique_ptr<LLVMContext> Context = makeContext(Said);
  Expected<std::unique_ptr<Module>> M = parseModule(*Context, Bitcode);
  if (!M)
    return M.takeError();
  return prepareThin(**M);
}

} // namespace lto_inspector::rustc
