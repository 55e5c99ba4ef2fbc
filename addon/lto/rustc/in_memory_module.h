//===- in_memory_module.h - Codegen units that rustc never wrote ----------===//
//
// Without an incremental session, rustc passes its codegen units to fat LTO in memory. The disk
// only has their state before rustc's own passes (`no-opt.bc`, with -C save-temps).
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/rustc/lto_module.h"
#include "lto/rustc/pass_manager.h"

namespace lto_inspector::rustc {

/// Reads everything, but without the verifier at the end of parseBitcodeFile: rustc ran none, and
/// the verifier leaves a metadata kind (heapallocsite) in the context that all bitcode would then
/// name. Errors: LLVM's own.
llvm::Expected<std::unique_ptr<llvm::Module>> parseWithoutVerifying(llvm::LLVMContext &Context,
                                                                    llvm::MemoryBufferRef Bitcode);

/// Parses a codegen unit's state before its own passes, and runs these. Does not unique debug info
/// types over modules, like rustc's code generator.
///
/// Errors: ParseBitcode, those of createTargetMachine and optimizeBeforeFatLto, Cancelled.
llvm::Expected<std::unique_ptr<llvm::Module>>
parseInMemoryModule(llvm::LLVMContext &Context, const LtoModule &Input,
                    const pipeline::TargetSettings &Target, const ModuleConfig &Config,
                    const std::atomic<bool> &Cancelled);

} // namespace lto_inspector::rustc
