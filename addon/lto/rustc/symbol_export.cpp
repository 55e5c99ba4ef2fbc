#include "lto/rustc/symbol_export.h"

#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;

namespace lto_inspector {

SymbolExportLevel cratesExportThreshold(ArrayRef<CrateType> CrateTypes) {
  bool AnyRust = any_of(CrateTypes, [](CrateType Type) {
    return Type == CrateType::Rlib || Type == CrateType::Dylib || Type == CrateType::Sdylib;
  });
  return AnyRust ? SymbolExportLevel::Rust : SymbolExportLevel::C;
}

bool anyRustLibrary(ArrayRef<CrateType> CrateTypes) {
  return any_of(CrateTypes, [](CrateType Type) {
    return Type == CrateType::Rlib || Type == CrateType::Dylib || Type == CrateType::ProcMacro ||
           Type == CrateType::Sdylib;
  });
}

/// "17h" and sixteen lower-case hex digits and "E" end every legacy name.
static bool isLegacyRustName(StringRef Name) {
  if (!Name.consume_front("_ZN") || !Name.consume_back("E") || Name.size() < 19)
    return false;
  StringRef Hash = Name.take_back(19);
  return Hash.consume_front("17h") &&
         all_of(Hash, [](char C) { return (C >= '0' && C <= '9') || (C >= 'a' && C <= 'f'); });
}

bool isRustMangled(StringRef Name) {
  // Promoted and split symbols carry a suffix behind the mangled name.
  StringRef Base = Name.split(".llvm.").first;
  return Base.starts_with("_R") || isLegacyRustName(Base);
}

static bool isExternalDefinition(const GlobalValue &GV) {
  return !GV.isDeclaration() && !GV.hasLocalLinkage() && !GV.hasAvailableExternallyLinkage() &&
         !GV.getName().starts_with("llvm.");
}

/// Un-mangled symbols that code generation adds by itself: no item of the program stands behind
/// them, so rustc does not know them as exported.
///
/// Source: `get_or_insert_gdb_debug_scripts_section_global`
/// (rustc_codegen_llvm/src/debuginfo/gdb.rs), `generate_covfun_record`
/// (coverageinfo/mapgen/covfun.rs), 1.9x, and LLVM's InstrProfiling and AddressSanitizer passes.
static bool isMadeByCodegen(StringRef Name) {
  if (Name == "__rustc_debug_gdb_scripts_section__" || Name == "___asan_globals_registered")
    return true;
  return any_of(ArrayRef<StringRef>{"__covrec_", "__profc_", "__profd_", "__profn_", "__profvp_",
                                    "__llvm_profile_", "__llvm_coverage_", "__odr_asan_gen_"},
                [&](StringRef Prefix) { return Name.starts_with(Prefix); });
}

/// Symbols that crates and std mean each other by (`rustc_std_internal_symbol`: a global
/// allocator's methods, a panic handler): mangled as items of a crate `__rustc`, hidden, and
/// exported at the Rust level.
///
/// Source: `mangle_internal_symbol` (rustc_symbol_mangling/src/v0.rs) and `symbol_export_level`
/// (rustc_codegen_ssa/src/back/symbol_export.rs), 1.9x.
static bool isStdInternal(StringRef Name) {
  return Name.starts_with("_RNvC") && Name.contains("_7___rustc");
}

static bool isBelowThreshold(const GlobalValue &GV, const SymbolExportRules &Rules) {
  if (!isExternalDefinition(GV))
    return false;
  if (Rules.AllExternals)
    return true;
  if (isMadeByCodegen(GV.getName()))
    return false;
  if (!isRustMangled(GV.getName()))
    return true;
  if (Rules.Threshold == SymbolExportLevel::C)
    return false;
  return Rules.AllocatorModule || isStdInternal(GV.getName()) || GV.hasDefaultVisibility();
}

std::vector<std::string> exportedSymbols(const Module &M, const SymbolExportRules &Rules) {
  SmallVector<GlobalValue *, 8> Used;
  collectUsedGlobalVariables(M, Used, /*CompilerUsed=*/false);
  collectUsedGlobalVariables(M, Used, /*CompilerUsed=*/true);
  SmallPtrSet<const GlobalValue *, 8> UsedSet;
  if (Rules.UsedSymbols)
    UsedSet.insert_range(Used);

  std::vector<std::string> Symbols;
  for (const GlobalValue &GV : M.global_values())
    if ((UsedSet.contains(&GV) && isExternalDefinition(GV)) || isBelowThreshold(GV, Rules))
      Symbols.push_back(GV.getName().str());
  return Symbols;
}

bool definesAllocatorShim(const Module &M) {
  // Un-mangled up to rustc 1.87, `_RNv…___rustc12___rust_alloc` since.
  return any_of(M.functions(), [](const Function &F) {
    StringRef Name = F.getName();
    return !F.isDeclaration() && (Name == "__rust_alloc" || Name.ends_with("12___rust_alloc"));
  });
}

} // namespace lto_inspector
