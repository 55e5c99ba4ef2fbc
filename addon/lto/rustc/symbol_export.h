//===- symbol_export.h - The symbols that LTO has to preserve -------------===//
//
// rustc knows its exported symbols from its metadata. Here they are read from the bitcode: what
// rustc exports at the C level has an un-mangled name, what it exports at the Rust level has
// default visibility, and `used` symbols are in llvm.used or llvm.compiler.used.
//
// Mirrors `exported_symbols_for_lto` (rustc_codegen_ssa/src/back/lto.rs) and
// `crates_export_threshold` (rustc_codegen_ssa/src/back/symbol_export.rs), 1.9x.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/rustc/crate_type.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <string>
#include <vector>

namespace lto_inspector::rustc {

/// rustc's `SymbolExportLevel`.
enum class SymbolExportLevel { C, Rust };

/// The level at which an artifact exports symbols: C for executables and C-like libraries, Rust if
/// one of the types is a Rust library.
SymbolExportLevel cratesExportThreshold(llvm::ArrayRef<CrateType> CrateTypes);

/// Whether one of the types makes the crate a Rust library, whose reachable symbols include more
/// than those marked extern.
bool anyRustLibrary(llvm::ArrayRef<CrateType> CrateTypes);

/// Whether rustc mangled this name (v0 or legacy), so that no foreign code can refer to it.
bool isRustMangled(llvm::StringRef Name);

/// The rules for the exported symbols of a module.
struct SymbolExportRules {
  SymbolExportLevel Threshold = SymbolExportLevel::C;
  /// `#[used]` symbols that other modules can see are exported, as in every crate that was compiled
  /// as a Rust library. In an executable or a C-like library, rustc's reachable set does not
  /// contain them (`ReachableContext`, rustc_passes/src/reachable.rs).
  bool UsedSymbols = true;
  /// Names that are not mangled and yet exported at the Rust level, in releases of rustc that do
  /// not mangle the symbols through which crates and std refer to each other
  /// (`rustc_std_internal_symbol`, weak language items). A `*` at the end matches any rest.
  llvm::ArrayRef<std::string> RustLevelNames;
  /// The module contains the allocator shim, whose functions are exported at the Rust level.
  bool AllocatorModule = false;
  /// Plain inputs with unknown users: every external definition is preserved.
  bool AllExternals = false;
  /// Only hidden ones of these.
  bool HiddenOnly = false;
};

/// The module's symbols that are below the threshold or `used`, in the module's order. Reads the
/// symbol table for linkers that LLVM appends to every module (`irsymtab`), which is some twenty
/// times faster than loading the module. If it is missing, damaged or another LLVM's, it is made
/// from the module. Errors: LLVM's own, if the bitcode cannot be read.
llvm::Expected<std::vector<std::string>> exportedSymbols(llvm::MemoryBufferRef Bitcode,
                                                         const SymbolExportRules &Rules);

/// Symbols that are used outside LTO in any case, as a linker sees it, by their names in IR:
/// members of llvm.used and llvm.compiler.used, functions that code generation calls, and symbols
/// that the module's assembly refers to without defining them (even if another module defines
/// them).
///
/// Mirrors FB_used of LLVM's `irsymtab` (lib/Object/IRSymtab.cpp, 22), with which `LTO::addModule`
/// keeps symbols that no `-r` option of llvm-lto2 names. Errors: as in exportedSymbols.
llvm::Expected<std::vector<std::string>> usedSymbols(llvm::MemoryBufferRef Bitcode);

/// The names in IR of everything that the module defines, internal symbols included. Errors: as in
/// exportedSymbols.
llvm::Expected<std::vector<std::string>> definedSymbols(llvm::MemoryBufferRef Bitcode);

/// Whether the module defines the allocator shim (`__rust_alloc`), and so is rustc's allocator
/// module.
bool definesAllocatorShim(const llvm::Module &M);

} // namespace lto_inspector::rustc
