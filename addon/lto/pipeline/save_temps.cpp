#include "lto/pipeline/save_temps.h"

#include "lto/llvm/error.h"
#include "lto/llvm/file_digest.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace lto_inspector::pipeline {

using namespace support;

Expected<SavedStage> saveTempBitcode(Module &M, LtoStage Stage, StageSink *Sink,
                                     size_t ExpectedBytes, StageWriter Write) {
  SmallVector<char, 0> Bytes;
  std::unique_ptr<MemoryBuffer> Written;
  if (Write) {
    Written = Write(M);
  } else {
    Bytes.reserve(ExpectedBytes);
    raw_svector_ostream OS(Bytes);
    WriteBitcodeToFile(M, OS);
  }
  StringRef Bitcode = Written ? Written->getBuffer() : StringRef(Bytes.data(), Bytes.size());

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
