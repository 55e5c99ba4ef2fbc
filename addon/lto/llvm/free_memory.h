//===- free_memory.h - Returning free memory to the system ----------------===//
#pragma once

namespace lto_inspector::support {

/// Returns the allocator's free pages to the system. Otherwise each of the process's threads keeps
/// what its largest module needed until the end. Walks the heap, so call it only after large
/// modules. Does nothing if the C library has no such function.
void returnFreeMemory();

/// Makes blocks of 128 KiB and more go back to the system as soon as they are freed. Otherwise
/// glibc takes the first one freed as a sign that more such blocks will come, and from then on
/// keeps blocks up to 32 MiB in its heaps, where small long-lived blocks pin their pages. Does
/// nothing with other C libraries.
void returnLargeBlocksWhenFreed();

} // namespace lto_inspector::support
