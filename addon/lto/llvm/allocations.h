//===- allocations.h - What a thread allocates ----------------------------===//
//
// LLVM has no count of what a thread allocates, and the system only one for the whole process, in
// which several modules are worked on. So the addresses through which libLLVM and its C++ library
// call the allocator are replaced by those of functions that count and call it.
//
//===----------------------------------------------------------------------===//
#pragma once

#include <cstdint>

namespace lto_inspector::support {

/// Counts from the first call on, in all threads of this process.
///
/// @returns false: this system has another format of libraries, so nothing is counted
bool countAllocations();

/// Bytes that this thread has allocated minus those that it has freed, since counting began; each
/// block counts with what the allocator reserved for it.
struct ThreadAllocations {
  int64_t Bytes = 0;
  /// The most since it was last set.
  int64_t Peak = 0;
};

/// This thread's counts.
ThreadAllocations &threadAllocations();

} // namespace lto_inspector::support
