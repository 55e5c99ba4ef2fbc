#include "lto/rustc/fat_lto.h"

#include "lto/llvm/context.h"
#include "lto/llvm/error.h"
#include "lto/rustc/in_memory_module.h"
#include "lto/rustc/linker.h"
#include "lto/rustc/parse_module.h"
#include "lto/rustc/restriction.h"
#include "llvm/ADT/STLExtras.h"
#include <chrono>

using namespace llvm;

namespace lto_inspector {

namespace {

/// The base module on its way through the stages.
class FatModuleJob {
public:
  FatModuleJob(const FatShared &Shared, const OptimizeOptions &Options,
               const std::atomic<bool> &Cancelled, SelfProfiler &Profiler,
               std::vector<Timing> &Timings)
      : Shared(Shared), Options(Options), Cancelled(Cancelled), Profiler(Profiler),
        Timings(Timings), Context(makeContext(Said)) {
    Context->setDiscardValueNames(Options.FewerNames);
  }

  Expected<OptimizedModule> run();

private:
  Error buildMonolithicModule();
  Error makeStage(LtoStage Stage, function_ref<Error()> Perform);
  Error parseBase();
  Error link();
  Error optimize();
  Error save(LtoStage Stage, double Millis);
  bool wants(LtoStage Stage) const {
    return Options.Stages.empty() || Stage <= *max_element(Options.Stages);
  }

  const FatShared &Shared;
  const OptimizeOptions &Options;
  const std::atomic<bool> &Cancelled;
  SelfProfiler &Profiler;
  std::vector<Timing> &Timings;
  Diagnostics Said;
  std::unique_ptr<LLVMContext> Context;
  std::unique_ptr<Module> M;
  std::unique_ptr<TargetMachine> TM;
  OptimizedModule Result;
};

} // namespace

Error FatModuleJob::parseBase() {
  const LtoModule &Base = Shared.base();
  Expected<std::unique_ptr<Module>> Parsed =
      Base.InMemory ? parseInMemoryModule(*Context, Base, Options.Target, Options.Config, Cancelled)
                    : parseModule(*Context, Base.buffer());
  if (!Parsed)
    return Parsed.takeError();
  M = std::move(*Parsed);
  Expected<std::unique_ptr<TargetMachine>> Machine = createTargetMachine(Options.Target, *M);
  if (!Machine)
    return Machine.takeError();
  TM = std::move(*Machine);
  return Error::success();
}

Error FatModuleJob::link() {
  if (Error E = parseBase())
    return E;
  FatLinker Linker(*M, Said);
  for (const LtoModule &Module : drop_begin(Shared.Modules)) {
    if (Cancelled)
      return makeError("Cancelled", "cancelled", Module.File, Module.Name);
    ActivityTimer Timer(Profiler, Timings, "LLVM_fat_lto_link_module", StringRef(Module.Name));
    if (Error E = Linker.add(Module))
      return E;
  }
  return Error::success();
}

Error FatModuleJob::optimize() {
  ActivityTimer Timer(Profiler, Timings, "LLVM_lto_optimize", StringRef(Shared.base().Name));
  return runPassManager(*M, *TM, Options.Config, OptStage::FatLto, Cancelled);
}

Error FatModuleJob::save(LtoStage Stage, double Millis) {
  if (!is_contained(Options.Stages, Stage))
    return Error::success();
  Expected<SavedStage> Saved = saveTempBitcode(*M, Stage, Options.Sink);
  if (!Saved)
    return Saved.takeError();
  Saved->Millis = Millis;
  Saved->SameAsPrevious =
      !Result.Stages.empty() && Result.Stages.back().ContentHash == Saved->ContentHash;
  Result.Stages.push_back(std::move(*Saved));
  return Error::success();
}

Error FatModuleJob::makeStage(LtoStage Stage, function_ref<Error()> Perform) {
  const LtoModule &Base = Shared.base();
  if (Options.OnStage)
    Options.OnStage(Stage);
  auto Start = std::chrono::steady_clock::now();
  if (Error E = Perform())
    return wrapError(std::move(E), "EngineFailed", "LLVM failed", Base.File, Base.Name,
                     tagOf(Stage));
  if (!Said.Errors.empty())
    return makeError("EngineFailed", "LLVM reported an error: " + Said.Errors.front(), Base.File,
                     Base.Name, tagOf(Stage));
  std::chrono::duration<double, std::milli> Elapsed = std::chrono::steady_clock::now() - Start;
  if (Cancelled)
    return makeError("Cancelled", "cancelled", Base.File, Base.Name, tagOf(Stage));
  return save(Stage, Elapsed.count());
}

/// The activity covers the saving too, as rustc's does.
Error FatModuleJob::buildMonolithicModule() {
  ActivityTimer Timer(Profiler, Timings, "LLVM_fat_lto_build_monolithic_module");
  if (Error E = makeStage(LtoStage::FatInput, [&] { return link(); }))
    return E;
  if (!wants(LtoStage::FatAfterRestriction))
    return Error::success();
  return makeStage(LtoStage::FatAfterRestriction, [&] {
    runRestrictionPass(*M, Shared.SymbolsBelowThreshold);
    return Error::success();
  });
}

Expected<OptimizedModule> FatModuleJob::run() {
  if (Cancelled)
    return makeError("Cancelled", "cancelled", Shared.base().File, Shared.base().Name);
  if (Error E = buildMonolithicModule())
    return E;
  if (wants(LtoStage::FatAfterPm))
    if (Error E = makeStage(LtoStage::FatAfterPm, [&] { return optimize(); }))
      return E;
  Result.Diagnostics = std::move(Said.Others);
  return std::move(Result);
}

Expected<OptimizedModule> fatLto(const FatShared &Shared, const OptimizeOptions &Options,
                                 const std::atomic<bool> &Cancelled, SelfProfiler &Profiler,
                                 std::vector<Timing> &Timings) {
  return FatModuleJob(Shared, Options, Cancelled, Profiler, Timings).run();
}

} // namespace lto_inspector
