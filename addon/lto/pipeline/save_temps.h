//===- save_temps.h - Where saved stages go -------------------------------===//
#pragma once

#include "lto/pipeline/stage.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cstdint>
#include <memory>
#include <string>

namespace lto_inspector::pipeline {

/// The facts about a stage once it is made.
struct SavedStage {
  LtoStage Stage;
  /// BLAKE3-256 of the bitcode in lower-case hex.
  std::string ContentHash;
  uint64_t Bytes = 0;
  uint64_t Instructions = 0;
  /// Definitions only.
  uint64_t Functions = 0;
  /// Time to make the stage, without saving it.
  double Millis = 0;
  /// The content equals that of the previously saved stage.
  bool SameAsPrevious = false;
};

/// Receives serialised stages: tests collect them in memory, the engine writes them to the store.
class StageSink {
public:
  virtual ~StageSink() = default;

  /// Keeps the content under its hash. Errors: DiskFull, EngineFailed.
  virtual llvm::Error save(llvm::StringRef ContentHash, llvm::StringRef Bitcode) = 0;
};

/// Serialises a module in another way than `saveTempBitcode` does.
using StageWriter = llvm::function_ref<std::unique_ptr<llvm::MemoryBuffer>(llvm::Module &)>;

/// Serialises a module and passes it to Sink (null: the content is dropped): with Write, or, if
/// that is empty, like rustc's `save_temp_bitcode` (rustc_codegen_llvm/src/back/write.rs, 1.9x:
/// `LLVMWriteBitcodeToFile`). Reserves ExpectedBytes from the start.
llvm::Expected<SavedStage> saveTempBitcode(llvm::Module &M, LtoStage Stage, StageSink *Sink,
                                           size_t ExpectedBytes = 0, StageWriter Write = {});

} // namespace lto_inspector::pipeline
