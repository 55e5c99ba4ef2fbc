#include "lto/pipeline/save_temps.h"

#include "lto/llvm/error.h"
#include "lto/llvm/file_digest.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace lto_inspector::pipeline {

using namespace support;

Expected<SavedStage> saveTempBitcode(const Module &M, LtoStage Stage, StageSink *Sink,
                                     size_t ExpectedBytes) {
  SmallVector<char, 0> Bytes;
  Bytes.reserve(ExpectedBytes);
  raw_svector_ostream OS(Bytes);
  WriteBitcodeToFile(M, OS);
  StringRef Bitcode = OS.str();

  SavedStage Saved;
  Saved.Stage = Stage;
  Saved.ContentHash = digestOf(Bitcode);
  Saved.Bytes = Bitcode.size();
  Saved.Instructions = M.getInstructionCount();
  for (const Function &F : M)
    Saved.Functions += !F.isDeclaration();
  if (Sink)
    if (Error E = Sink->save(Saved.ContentHash, Bitcode))
      return wrapError(std::move(E), "EngineFailed", "cannot save a stage", {},
                       M.getModuleIdentifier(), Stage.tag());
  return Saved;
}

} // namespace lto_inspector::pipeline
