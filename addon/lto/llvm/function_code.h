//===- function_code.h - The machine code of an object's functions --------===//
#pragma once

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <cstdint>
#include <string>

namespace lto_inspector::support {

struct FunctionCode {
  uint64_t Bytes = 0;
  /// BLAKE3-256 of the function's bytes and relocations, in hex. A relocation counts by its place
  /// in the function, its type, the name of its symbol or, if it is of a section, of the section,
  /// and its addend.
  std::string Digest;
};

/// The code of all functions that an ELF object defines, by symbol. Errors: UnreadableFile.
llvm::Expected<llvm::StringMap<FunctionCode>> functionCode(llvm::MemoryBufferRef Object);

} // namespace lto_inspector::support
