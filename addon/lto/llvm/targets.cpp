#include "lto/llvm/targets.h"

#include "llvm/Config/llvm-config.h"

// The toolchain's libLLVM may lack a target that the distribution's has: weak references are null
// then.
#define LTO_INSPECTOR_DECLARE(Name, Part)                                                          \
  extern "C" __attribute__((weak)) void LLVMInitialize##Name##Part(void);
#define LLVM_TARGET(Name)                                                                          \
  LTO_INSPECTOR_DECLARE(Name, TargetInfo)                                                          \
  LTO_INSPECTOR_DECLARE(Name, Target)                                                              \
  LTO_INSPECTOR_DECLARE(Name, TargetMC)                                                            \
  LTO_INSPECTOR_DECLARE(Name, AsmParser)                                                           \
  LTO_INSPECTOR_DECLARE(Name, AsmPrinter)
#include "llvm/Config/Targets.def"

namespace lto_inspector::support {

void initializeTargets() {
#define LTO_INSPECTOR_CALL(Name, Part)                                                             \
  if (LLVMInitialize##Name##Part)                                                                  \
    LLVMInitialize##Name##Part();
#define LLVM_TARGET(Name)                                                                          \
  LTO_INSPECTOR_CALL(Name, TargetInfo)                                                             \
  LTO_INSPECTOR_CALL(Name, Target)                                                                 \
  LTO_INSPECTOR_CALL(Name, TargetMC)                                                               \
  LTO_INSPECTOR_CALL(Name, AsmParser)                                                              \
  LTO_INSPECTOR_CALL(Name, AsmPrinter)
#include "llvm/Config/Targets.def"
}

} // namespace lto_inspector::support
