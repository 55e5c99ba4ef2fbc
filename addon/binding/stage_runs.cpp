#include "binding/stage_runs.h"

#include "lto/llvm/free_memory.h"
#include "lto/rustc/stages.h"
#include "llvm/Support/FormatVariadic.h"
#include <sys/resource.h>

using namespace llvm;

namespace lto_inspector::binding {

using namespace support;
using namespace pipeline;
using namespace rustc;

OptimizeOptions optionsOf(const Unit &U) {
  OptimizeOptions Options;
  Options.Target = U.Settings.Target;
  Options.Config = U.Settings.Config;
  Options.FewerNames = U.Settings.FewerNames;
  return Options;
}

uint64_t peakMemoryBytes() {
  struct rusage Usage;
  if (getrusage(RUSAGE_SELF, &Usage) != 0)
    return 0;
  return static_cast<uint64_t>(Usage.ru_maxrss) * 1024;
}

void reportProgress(const Request &Current, StringRef Unit, StringRef Module, LtoStage Stage) {
  json::Value Progress =
      json::Object{{"unit", jsonText(Unit)}, {"module", jsonText(Module)}, {"stage", Stage.tag()}};
  Current.OnProgress(formatv("{0}", Progress).str());
}

/// Modules with more bitcode than this leave enough free memory behind to return it: LLVM's data
/// takes about ten times as much. A program has few such modules, and walking the heap after each
/// of the others would cost more than it gains.
static constexpr size_t LargeModuleBytes = 128 * 1024;

/// In fat LTO, all modules have become one.
static size_t bitcodeBytes(const ThinShared *Thin, StringRef Module) {
  std::optional<size_t> Index = Thin ? Thin->find(Module) : std::nullopt;
  return Index ? Thin->Modules[*Index].Bitcode->getBufferSize() : SIZE_MAX;
}

static Expected<OptimizedModule> run(const Unit &U, StringRef Module,
                                     const OptimizeOptions &Options, const Request &Current,
                                     std::vector<Timing> &Timings) {
  for (LtoStage Stage : Options.Stages)
    if (&Stage.pipeline() != (U.Fat ? &RustcFat : &RustcThin))
      return makeError("Internal", "the unit's LTO has no stage " + Stage.tag(), {}, Module);
  if (U.Fat) {
    // All other modules have become part of the base module.
    if (U.Fat->base().Name == Module)
      return fatLto(*U.Fat, Options, Current.Cancelled, Current.State.Profiler, Timings);
  } else if (std::optional<size_t> Index = U.Shared->find(Module)) {
    return optimizeThinModule(*U.Shared, *Index, Options, Current.Cancelled, Current.State.Profiler,
                              Timings);
  }
  return makeError("UnknownModule", "the unit has no module " + Module, {}, Module);
}

Expected<OptimizedModule> runStages(const Unit &U, StringRef Module, OptimizeOptions Options,
                                    const Request &Current, std::vector<Timing> &Timings) {
  Options.OnPass = CrashJournal::enterPass;
  Expected<OptimizedModule> Optimized = run(U, Module, Options, Current, Timings);
  if (bitcodeBytes(U.Shared.get(), Module) >= LargeModuleBytes)
    returnFreeMemory();
  return Optimized;
}

} // namespace lto_inspector::binding
