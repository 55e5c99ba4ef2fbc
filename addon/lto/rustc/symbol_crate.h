//===- symbol_crate.h - Which crate's item a symbol is --------------------===//
#pragma once

#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <optional>

namespace lto_inspector::rustc {

/// A crate as a symbol names it.
struct SymbolCrate {
  llvm::StringRef Name;
  /// `StableCrateId`, which tells apart crates of one name; none: the legacy scheme leaves it out.
  std::optional<uint64_t> StableId;
};

/// The crate whose source defines the item, wherever it was instantiated. None: not a Rust symbol,
/// or one that does not say: a method that a type takes from its trait (v0), and an implementation
/// that the legacy scheme names by its type and trait (`<T as Trait>::f`).
///
/// Source: rustc_symbol_mangling/src/v0.rs (RFC 2603) and legacy.rs, 1.9x.
std::optional<SymbolCrate> crateOfSymbol(llvm::StringRef Symbol);

} // namespace lto_inspector::rustc
