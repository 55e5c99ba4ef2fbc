//===- symbol_export.h - Which symbols LTO has to preserve ----------------===//
//
// rustc knows its exported symbols from its metadata. Outside rustc they are read from the bitcode:
// what rustc exports at the C level keeps an un-mangled name, what it exports at the Rust level
// keeps default visibility, and what is `used` is in llvm.used or llvm.compiler.used.
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

/// The level at which an artifact exports symbols: C for executables and C-like libraries, Rust as
/// soon as one of the types is a Rust library.
SymbolExportLevel cratesExportThreshold(llvm::ArrayRef<CrateType> CrateTypes);

/// Whether one of the types makes the crate a library for Rust, whose reachable symbols are then
/// more than what is marked extern.
bool anyRustLibrary(llvm::ArrayRef<CrateType> CrateTypes);

/// Whether rustc made this name by mangling (v0 or legacy), so that no foreign code can mean it.
bool isRustMangled(llvm::StringRef Name);

/// What decides which symbols of a module are exported.
struct SymbolExportRules {
  SymbolExportLevel Threshold = SymbolExportLevel::C;
  /// `#[used]` symbols that other modules can see are exported: so in every crate that was compiled
  /// as a Rust library. In an executable or a C-like library rustc's reachable set does not hold
  /// them (`ReachableContext`, rustc_passes/src/reachable.rs).
  bool UsedSymbols = true;
  /// The module holds the allocator shim, whose functions are exported at the Rust level.
  bool AllocatorModule = false;
  /// Plain inputs of which nothing is known: every external definition is preserved.
  bool AllExternals = false;
  /// Of these only what is hidden.
  bool HiddenOnly = false;
};

/// The module's symbols below the threshold or `used`, in the module's order: from the symbol table
/// that LLVM writes behind every module for linkers (`irsymtab`), which is some twenty times faster
/// than loading the module. It is made from the module where it is missing, damaged or another
/// LLVM's. Errors: LLVM's own, where the bitcode cannot be read.
llvm::Expected<std::vector<std::string>> exportedSymbols(llvm::MemoryBufferRef Bitcode,
                                                         const SymbolExportRules &Rules);

/// What somebody outside LTO uses whatever is preserved, as a linker sees it, under its name in IR:
/// members of llvm.used and llvm.compiler.used, functions that code generation calls, and what the
/// module's assembly refers to and does not define, be it defined in another module.
///
/// Mirrors FB_used of LLVM's `irsymtab` (lib/Object/IRSymtab.cpp, 22), by which `LTO::addModule`
/// keeps symbols that no `-r` option of llvm-lto2 names. Errors: as exportedSymbols.
llvm::Expected<std::vector<std::string>> usedSymbols(llvm::MemoryBufferRef Bitcode);

/// Whether the module defines the allocator shim (`__rust_alloc`), which makes it rustc's allocator
/// module.
bool definesAllocatorShim(const llvm::Module &M);

} // namespace lto_inspector::rustc
