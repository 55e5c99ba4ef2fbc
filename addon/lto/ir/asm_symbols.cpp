#include "lto/ir/asm_symbols.h"

#include "lto/compat/triples.h"
#include "llvm/Object/ModuleSymbolTable.h"

using namespace llvm;

namespace lto_inspector::ir {

using namespace support;

AsmSymbols readAsmSymbols(const Module &M, Diagnostics &Said) {
  AsmSymbols Found;
  if (M.getModuleInlineAsm().empty())
    return Found;
  std::string Why;
  const Target *T = compat::lookupTarget(compat::tripleOf(M), Why);
  // LLVM would skip the assembly silently.
  if (!T || !T->hasMCAsmParser()) {
    Found.NotRead = "its module-level assembly was not searched: this libLLVM has no assembly "
                    "parser for " +
                    compat::tripleOf(M).str();
    return Found;
  }
  using Flags = object::BasicSymbolRef;
  const size_t Before = Said.Errors.size();
  ModuleSymbolTable::CollectAsmSymbols(M, [&](StringRef Name, Flags::Flags Is) {
    Found.Symbols.push_back({Name.str(), !(Is & Flags::SF_Undefined), bool(Is & Flags::SF_Global),
                             bool(Is & Flags::SF_Weak)});
  });
  if (Said.Errors.size() > Before)
    Found.NotRead =
        "its module-level assembly was not searched: LLVM cannot parse it: " + Said.Errors[Before];
  return Found;
}

} // namespace lto_inspector::ir
