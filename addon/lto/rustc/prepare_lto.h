//===- prepare_lto.h - Symbols to preserve and upstream modules -----------===//
#pragma once

#include "lto/llvm/run_control.h"
#include "lto/pipeline/self_profile.h"
#include "lto/rustc/crate_type.h"
#include "lto/rustc/lto_module.h"
#include "lto/rustc/no_builtins.h"
#include "lto/rustc/session_target.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <vector>

namespace lto_inspector::rustc {

/// An rlib of an upstream crate (or a file that the user named).
struct UpstreamRlib {
  std::string Crate;
  std::string File;
  /// The members to read, in this order; none: all that look like Rust object files.
  std::optional<std::vector<std::string>> Members;
};

struct PrepareLtoOptions {
  LtoPermission Permission;
  /// None: the modules are files that the user named, whose functions may be of any crate.
  std::optional<LocalCrate> Crate;
  std::vector<UpstreamRlib> Rlibs;
  /// Names that are preserved besides those that the rules find.
  std::vector<std::string> Preserve;
  /// The local crate's symbols below the threshold where rustc itself showed them; otherwise the
  /// rules find them.
  std::optional<std::vector<std::string>> CrateSymbols;
  /// As in SymbolExportRules.
  std::vector<std::string> RustLevelNames;
  /// Plain inputs of which nothing is known: every external definition is preserved.
  bool AllExternals = false;
  /// Plain inputs of which the user named what is preserved: nothing else is, besides what
  /// usedSymbols finds.
  bool OnlyNamed = false;
  /// Coverage or PGO instrumentation: rustc then exports the profiler's weak symbols.
  bool ProfilerRuntime = false;
  /// rustc counts these, and those of MemorySanitizer, among the local crate's symbols, as it did
  /// when every crate exported them.
  bool CountsProfilerSymbols = false;
  /// What LLVM makes for the address sanitizer is preserved in thin LTO too. In fat LTO it always
  /// is (see runRestrictionPass).
  bool PreservesAsanGlobals = true;
  /// Modules of Rlibs are files that the user named, read as they come.
  bool PlainInputs = false;
};

struct PreparedLto {
  /// Symbols below the threshold, the local crate's first.
  std::vector<std::string> SymbolsBelowThreshold;
  /// How many of them are the local crate's: what rustc logs as "symbols to preserve in this
  /// crate".
  size_t LocalSymbols = 0;
  std::vector<LtoModule> UpstreamModules;
  /// What the local crate's functions say of CPU and features.
  SessionTarget LocalTarget;
  /// The local crate is `#![no_builtins]`.
  bool NoBuiltins = false;
  std::vector<std::string> Warnings;
};

/// Collects the symbols to preserve and the upstream crates' modules.
///
/// Mirrors `prepare_lto` (rustc_codegen_llvm/src/back/lto.rs) and `exported_symbols_for_lto`
/// (rustc_codegen_ssa/src/back/lto.rs), 1.9x. Errors: those of checkLtoAllowed and openBitcodeFile,
/// ParseBitcode and Cancelled.
llvm::Expected<PreparedLto> prepareLto(const PrepareLtoOptions &Options,
                                       llvm::ArrayRef<LtoModule> LocalModules,
                                       const support::RunControl &Control,
                                       pipeline::SelfProfiler &Profiler,
                                       std::vector<pipeline::Timing> &Timings);

} // namespace lto_inspector::rustc
