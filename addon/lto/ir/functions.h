//===- functions.h - The functions and globals of a module ----------------===//
#pragma once

#include "lto/llvm/run_control.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lto_inspector::ir {

/// SourceLine of src/protocol/engine.
struct SourceLine {
  std::string File;
  unsigned Line = 0;
};

/// FunctionInfo of src/protocol/engine.
struct FunctionInfo {
  std::string Name;
  std::string Demangled;
  std::string Linkage;
  bool Declaration = false;
  uint64_t Instructions = 0;
  std::string Hash;
  std::string HeaderHash;
  std::string TextHash;
  /// From debug info, if there is any.
  std::optional<SourceLine> Source;
};

/// GlobalInfo of src/protocol/engine.
struct GlobalInfo {
  std::string Name;
  std::string Demangled;
  /// "variable", "alias" or "ifunc".
  std::string Kind;
  std::string Linkage;
  bool Declaration = false;
  /// Of linkage, attributes and initial value, 32 hex digits; empty for a declaration.
  std::string Hash;
};

/// FunctionsResult of src/protocol/engine.
struct FunctionsResult {
  std::vector<FunctionInfo> Functions;
  std::vector<GlobalInfo> Globals;
};

/// Lists what a module defines and declares, in the module's order, with hashes for comparing
/// functions. Error: ParseBitcode.
llvm::Expected<FunctionsResult> listFunctions(llvm::MemoryBufferRef Bitcode,
                                              const support::RunControl &Control = {});

} // namespace lto_inspector::ir
