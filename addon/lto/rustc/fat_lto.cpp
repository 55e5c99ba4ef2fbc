#include "lto/rustc/fat_lto.h"

#include "lto/llvm/error.h"
#include "lto/rustc/in_memory_module.h"
#include "lto/rustc/linker.h"
#include "lto/rustc/parse_module.h"
#include "lto/rustc/restriction.h"
#include "lto/rustc/stages.h"
#include "lto/rustc/thin_buffer.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace lto_inspector::rustc {

using namespace support;
using namespace pipeline;

namespace {

/// Takes the base module through the stages.
class FatModuleJob {
public:
  FatModuleJob(const FatShared &Shared, const OptimizeOptions &Options,
               const std::atomic<bool> &Cancelled, SelfProfiler &Profiler,
               std::vector<Timing> &Timings)
      : Shared(Shared), Options(Options), Cancelled(Cancelled), Profiler(Profiler),
        Timings(Timings), Recorder(Shared.base().recorded(), Options, Cancelled) {}

  Expected<OptimizedModule> run();

private:
  Error buildMonolithicModule();
  Error parseBase();
  Error link();
  Error optimize();

  const FatShared &Shared;
  const OptimizeOptions &Options;
  const std::atomic<bool> &Cancelled;
  SelfProfiler &Profiler;
  std::vector<Timing> &Timings;
  StageRecorder Recorder;
};

} // namespace

Error FatModuleJob::parseBase() {
  const LtoModule &Base = Shared.base();
  LLVMContext &Context = Recorder.context();
  return Recorder.adopt(
      Base.InMemory ? parseInMemoryModule(Context, Base, Options.Target, Options.Config, Cancelled)
                    : parseModule(Context, Base.buffer()));
}

Error FatModuleJob::link() {
  if (Error E = parseBase())
    return E;
  FatLinker Linker(Recorder.module(), Shared.base(), Recorder.said());
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
  ActivityTimer Timer(Profiler, Timings, FatAfterPm.activity(), StringRef(Shared.base().Name));
  return runPassManager(Recorder.module(), Recorder.targetMachine(), Options.Config,
                        OptStage::FatLto, Cancelled, &Options);
}

/// rustc's activity covers both stages and saving them. The steps that lead to only one of them
/// have no name in rustc, and are named after their stages.
Error FatModuleJob::buildMonolithicModule() {
  ActivityTimer Timer(Profiler, Timings, "LLVM_fat_lto_build_monolithic_module");
  StringRef Base = Shared.base().Name;
  auto Link = [&] {
    ActivityTimer Linking(Profiler, Timings, FatInput.activity(), Base);
    return link();
  };
  if (Error E = Recorder.makeStage(FatInput, Link))
    return E;
  if (!Recorder.makes(FatAfterRestriction))
    return Error::success();
  return Recorder.makeStage(FatAfterRestriction, [&] {
    ActivityTimer Restricting(Profiler, Timings, FatAfterRestriction.activity(), Base);
    runRestrictionPass(Recorder.module(), Shared.SymbolsBelowThreshold);
    return Error::success();
  });
}

Expected<OptimizedModule> FatModuleJob::run() {
  if (Error E = Recorder.checkCancelled())
    return E;
  if (Error E = buildMonolithicModule())
    return E;
  if (Recorder.makes(FatAfterPm)) {
    StageWriter Write;
    if (Options.Config.SummaryAfterFatLto)
      Write = writeWithSummary;
    if (Error E = Recorder.makeStage(FatAfterPm, [&] { return optimize(); }, Write))
      return E;
  }
  return Recorder.finish();
}

Expected<OptimizedModule> fatLto(const FatShared &Shared, const OptimizeOptions &Options,
                                 const std::atomic<bool> &Cancelled, SelfProfiler &Profiler,
                                 std::vector<Timing> &Timings) {
  return FatModuleJob(Shared, Options, Cancelled, Profiler, Timings).run();
}

} // namespace lto_inspector::rustc
