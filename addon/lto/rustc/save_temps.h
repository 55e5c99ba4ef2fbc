//===- save_temps.h - Where saved stages go -------------------------------===//
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include <array>
#include <cstdint>
#include <string>

namespace lto_inspector {

/// The stages of thin LTO and those of fat LTO, in the order in which they are made.
enum class LtoStage {
  Input,
  AfterRename,
  AfterResolve,
  AfterInternalize,
  AfterImport,
  AfterPm,
  FatInput,
  FatAfterRestriction,
  FatAfterPm
};

/// rustc's tags; it has none for the last one, whose file is the module's `.rcgu.bc`.
inline constexpr std::array<llvm::StringLiteral, 9> StageTags = {"thin-lto-input",
                                                                 "thin-lto-after-rename",
                                                                 "thin-lto-after-resolve",
                                                                 "thin-lto-after-internalize",
                                                                 "thin-lto-after-import",
                                                                 "thin-lto-after-pm",
                                                                 "lto.input",
                                                                 "lto.after-restriction",
                                                                 "lto.after-pm"};

inline bool isFatStage(LtoStage Stage) { return Stage >= LtoStage::FatInput; }

inline llvm::StringRef tagOf(LtoStage Stage) { return StageTags[static_cast<size_t>(Stage)]; }

/// What is known of a stage once it is made.
struct SavedStage {
  LtoStage Stage = LtoStage::Input;
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

} // namespace lto_inspector
