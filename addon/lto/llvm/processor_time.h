//===- processor_time.h - Time of a thread on the processor ---------------===//
#pragma once

#include <cstdint>
#include <ctime>

namespace lto_inspector::support {

/// Time that this thread has spent on the processor, in nanoseconds. Other programs do not count,
/// however busy the machine is.
inline uint64_t threadNanos() {
  timespec Now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &Now);
  return static_cast<uint64_t>(Now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(Now.tv_nsec);
}

} // namespace lto_inspector::support
