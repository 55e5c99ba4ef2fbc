#include "lto/pipeline/self_profile.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace lto_inspector::pipeline {

uint64_t SelfProfiler::nowMicros() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                               Start)
      .count();
}

unsigned SelfProfiler::threadNumber() {
  std::lock_guard<std::mutex> Lock(Mutex);
  auto Self = std::this_thread::get_id();
  auto Found = llvm::find(Threads, Self);
  unsigned Number = Found - Threads.begin();
  if (Found == Threads.end())
    Threads.push_back(Self);
  return Number;
}

ActivityTimer::ActivityTimer(SelfProfiler &Profiler, std::vector<Timing> &Timings,
                             StringRef Activity, std::optional<StringRef> Argument)
    : Profiler(Profiler), Timings(Timings) {
  Current.Activity = Activity.str();
  if (Argument)
    Current.Argument = Argument->str();
  Current.Thread = Profiler.threadNumber();
  Current.StartMicros = Profiler.nowMicros();
}

ActivityTimer::~ActivityTimer() {
  Current.DurationMicros = Profiler.nowMicros() - Current.StartMicros;
  Timings.push_back(std::move(Current));
}

} // namespace lto_inspector::pipeline
