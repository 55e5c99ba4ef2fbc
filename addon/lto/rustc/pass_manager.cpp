#include "lto/rustc/pass_manager.h"

#include "lto/compat/guids.h"
#include "lto/compat/pass_pipelines.h"
#include "lto/compat/triples.h"
#include "lto/llvm/error.h"
#include "llvm/Analysis/AliasAnalysis.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/AutoUpgrade.h"
#include "llvm/IR/PassInstrumentation.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Passes/StandardInstrumentations.h"
#include "llvm/Transforms/Instrumentation/SanitizerCoverage.h"
#include "llvm/Transforms/Utils/CanonicalizeAliases.h"
#include "llvm/Transforms/Utils/InstructionNamer.h"
#include "llvm/Transforms/Utils/NameAnonGlobals.h"

using namespace llvm;

namespace lto_inspector::rustc {

using namespace support;
using namespace pipeline;

static OptimizationLevel optimizationLevel(OptLevel Level) {
  switch (Level) {
  case OptLevel::O0:
    return OptimizationLevel::O0;
  case OptLevel::O1:
    return OptimizationLevel::O1;
  case OptLevel::O2:
    return OptimizationLevel::O2;
  case OptLevel::O3:
    return OptimizationLevel::O3;
  case OptLevel::Os:
    return compat::levelForSize(/*Least=*/false);
  case OptLevel::Oz:
    return compat::levelForSize(/*Least=*/true);
  }
  llvm_unreachable("all levels are listed");
}

static PipelineTuningOptions tuningOptions(const ModuleConfig &Config) {
  bool ForSize = Config.Level == OptLevel::Os || Config.Level == OptLevel::Oz;
  PipelineTuningOptions Options;
  Options.LoopUnrolling = !ForSize;
  Options.LoopInterleaving = !ForSize;
  Options.LoopVectorization = Config.VectorizeLoops;
  Options.SLPVectorization = Config.VectorizeSlp;
  Options.MergeFunctions = Config.MergeFunctions;
  return Options;
}

static ModulePassManager defaultPipeline(PassBuilder &Builder, OptimizationLevel Level,
                                         OptStage Stage) {
  // Without optimisation there is no pre-link pipeline; those of LTO itself support level 0.
  bool Plain = Level == OptimizationLevel::O0;
  switch (Stage) {
  case OptStage::PreLinkThinLto:
    return Plain ? compat::unoptimizedPreLink(Builder, ThinOrFullLTOPhase::ThinLTOPreLink)
                 : Builder.buildThinLTOPreLinkDefaultPipeline(Level);
  case OptStage::PreLinkFatLto:
    return Plain ? compat::unoptimizedPreLink(Builder, ThinOrFullLTOPhase::FullLTOPreLink)
                 : Builder.buildLTOPreLinkDefaultPipeline(Level);
  case OptStage::ThinLto:
    return Builder.buildThinLTODefaultPipeline(Level, /*ImportSummary=*/nullptr);
  case OptStage::FatLto:
    return Builder.buildLTODefaultPipeline(Level, /*ExportSummary=*/nullptr);
  }
  llvm_unreachable("all stages are listed");
}

void upgradeIntrinsics(Module &M) {
  for (Function &F : make_early_inc_range(M))
    UpgradeCallsToIntrinsic(&F);
}

/// Adds passes without which no thin buffer can be written: aliases of aliases are gone, and every
/// global has a name and a GUID. rustc runs them after LTO's own passes too, from which a buffer
/// may be written; after those of fat LTO as long as it wrote that module like one.
///
/// Mirrors `NeedThinLTOBufferPasses` in `LLVMRustOptimize` (PassWrapper.cpp, 1.8x and 1.9x) where
/// temporaries are saved; that GUIDs are assigned there is rust-lang/rust#157055.
static void addThinBufferPasses(ModulePassManager &Passes, const ModuleConfig &Config,
                                OptStage Stage) {
  bool ThinBuffer =
      Stage == OptStage::ThinLto || (Stage == OptStage::FatLto && Config.SummaryAfterFatLto);
  if (!ThinBuffer)
    return;
  Passes.addPass(CanonicalizeAliasesPass());
  Passes.addPass(NameAnonGlobalPass());
  compat::addGuidAssignment(Passes);
}

/// @param Last adds passes after all others
/// @param Options whose callbacks hear of passes; null: none do
static Error llvmOptimize(Module &M, TargetMachine &TM, const ModuleConfig &Config, OptStage Stage,
                          const std::atomic<bool> &Cancelled,
                          function_ref<void(ModulePassManager &)> Last = {},
                          const RecordOptions *Options = nullptr) {
  PassInstrumentationCallbacks Callbacks;
  Callbacks.registerShouldRunOptionalPassCallback(
      [&](StringRef, Any) { return !Cancelled.load(std::memory_order_relaxed); });
  PassBuilder Builder(&TM, tuningOptions(Config), profileOptions(Config.Inserted), &Callbacks);
  LoopAnalysisManager LAM;
  FunctionAnalysisManager FAM;
  CGSCCAnalysisManager CGAM;
  ModuleAnalysisManager MAM;
  StandardInstrumentations Instrumentations(M.getContext(), /*DebugLogging=*/false);
  Instrumentations.registerCallbacks(Callbacks, &MAM);
  if (Options)
    Options->instrument(Callbacks);

  FAM.registerPass([&] { return Builder.buildDefaultAAPipeline(); });
  TargetLibraryInfoImpl Libraries(compat::tripleOf(M));
  if (Config.NoBuiltins)
    Libraries.disableAllFunctions();
  FAM.registerPass([&] { return TargetLibraryAnalysis(Libraries); });
  Builder.registerModuleAnalyses(MAM);
  Builder.registerCGSCCAnalyses(CGAM);
  Builder.registerFunctionAnalyses(FAM);
  Builder.registerLoopAnalyses(LAM);
  Builder.crossRegisterProxies(LAM, FAM, CGAM, MAM);

  ModulePassManager Passes;
  bool BeforeLink = Stage == OptStage::PreLinkThinLto || Stage == OptStage::PreLinkFatLto;
  bool OnWindows = TM.getTargetTriple().isOSWindows();
  if (Config.NoPrepopulatePasses) {
    addInstrumentation(Passes, Config.Inserted, BeforeLink, OnWindows);
  } else {
    addInstrumentation(Builder, Config.Inserted, BeforeLink, OnWindows);
    Passes = defaultPipeline(Builder, optimizationLevel(Config.Level), Stage);
  }
  if (!Config.ExtraPasses.empty())
    if (Error E = Builder.parsePassPipeline(Passes, Config.ExtraPasses))
      return wrapError(std::move(E), "EngineFailed",
                       "LLVM does not know the passes of -C passes=" + Config.ExtraPasses, {},
                       M.getModuleIdentifier());
  addThinBufferPasses(Passes, Config, Stage);
  if (Last)
    Last(Passes);

  upgradeIntrinsics(M);
  Passes.run(M, MAM);
  return Error::success();
}

Error runPassManager(Module &M, TargetMachine &TM, const ModuleConfig &Config, OptStage Stage,
                     const std::atomic<bool> &Cancelled, const RecordOptions *Options) {
  if (Config.AddLtoPostLink && !M.getModuleFlag("LTOPostLink"))
    M.addModuleFlag(Module::Error, "LTOPostLink", 1);
  return llvmOptimize(M, TM, Config, Stage, Cancelled, /*Last=*/{}, Options);
}

Error optimizeBeforeFatLto(Module &M, TargetMachine &TM, const ModuleConfig &Config,
                           const std::atomic<bool> &Cancelled) {
  OptStage Stage = Config.ThinPreLink ? OptStage::PreLinkThinLto : OptStage::PreLinkFatLto;
  ModuleConfig Used = Config;
  Used.Inserted.ProfileUse = Config.Profile;
  return llvmOptimize(M, TM, Used, Stage, Cancelled);
}

Error nameValues(Module &M, TargetMachine &TM, const ModuleConfig &Config,
                 const std::atomic<bool> &Cancelled) {
  ModuleConfig Used = Config;
  Used.NoPrepopulatePasses = true;
  Used.ExtraPasses.clear();
  SanitizerCoverageOptions Counters;
  Counters.CoverageType = SanitizerCoverageOptions::SCK_Function;
  Counters.Inline8bitCounters = true;
  return llvmOptimize(M, TM, Used, OptStage::PreLinkFatLto, Cancelled,
                      [&](ModulePassManager &Passes) {
                        Passes.addPass(SanitizerCoveragePass(Counters));
                        Passes.addPass(createModuleToFunctionPassAdaptor(InstructionNamerPass()));
                      });
}

} // namespace lto_inspector::rustc
