//===- symbol_tables.h - The order of names in functions' symbol tables ---===//
//
// Bitcode lists the names of a function's values in the order of the buckets of LLVM's hash table.
// If names collide, their order depends on the order of insertion: in rustc's file it is rustc's
// order, and after reading the file it is another. The final bitcode shows it.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <string>
#include <vector>

namespace lto_inspector::rustc {

/// The names of the values of each function with a body, in the order of the file.
/// Errors: LLVM's own.
llvm::Expected<std::vector<std::vector<std::string>>> namesInFile(llvm::MemoryBufferRef Bitcode);

/// Restores the symbol tables of all functions to the order in the file from which the module was
/// read. Returns how many could not be restored. Errors: LLVM's own.
llvm::Expected<size_t> restoreSymbolTables(llvm::Module &M, llvm::MemoryBufferRef Bitcode);

} // namespace lto_inspector::rustc
