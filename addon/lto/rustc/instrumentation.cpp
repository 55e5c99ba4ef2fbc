#include "lto/rustc/instrumentation.h"

#include "llvm/Transforms/Instrumentation/AddressSanitizer.h"
#include "llvm/Transforms/Instrumentation/InstrProfiling.h"
#include "llvm/Transforms/Instrumentation/MemorySanitizer.h"
#include "llvm/Transforms/Instrumentation/ThreadSanitizer.h"

using namespace llvm;

namespace lto_inspector {

std::optional<PGOOptions> profileOptions(const Instrumentation &Wanted) {
  if (Wanted.ProfileGenerate)
    return PGOOptions(*Wanted.ProfileGenerate, "", "", "", PGOOptions::IRInstr);
  if (Wanted.ProfileUse)
    return PGOOptions(*Wanted.ProfileUse, "", "", "", PGOOptions::IRUse);
  return std::nullopt;
}

static void addCoverage(ModulePassManager &Passes) {
  InstrProfOptions Options;
  Options.InstrProfileOutput = "default_%m_%p.profraw";
  // Tests run on several threads.
  Options.Atomic = true;
  Passes.addPass(InstrProfilingLoweringPass(Options, /*IsCS=*/false));
}

static void addSanitizers(ModulePassManager &Passes, const Instrumentation &Wanted,
                          bool OnWindows) {
  if (Wanted.Memory)
    Passes.addPass(MemorySanitizerPass(MemorySanitizerOptions(
        /*TrackOrigins=*/0, /*Recover=*/false, /*Kernel=*/false, /*EagerChecks=*/true)));
  if (Wanted.Thread) {
    Passes.addPass(ModuleThreadSanitizerPass());
    Passes.addPass(createModuleToFunctionPassAdaptor(ThreadSanitizerPass()));
  }
  if (Wanted.Address)
    Passes.addPass(
        AddressSanitizerPass({/*CompileKernel=*/false, /*Recover=*/false,
                              /*UseAfterScope=*/true, AsanDetectStackUseAfterReturnMode::Runtime},
                             /*UseGlobalGC=*/true, /*UseOdrIndicator=*/!OnWindows));
}

void addInstrumentation(PassBuilder &Builder, const Instrumentation &Wanted, bool BeforeLink,
                        bool OnWindows) {
  if (Wanted.Coverage)
    Builder.registerPipelineStartEPCallback(
        [](ModulePassManager &Passes, OptimizationLevel) { addCoverage(Passes); });
  if (BeforeLink)
    Builder.registerOptimizerLastEPCallback(
        [=](ModulePassManager &Passes, OptimizationLevel, ThinOrFullLTOPhase) {
          addSanitizers(Passes, Wanted, OnWindows);
        });
}

void addInstrumentation(ModulePassManager &Alone, const Instrumentation &Wanted, bool BeforeLink,
                        bool OnWindows) {
  if (Wanted.Coverage)
    addCoverage(Alone);
  if (BeforeLink)
    addSanitizers(Alone, Wanted, OnWindows);
}

} // namespace lto_inspector
