#include "lto/rustc/instrumentation.h"

#include "lto/compat/pass_pipelines.h"
#include "lto/llvm/error.h"
#include "lto/llvm/regular_file.h"
#include "llvm/ProfileData/InstrProfReader.h"
#include "llvm/Transforms/Instrumentation/AddressSanitizer.h"
#include "llvm/Transforms/Instrumentation/InstrProfiling.h"
#include "llvm/Transforms/Instrumentation/MemorySanitizer.h"
#include "llvm/Transforms/Instrumentation/ThreadSanitizer.h"

using namespace llvm;

namespace lto_inspector::rustc {

using namespace support;

std::optional<PGOOptions> profileOptions(const Instrumentation &Wanted) {
  if (Wanted.ProfileGenerate)
    return compat::profileOptions(*Wanted.ProfileGenerate, PGOOptions::IRInstr);
  if (Wanted.ProfileUse)
    return compat::profileOptions(*Wanted.ProfileUse, PGOOptions::IRUse);
  return std::nullopt;
}

Expected<std::unique_ptr<MemoryBuffer>> readProfile(StringRef Path) {
  Expected<std::unique_ptr<MemoryBuffer>> Profile = readWholeFile(Path);
  if (!Profile)
    return Profile;
  auto Copy = MemoryBuffer::getMemBuffer(**Profile, /*RequiresNullTerminator=*/false);
  auto Reader = IndexedInstrProfReader::create(std::move(Copy));
  if (!Reader)
    return wrapError(Reader.takeError(), "UnreadableFile", "cannot read the profile", Path.str());
  if (!(*Reader)->isIRLevelProfile())
    return makeError("UnreadableFile", "the profile is not one of -C profile-generate", Path.str());
  return Profile;
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
    compat::atOptimizerLast(
        Builder, [=](ModulePassManager &Passes) { addSanitizers(Passes, Wanted, OnWindows); });
}

void addInstrumentation(ModulePassManager &Alone, const Instrumentation &Wanted, bool BeforeLink,
                        bool OnWindows) {
  if (Wanted.Coverage)
    addCoverage(Alone);
  if (BeforeLink)
    addSanitizers(Alone, Wanted, OnWindows);
}

} // namespace lto_inspector::rustc
