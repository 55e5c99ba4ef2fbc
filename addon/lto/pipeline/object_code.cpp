#include "lto/pipeline/object_code.h"

#include "lto/compat/triples.h"
#include "lto/llvm/error.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/Analysis/TargetTransformInfo.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace lto_inspector::pipeline {

using namespace support;

Error generate(Module &M, TargetMachine &TM, const CodegenSettings &Codegen, CodeGenFileType Type,
               raw_pwrite_stream &Out, raw_pwrite_stream *Dwarf) {
  legacy::PassManager Passes;
  Passes.add(createTargetTransformInfoWrapperPass(TM.getTargetIRAnalysis()));
  TargetLibraryInfoImpl Libraries(compat::tripleOf(M));
  if (Codegen.NoBuiltins)
    Libraries.disableAllFunctions();
  Passes.add(new TargetLibraryInfoWrapperPass(Libraries));
  if (TM.addPassesToEmitFile(Passes, Out, Dwarf, Type, /*DisableVerify=*/true))
    return makeError("EngineFailed", "LLVM generates no code for " + TM.getTargetTriple().str(), {},
                     M.getModuleIdentifier());
  Passes.run(M);
  return Error::success();
}

Expected<ObjectCode> emitObject(Module &M, const TargetSettings &Target,
                                const CodegenSettings &Codegen) {
  Expected<std::unique_ptr<TargetMachine>> TM = createTargetMachine(Target, M, &Codegen);
  if (!TM)
    return TM.takeError();
  ObjectCode Made;
  raw_svector_ostream Object(Made.Object), Dwarf(Made.Dwarf);
  if (Error E = generate(M, **TM, Codegen, CodeGenFileType::ObjectFile, Object,
                         Codegen.SeparateDwarf ? &Dwarf : nullptr))
    return E;
  return Made;
}

} // namespace lto_inspector::pipeline
