//===- find.h - Where a symbol is defined, imported and used --------------===//
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace lto_inspector::ir {

/// FindHit of src/protocol/engine.
struct FindHit {
  std::string Module;
  std::string Symbol;
  std::string Demangled;
  /// "defined", "imported" (available_externally) or "referenced" (declared and used).
  std::string Role;
  /// "function", "variable", "alias", "ifunc", or "assembly": a symbol of module-level assembly.
  std::string Kind;
  std::string Linkage;
  uint64_t Instructions = 0;
  /// Functions (and globals, by their initialisers) that use it, at most MostUsers, and their
  /// readable names in the same order. Module-level assembly comes first, as "module asm".
  std::vector<std::string> UsedBy;
  std::vector<std::string> UsedByDemangled;
};
inline constexpr size_t MostUsers = 20;

/// FindResult of src/protocol/engine, of one module.
struct FindResult {
  std::vector<FindHit> Hits;
  /// There are more than Limit.
  bool Truncated = false;
  /// Why the module-level assembly could not be searched; empty: it was, or there is none.
  std::string AssemblyNotRead;
};

/// Finds the symbols of a module whose mangled or readable name contains Query. Whole names come
/// first, then definitions, then imported symbols, then declarations that are used. Reads bodies
/// only if a name matches. Also finds symbols of module-level assembly. Error: ParseBitcode.
llvm::Expected<FindResult> findSymbols(llvm::StringRef ModuleName, llvm::MemoryBufferRef Bitcode,
                                       llvm::StringRef Query, size_t Limit);

} // namespace lto_inspector::ir
