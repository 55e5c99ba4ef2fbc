#include "lto/llvm/free_memory.h"

#include <cstdlib>
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace lto_inspector::support {

void returnFreeMemory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

void returnLargeBlocksWhenFreed() {
#ifdef __GLIBC__
  // glibc's own initial threshold; setting it explicitly keeps it from growing.
  mallopt(M_MMAP_THRESHOLD, 128 * 1024);
#endif
}

} // namespace lto_inspector::support
