//===- thin_buffer.h - Serialising a module with its ThinLTO summary ------===//
#pragma once

#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>

namespace lto_inspector::rustc {

/// Writes a module with LLVM's ThinLTO bitcode writer, including summary, module hash and symbol
/// table.
std::unique_ptr<llvm::MemoryBuffer> writeWithSummary(llvm::Module &M);

/// The same for a module that rustc has in memory and never read.
///
/// Mirrors `prepare_thin` and `ThinBuffer::new` (rustc_codegen_llvm/src/back/lto.rs) and
/// `LLVMRustThinLTOBufferCreate` (PassWrapper.cpp), 1.9x.
std::unique_ptr<llvm::MemoryBuffer> prepareThin(llvm::Module &M);

/// The same for bitcode without a summary, as `-C save-temps` leaves it. Errors: ParseBitcode.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> prepareThin(llvm::MemoryBufferRef Bitcode);

} // namespace lto_inspector::rustc
