//===- parse_module.h - Parsing bitcode for LTO ---------------------------===//
#pragma once

#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <memory>

namespace lto_inspector::rustc {

/// Parses a whole module; its identifier is the buffer's.
///
/// Mirrors `parse_module` (rustc_codegen_llvm/src/back/lto.rs) and `LLVMRustParseBitcodeForLTO`
/// (PassWrapper.cpp), 1.9x. Errors: ParseBitcode.
llvm::Expected<std::unique_ptr<llvm::Module>> parseModule(llvm::LLVMContext &Context,
                                                          llvm::MemoryBufferRef Bitcode);

} // namespace lto_inspector::rustc
