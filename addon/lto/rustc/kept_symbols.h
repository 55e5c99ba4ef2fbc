//===- kept_symbols.h - Symbols that only rustc knows as reachable --------===//
//
// Thin-local LTO preserves what rustc exports at the Rust level. In an executable or a C-like
// library, this includes functions that public ones refer to, which are hidden: the bitcode does
// not distinguish them from others.
//
// Mirrors the outcome of `ReachableContext` (rustc_passes/src/reachable.rs) and
// `reachable_non_generics_provider` (rustc_codegen_ssa/src/back/symbol_export.rs), 1.9x.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/rustc/lto_module.h"
#include "lto/rustc/thin_lto_data.h"
#include "llvm/ADT/ArrayRef.h"
#include <map>
#include <string>
#include <vector>

namespace lto_inspector::rustc {

/// Keys of the previous session by module.
using PreviousKeyOf = llvm::function_ref<std::optional<std::string>(llvm::StringRef Module)>;

/// Hidden definitions that the analysis would internalise and that rustc kept, according to its own
/// files:
/// * for a module that rustc compiled, its file after internalising;
/// * for a module that rustc re-used, its key, which equals the previous session's only with these
///   symbols preserved.
///
/// Empty: there are none, or none of rustc's files shows any. Files that cannot be read are
/// ignored. After this finds symbols, the analysis has to be repeated, which may reveal more.
std::vector<std::string> symbolsKeptByRustc(llvm::ArrayRef<LtoModule> Modules,
                                            llvm::ArrayRef<std::string> Preserved,
                                            const ThinLtoData &Data, PreviousKeyOf PreviousKey,
                                            const support::RunControl &Control);

} // namespace lto_inspector::rustc
