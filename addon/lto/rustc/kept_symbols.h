//===- kept_symbols.h - Symbols that only rustc knows as reachable --------===//
//
// Thin-local LTO preserves what rustc exports at the Rust level. In an executable or a C-like
// library these are also functions that public ones refer to, and those are hidden: in the bitcode
// nothing tells them from the others.
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

/// Hidden definitions that the analysis would make internal and that rustc kept, as its own files
/// show:
/// * of a module that rustc compiled, its file after internalising;
/// * of a module that rustc re-used, its key, which is the previous session's with these symbols
///   preserved and another one without.
///
/// Empty: there are none, or none of rustc's files tells. What cannot be read tells nothing. With
/// what is found the analysis has to be made again, after which there may be more.
std::vector<std::string> symbolsKeptByRustc(llvm::ArrayRef<LtoModule> Modules,
                                            llvm::ArrayRef<std::string> Preserved,
                                            const ThinLtoData &Data, PreviousKeyOf PreviousKey,
                                            const support::RunControl &Control);

} // namespace lto_inspector::rustc
