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
#include "llvm/IR/PassInstrumentation.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lto_inspector::pipeline {

/// Sees a module before and after the steps that lead to its stages, and may listen to LLVM
/// meanwhile.
class StageObserver {
public:
  virtual ~StageObserver() = default;
  /// Not called for a step that reads the module. A module that this changes must not be saved.
  virtual void before(LtoStage Stage, llvm::Module &M) = 0;
  /// Adds callbacks to the passes that are about to run.
  virtual void instrument(llvm::PassInstrumentationCallbacks &Callbacks) = 0;
  /// Not called if the step failed.
  virtual void after(LtoStage Stage, llvm::Module &M) = 0;
};

/// What to record of a module.
struct RecordOptions {
  TargetSettings Target;
  /// Value names are discarded, as in rustc where `fewer_names` holds.
  bool FewerNames = true;
  /// The stages to save; steps after the last of them do not run. Empty: all steps run, and nothing
  /// is saved.
  llvm::ArrayRef<LtoStage> Stages;
  /// Receives the stages; null: they are measured and dropped.
  StageSink *Sink = nullptr;
  /// Called before each stage, on the worker thread; may be empty.
  llvm::function_ref<void(LtoStage)> OnStage;
  /// Called before each pass that does something itself, on the worker thread, with LLVM's names of
  /// the pass and of the function (empty: the module; the first of several); may be empty.
  llvm::function_ref<void(llvm::StringRef Pass, llvm::StringRef Function)> OnPass;
  /// May be null.
  StageObserver *Observer = nullptr;
  /// Takes over the module after its last stage was made and saved; may be empty. If not, all steps
  /// run.
  llvm::function_ref<llvm::Error(llvm::Module &)> AtEnd;

  /// Adds the callbacks of OnPass and of the observer to passes that are about to run.
  void instrument(llvm::PassInstrumentationCallbacks &Callbacks) const;
};

/// The recorded module: its names in errors, and the size of its bitcode.
struct RecordedModule {
  llvm::StringRef Name;
  llvm::StringRef File;
  size_t Bytes = 0;
};

struct OptimizedModule {
  /// The requested stages, in order.
  std::vector<SavedStage> Stages;
  /// LLVM's warnings and remarks.
  std::vector<std::string> Diagnostics;
};

/// A module in its own context, the steps that it goes through, and the stages that are saved on
/// the way: what thin and fat LTO share. The callers define the steps.
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

  /// Takes over the module whose stages are made, and makes its target machine. Errors: Parsed's
  /// and createTargetMachine's.
  llvm::Error adopt(llvm::Expected<std::unique_ptr<llvm::Module>> Parsed);
  /// Both exist once a module was adopted.
  llvm::Module &module() { return *M; }
  llvm::TargetMachine &targetMachine() { return *TM; }

  /// Whether a stage has to be made: none after the last one to save. If none is to be saved, all
  /// are made.
  bool makes(LtoStage Stage) const;

  /// Errors: Cancelled, if the run is.
  llvm::Error checkCancelled(llvm::StringRef Stage = {}) const;

  /// Runs the step that leads to a stage, and saves the stage with Write if requested. Errors: the
  /// step's own, EngineFailed for errors that LLVM reported, DiskFull, Cancelled.
  llvm::Error makeStage(LtoStage Stage, llvm::function_ref<llvm::Error()> Step,
                        StageWriter Write = {});

  /// The saved stages, and LLVM's diagnostics besides errors. The recorder cannot be used
  /// afterwards. Errors: those of RecordOptions::AtEnd, EngineFailed for errors that LLVM reported
  /// in it, Cancelled.
  llvm::Expected<OptimizedModule> finish();

private:
  std::optional<GlobalState> stateBefore(LtoStage Stage) const;
  llvm::Error save(LtoStage Stage, double Millis, bool Unchanged, StageWriter Write);

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
