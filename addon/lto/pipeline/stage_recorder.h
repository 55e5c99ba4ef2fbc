//===- stage_recorder.h - One module on its way through stages ------------===//
#pragma once

#include "lto/llvm/context.h"
#include "lto/pipeline/global_state.h"
#include "lto/pipeline/save_temps.h"
#include "lto/pipeline/target_machine.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lto_inspector::pipeline {

/// What is recorded of a module on its way.
struct RecordOptions {
  TargetSettings Target;
  /// Value names are discarded, as in rustc where `fewer_names` holds.
  bool FewerNames = true;
  /// The stages to save; what comes after the last of them is not run. Empty: all are run, none is
  /// saved.
  llvm::ArrayRef<LtoStage> Stages;
  /// Where the stages go; null: they are measured and dropped.
  StageSink *Sink = nullptr;
  /// Told before each stage, on the working thread; may be empty.
  llvm::function_ref<void(LtoStage)> OnStage;
};

/// The module that is recorded: as errors name it, and how large its bitcode is.
struct RecordedModule {
  llvm::StringRef Name;
  llvm::StringRef File;
  size_t Bytes = 0;
};

struct OptimizedModule {
  /// As many as were asked for, in order.
  std::vector<SavedStage> Stages;
  /// LLVM's warnings and remarks.
  std::vector<std::string> Diagnostics;
};

/// A module in a context of its own, the steps that are taken with it, and the stages that are
/// saved on the way: what thin and fat LTO have in common. What the steps are, their callers say.
///
/// The context mirrors `LLVMRustContextCreate` (PassWrapper.cpp, 1.9x) with `DiagnosticHandlers`
/// (rustc_codegen_llvm/src/back/write.rs).
class StageRecorder {
public:
  /// All arguments must outlive the recorder, and what Of names too. Errors name Of.
  StageRecorder(RecordedModule Of, const RecordOptions &Options,
                const std::atomic<bool> &Cancelled);

  llvm::LLVMContext &context() { return *Context; }
  /// What LLVM said in the context.
  support::Diagnostics &said() { return Said; }

  /// Takes over the module of which the stages are made, and makes its target machine. Errors:
  /// Parsed's and createTargetMachine's.
  llvm::Error adopt(llvm::Expected<std::unique_ptr<llvm::Module>> Parsed);
  /// Both are there once a module was adopted.
  llvm::Module &module() { return *M; }
  llvm::TargetMachine &targetMachine() { return *TM; }

  /// Whether a stage is to be made: none after the last that is to be saved is. Where none is to be
  /// saved, all are made.
  bool makes(LtoStage Stage) const;

  /// Errors: Cancelled, when the run is.
  llvm::Error checkCancelled(llvm::StringRef Stage = {}) const;

  /// Takes the step that leads to a stage, and saves the stage where that is asked for. Errors: the
  /// step's own, EngineFailed for errors that LLVM reported, DiskFull, Cancelled.
  llvm::Error makeStage(LtoStage Stage, llvm::function_ref<llvm::Error()> Step);

  /// The stages that were saved, and what LLVM said besides errors. Ends the recorder's use.
  OptimizedModule takeResult();

private:
  std::optional<GlobalState> stateBefore(LtoStage Stage) const;
  llvm::Error save(LtoStage Stage, double Millis, bool Unchanged);

  const RecordedModule Of;
  const RecordOptions &Options;
  const std::atomic<bool> &Cancelled;
  support::Diagnostics Said;
  std::unique_ptr<llvm::LLVMContext> Context;
  std::unique_ptr<llvm::Module> M;
  std::unique_ptr<llvm::TargetMachine> TM;
  OptimizedModule Result;
};

} // namespace lto_inspector::pipeline
