//===- import_reasons.h - Why a module of a link imports what it does -----===//
#pragma once

#include "lto/calls/import_decisions.h"
#include "lto/rustc/thin_lto_data.h"

namespace lto_inspector::rustc {

struct ImportReasons {
  calls::ModuleImports Decided;
  /// What LLVM imports.
  size_t Entries = 0;
  /// The decisions import the same: otherwise they explain nothing.
  bool Exact = false;
};

/// Decides again about the imports of one module, over the index as it was when LLVM decided.
/// Thread-safe.
ImportReasons importReasons(const ThinLtoData &Data, const calls::ImportLimits &Limits,
                            llvm::StringRef ModuleId);

} // namespace lto_inspector::rustc
