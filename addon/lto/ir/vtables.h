//===- vtables.h - Vtables of trait objects -------------------------------===//
//
// rustc gives vtables no symbol of their own. Debug info names them; without it, they show by their
// shape, and the symbols of their functions name the type.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/IR/GlobalVariable.h"
#include <optional>
#include <string>

namespace lto_inspector::ir {

struct VtableName {
  /// `reg::Second`.
  std::string Type;
  /// `reg::Plugin`; empty: its functions do not name it.
  std::string Trait;
};

/// The type and the trait of a vtable. None: the variable does not look like one, or its functions
/// do not agree on the type.
///
/// A vtable has the function that drops a value (or null), the type's size and alignment, and the
/// methods in pointer-sized words: `vtable_allocation_provider` (rustc_middle/src/ty/vtable.rs,
/// 1.9x).
std::optional<VtableName> vtableName(const llvm::GlobalVariable &Variable);

} // namespace lto_inspector::ir
