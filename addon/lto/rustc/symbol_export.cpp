#include "lto/rustc/symbol_export.h"

#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/Function.h"
#include "llvm/Object/IRSymtab.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;

namespace lto_inspector::rustc {

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

/// Every legacy name ends in "17h", sixteen lower-case hex digits and "E".
static bool isLegacyRustName(StringRef Name) {
  if (!Name.consume_front("_ZN") || !Name.consume_back("E") || Name.size() < 19)
    return false;
  StringRef Hash = Name.take_back(19);
  return Hash.consume_front("17h") &&
         all_of(Hash, [](char C) { return (C >= '0' && C <= '9') || (C >= 'a' && C <= 'f'); });
}

bool isRustMangled(StringRef Name) {
  // Promoted and split symbols have a suffix after the mangled name.
  StringRef Base = Name.split(".llvm.").first;
  return Base.starts_with("_R") || isLegacyRustName(Base);
}

/// Available externally counts as undefined in a symbol table. A symbol of the module's assembly
/// has no name in IR.
static bool isExternalDefinition(const irsymtab::Symbol &Symbol) {
  StringRef Name = Symbol.getIRName();
  return !Name.empty() && !Symbol.isUndefined() && Symbol.isGlobal() && !Name.starts_with("llvm.");
}

/// Un-mangled symbols that code generation adds. They belong to no item of the program, so rustc
/// does not know them as exported.
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

/// Symbols through which crates and std refer to each other (`rustc_std_internal_symbol`: a global
/// allocator's methods, a panic handler): exported at the Rust level. Some releases of rustc mangle
/// them as items of a crate `__rustc`; the rules name those of the others.
///
/// Source: `mangle_internal_symbol` (rustc_symbol_mangling/src/v0.rs, 1.9x) and
/// `symbol_export_level` (rustc_codegen_ssa/src/back/symbol_export.rs, 1.8x and 1.9x).
static bool isStdInternal(StringRef Name, const SymbolExportRules &Rules) {
  if (Name.starts_with("_RNvC") && Name.contains("_7___rustc"))
    return true;
  return any_of(Rules.RustLevelNames, [&](StringRef Pattern) {
    return Pattern.consume_back("*") ? Name.starts_with(Pattern) : Name == Pattern;
  });
}

/// Promoted by an earlier thin LTO, as in a std with several codegen units: not the name of an
/// item, so rustc does not export it.
static bool isPromoted(StringRef Name) { return Name.contains(".llvm."); }

static bool isBelowThreshold(const irsymtab::Symbol &Symbol, const SymbolExportRules &Rules) {
  if (Rules.HiddenOnly && Symbol.getVisibility() != GlobalValue::HiddenVisibility)
    return false;
  if (Rules.AllExternals)
    return true;
  StringRef Name = Symbol.getIRName();
  if (isMadeByCodegen(Name) || isPromoted(Name))
    return false;
  if (isStdInternal(Name, Rules))
    return Rules.Threshold == SymbolExportLevel::Rust;
  if (!isRustMangled(Name))
    return true;
  if (Rules.Threshold == SymbolExportLevel::C)
    return false;
  return Rules.AllocatorModule || Symbol.getVisibility() == GlobalValue::DefaultVisibility;
}

namespace {
/// Checks the ranges and strings of a symbol table against the bounds of their targets, because
/// LLVM's reader trusts them.
class SymtabBounds {
public:
  SymtabBounds(StringRef Symtab, StringRef Strtab) : Symtab(Symtab), Strtab(Strtab) {}

