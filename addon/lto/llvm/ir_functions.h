//===- ir_functions.h - The functions and globals of a module -------------===//
#pragma once

#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <cstdint>
#include <string>
#include <vector>

namespace lto_inspector {

/// FunctionInfo of src/protocol/engine.ts.
struct FunctionInfo {
  std::string Name;
  std::string Demangled;
  std::string Linkage;
  bool Declaration = false;
  uint64_t Instructions = 0;
  std::string Hash;
  std::string HeaderHash;
  std::string TextHash;
};

/// GlobalInfo of src/protocol/engine.ts.
struct GlobalInfo {
  std::string Name;
  std::string Demangled;
  /// "variable", "alias" or "ifunc".
  std::string Kind;
  std::string Linkage;
  bool Declaration = false;
};

/// FunctionsResult of src/protocol/engine.ts.
struct FunctionsResult {
  std::vector<FunctionInfo> Functions;
  std::vector<GlobalInfo> Globals;
};

/// Lists what a module defines and declares, in the module's order, with the hashes that
/// comparisons by function need. Error: ParseBitcode.
llvm::Expected<FunctionsResult> listFunctions(llvm::MemoryBufferRef Bitcode);

} // namespace lto_inspector
