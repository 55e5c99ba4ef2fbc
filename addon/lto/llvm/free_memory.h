//===- free_memory.h - Handing free memory back to the system -------------===//
#pragma once

namespace lto_inspector {

/// Hands pages that the allocator holds free back to the system. Without this each of the process's
/// threads keeps what its largest module needed, until the end. Costs a walk through the heap: for
/// after large modules only. Does nothing where the C library has no such function.
void returnFreeMemory();

} // namespace lto_inspector
