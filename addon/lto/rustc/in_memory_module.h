//===- in_memory_module.h - Codegen units that rustc never wrote ----------===//
//
// Without an incremental session rustc hands its codegen units to fat LTO as they are in memory. On
// disk there is only what they were before their own passes (`no-opt.bc`, with -C save-temps).
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/rustc/lto_module.h"
#include "lto/rustc/pass_manager.h"

namespace lto_inspector::rustc {

/// Reads everything, but without the verifier that parseBitcodeFile ends with: rustc ran none, and
/// it leaves a metadata kind behind in the context (heapallocsite) that all bitcode would then
/// name. Errors: LLVM's own.
llvm::Expected<std::unique_ptr<llvm::Module>> parseWithoutVerifying(llvm::LLVMContext &Context,
                                                                    llvm::MemoryBufferRef Bitcode);

/// Parses what a codegen unit was before its own passes, and runs these. Debug info types are not
/// uniqued over modules, as rustc's code generator does not have them uniqued either.
///
/// Errors: ParseBitcode, those of createTargetMachine and optimizeBeforeFatLto, Cancelled.
llvm::Expected<std::unique_ptr<llvm::Module>>
parseInMemoryModule(llvm::LLVMContext &Context, const LtoModule &Input,
                    const pipeline::TargetSettings &Target, const ModuleConfig &Config,
                    const std::atomic<bool> &Cancelled);

} // namespace lto_inspector::rustc
