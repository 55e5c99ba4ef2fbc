//===- asm_symbols.h - Symbols of module-level assembly -------------------===//
#pragma once

#include "lto/llvm/context.h"
#include "llvm/IR/Module.h"
#include <string>
#include <vector>

namespace lto_inspector::ir {

/// A symbol that module-level assembly (`module asm`, rust's `global_asm!`) defines or refers to,
/// as the object file spells it.
struct AsmSymbol {
  std::string Name;
  bool Defined = false;
  bool Global = false;
  bool Weak = false;
};

struct AsmSymbols {
  std::vector<AsmSymbol> Symbols;
  /// Why the assembly could not be read; empty: it was, or there is none.
  std::string NotRead;
};

/// Parses the module's assembly with its target's parser, as LLVM does for symbol tables
/// (`ModuleSymbolTable::CollectAsmSymbols`, 22): aliases by `.set` and `.symver` are symbols too.
/// Said receives the diagnostics of the module's context.
AsmSymbols readAsmSymbols(const llvm::Module &M, support::Diagnostics &Said);

} // namespace lto_inspector::ir
