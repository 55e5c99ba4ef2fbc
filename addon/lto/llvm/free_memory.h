//===- free_memory.h - Handing free memory back to the system -------------===//
#pragma once

namespace lto_inspector::support {

/// Hands pages that the allocator holds free back to the system. Without this each of the process's
/// threads keeps what its largest module needed, until the end. Costs a walk through the heap: for
/// after large modules only. Does nothing where the C library has no such function.
void returnFreeMemory();

/// From now on blocks of 128 KiB and more go back to the system as soon as they are freed. glibc
/// otherwise takes the first one freed as a sign that more such blocks come, and from then on keeps
/// blocks up to 32 MiB in its heaps, where small ones that live longer pin their pages. Does
/// nothing with other C libraries.
void returnLargeBlocksWhenFreed();

} // namespace lto_inspector::support