  bool hold() const {
    if (Symtab.size() < sizeof(irsymtab::storage::Header))
      return false;
    const auto &Header = *reinterpret_cast<const irsymtab::storage::Header *>(Symtab.data());
    if (!holds(Header.Producer) || !holds(Header.Modules) || !holds(Header.Symbols) ||
        !holds(Header.Uncommons) || !holds(Header.Comdats) || !holds(Header.DependentLibraries))
      return false;
    uint64_t WithUncommon = 0;
    for (const irsymtab::storage::Symbol &Symbol : Header.Symbols.get(Symtab)) {
      if (!holds(Symbol.Name) || !holds(Symbol.IRName))
        return false;
      WithUncommon += Symbol.Flags >> irsymtab::storage::Symbol::FB_has_uncommon & 1;
    }
    return WithUncommon <= Header.Uncommons.Size;
  }

private:
  bool holds(irsymtab::storage::Str String) const {
    return uint64_t(String.Offset) + String.Size <= Strtab.size();
  }
  template <typename T> bool holds(irsymtab::storage::Range<T> Range) const {
    return Range.Offset + uint64_t(Range.Size) * sizeof(T) <= Symtab.size();
  }

  StringRef Symtab, Strtab;
};
} // namespace

/// The module's symbol table; Bitcode has to outlive it.
static Expected<irsymtab::FileContents> readSymtab(MemoryBufferRef Bitcode) {
  Expected<BitcodeFileContents> Contents = getBitcodeFileContents(Bitcode);
  if (!Contents)
    return Contents.takeError();
  // If there is none, or one of another LLVM, LLVM makes it from the module.
  if (!SymtabBounds(Contents->Symtab, Contents->StrtabForSymtab).hold())
    Contents->Symtab = StringRef();
  return irsymtab::readBitcode(*Contents);
}

Expected<std::vector<std::string>> exportedSymbols(MemoryBufferRef Bitcode,
                                                   const SymbolExportRules &Rules) {
  Expected<irsymtab::FileContents> Symtab = readSymtab(Bitcode);
  if (!Symtab)
    return Symtab.takeError();
  std::vector<std::string> Symbols;
  for (const irsymtab::Symbol &Symbol : Symtab->TheReader.symbols())
    if (isExternalDefinition(Symbol) &&
        ((Rules.UsedSymbols && Symbol.isUsed() && !isPromoted(Symbol.getIRName())) ||
         isBelowThreshold(Symbol, Rules)))
      Symbols.push_back(Symbol.getIRName().str());
  return Symbols;
}

/// The IR name of a symbol of the object file.
static StringRef withoutObjectPrefix(StringRef Name, const Triple &Target) {
  if (Target.isOSBinFormatMachO() ||
      (Target.isOSBinFormatCOFF() && Target.getArch() == Triple::x86))
    Name.consume_front("_");
  return Name;
}

Expected<std::vector<std::string>> usedSymbols(MemoryBufferRef Bitcode) {
  Expected<irsymtab::FileContents> Symtab = readSymtab(Bitcode);
  if (!Symtab)
    return Symtab.takeError();
  const Triple Target(Symtab->TheReader.getTargetTriple());
  std::vector<std::string> Symbols;
  for (const irsymtab::Symbol &Symbol : Symtab->TheReader.symbols()) {
    if (!Symbol.isUsed())
      continue;
    StringRef Name = Symbol.getIRName();
    Symbols.push_back((Name.empty() ? withoutObjectPrefix(Symbol.getName(), Target) : Name).str());
  }
  return Symbols;
}

Expected<std::vector<std::string>> definedSymbols(MemoryBufferRef Bitcode) {
  Expected<irsymtab::FileContents> Symtab = readSymtab(Bitcode);
  if (!Symtab)
    return Symtab.takeError();
  std::vector<std::string> Symbols;
  for (const irsymtab::Symbol &Symbol : Symtab->TheReader.symbols())
    if (!Symbol.isUndefined() && !Symbol.getIRName().empty())
      Symbols.push_back(Symbol.getIRName().str());
  return Symbols;
}

bool definesAllocatorShim(const Module &M) {
  // Un-mangled up to rustc 1.86, `_RNv…___rustc12___rust_alloc` since.
  return any_of(M.functions(), [](const Function &F) {
    StringRef Name = F.getName();
    return !F.isDeclaration() && (Name == "__rust_alloc" || Name.ends_with("12___rust_alloc"));
  });
}

} // namespace lto_inspector::rustc
