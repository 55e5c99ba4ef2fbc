//===- save_temps.h - Where saved stages go -------------------------------===//
#pragma once

#include "lto/pipeline/stage.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <string>

namespace lto_inspector::pipeline {

/// What is known of a stage once it is made.
struct SavedStage {
  LtoStage Stage;
  /// BLAKE3-256 of the bitcode in lower-case hex.
  std::string ContentHash;
  uint64_t Bytes = 0;
  uint64_t Instructions = 0;
  /// Definitions only.
  uint64_t Functions = 0;
  /// Making the stage, saving it left out.
  double Millis = 0;
  /// The content equals that of the stage saved before it.
  bool SameAsPrevious = false;
};

/// Takes serialised stages: tests collect them in memory, production writes them to the store.
class StageSink {
public:
  virtual ~StageSink() = default;

  /// Keeps the content under its hash. Errors: DiskFull, EngineFailed.
  virtual llvm::Error save(llvm::StringRef ContentHash, llvm::StringRef Bitcode) = 0;
};

/// Serialises a module as rustc's `save_temp_bitcode` does
/// (rustc_codegen_llvm/src/back/write.rs, 1.9x: `LLVMWriteBitcodeToFile`) and hands it to Sink
/// (which may be null: then nothing is kept). Room is made for ExpectedBytes from the start.
llvm::Expected<SavedStage> saveTempBitcode(const llvm::Module &M, LtoStage Stage, StageSink *Sink,
                                           size_t ExpectedBytes = 0);

} // namespace lto_inspector::pipeline
