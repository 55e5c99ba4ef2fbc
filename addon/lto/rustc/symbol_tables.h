//===- symbol_tables.h - The order of names in functions' symbol tables ---===//
//
// Bitcode lists the names of a function's values in the order of the buckets of LLVM's hash table.
// Where names collide the order follows from the order in which they came; it is rustc's in a file
// of rustc's, and another once the file was read. What is written in the end shows it.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <string>
#include <vector>

namespace lto_inspector::rustc {

/// The names of values of each function that has a body, in the order of the file.
/// Errors: LLVM's own.
llvm::Expected<std::vector<std::vector<std::string>>> namesInFile(llvm::MemoryBufferRef Bitcode);

/// Brings the symbol tables of all functions into the order that they have in the file that the
/// module was read from; how many could not be.
/// Errors: LLVM's own.
llvm::Expected<size_t> restoreSymbolTables(llvm::Module &M, llvm::MemoryBufferRef Bitcode);

} // namespace lto_inspector::rustc
