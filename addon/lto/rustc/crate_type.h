//===- crate_type.h - Crate types, and those without LTO ------------------===//
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <vector>

namespace lto_inspector::rustc {

/// rustc's `CrateType` (rustc_session/src/config.rs, 1.9x).
enum class CrateType { Executable, Dylib, Rlib, Staticlib, Cdylib, ProcMacro, Sdylib };

/// Parses a crate type as in `--crate-type` ("lib" is an rlib); none: no such type.
std::optional<CrateType> parseCrateType(llvm::StringRef Text);

/// Whether LTO across crates can make this type: every type except rlib.
///
/// Mirrors `crate_type_allows_lto` (rustc_codegen_ssa/src/back/lto.rs, 1.9x).
bool crateTypeAllowsLto(CrateType Type);

/// The options of a build that determine whether LTO across crates is allowed.
struct LtoPermission {
  std::vector<CrateType> CrateTypes;
  /// thin-local: LTO within the crate, which is always allowed.
  bool ThinLocal = false;
  bool PreferDynamic = false;
  bool DylibLto = false;
  bool LinkerPluginLto = false;
};

/// Rejects what rustc rejects.
///
/// Mirrors `check_lto_allowed` (rustc_codegen_ssa/src/back/lto.rs, 1.9x) and the check of
/// `run_thin` for linker-plugin LTO. Errors: LtoDisallowed, LtoDylib, LtoProcMacro,
/// DynamicLinkingWithLTO, LinkerPluginLto.
llvm::Error checkLtoAllowed(const LtoPermission &Permission);

} // namespace lto_inspector::rustc
