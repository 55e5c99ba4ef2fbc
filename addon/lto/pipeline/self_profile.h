//===- self_profile.h - rustc's profiling activities ----------------------===//
//
// The activities of rustc's self-profiler (`-Z self-profile`, `SelfProfilerRef` in
// rustc_data_structures/src/profiling.rs, 1.9x), under rustc's names and with rustc's arguments.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/StringRef.h"
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace lto_inspector::pipeline {

struct Timing {
  std::string Activity;
  /// The module, if the activity has one.
  std::optional<std::string> Argument;
  /// Threads are numbered in the order in which they first worked.
  unsigned Thread = 0;
  /// Since the profiler was made.
  uint64_t StartMicros = 0;
  uint64_t DurationMicros = 0;
};

/// Clock and thread numbers shared by all activities of an engine. Thread-safe.
class SelfProfiler {
public:
  uint64_t nowMicros() const;
  unsigned threadNumber();

private:
  std::chrono::steady_clock::time_point Start = std::chrono::steady_clock::now();
  std::mutex Mutex;
  std::vector<std::thread::id> Threads;
};

/// Measures from construction to destruction and appends to Timings.
class ActivityTimer {
public:
  ActivityTimer(SelfProfiler &Profiler, std::vector<Timing> &Timings, llvm::StringRef Activity,
                std::optional<llvm::StringRef> Argument = std::nullopt);
  ~ActivityTimer();
  ActivityTimer(const ActivityTimer &) = delete;
  ActivityTimer &operator=(const ActivityTimer &) = delete;

private:
  SelfProfiler &Profiler;
  std::vector<Timing> &Timings;
  Timing Current;
};

} // namespace lto_inspector::pipeline
