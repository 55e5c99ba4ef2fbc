#include "lto/llvm/free_memory.h"

#include <cstdlib>
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace lto_inspector {

void returnFreeMemory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

} // namespace lto_inspector
