//===- no_builtins.h - Whether the local crate is #![no_builtins] ---------===//
//
// rustc marks every function of a `#![no_builtins]` crate, also where another crate instantiates
// it. Passes and code generation, however, depend only on the crate that is compiled.
//
// Source: `codegen_fn_attrs` (rustc_codegen_ssa/src/codegen_attrs.rs) and `ModuleConfig::new`
// (back/write.rs), 1.9x.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/IR/Module.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lto_inspector::rustc {

/// The crate that is compiled.
struct LocalCrate {
  std::string Name;
  /// `StableCrateId`, which tells apart crates of one name. None: not known.
  std::optional<uint64_t> StableId;
  /// Whether it is `#![no_builtins]`. None: not known, its functions have to tell.
  std::optional<bool> NoBuiltins;
};

/// What the local crate's own functions say.
struct NoBuiltinsMarks {
  bool Marked = false;
  bool Unmarked = false;
};

/// Adds what the functions say that a module of the crate defines. Functions of other crates that
/// were instantiated there do not count. The module may be lazily loaded.
void addNoBuiltinsMarks(const llvm::Module &M, const LocalCrate &Crate, NoBuiltinsMarks &Marks);

/// Whether the crate is `#![no_builtins]`. Warns if its functions contradict each other: then some
/// of them are of another crate with its name.
bool isNoBuiltinsCrate(const LocalCrate &Crate, const NoBuiltinsMarks &Marks,
                       std::vector<std::string> &Warnings);

} // namespace lto_inspector::rustc
