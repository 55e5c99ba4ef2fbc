//===- thin_lto.h - Analysis and decisions of thin LTO --------------------===//
#pragma once

#include "lto/pipeline/self_profile.h"
#include "lto/rustc/lto_module.h"
#include "lto/rustc/prepare_lto.h"
#include "lto/rustc/thin_lto_data.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lto_inspector::rustc {

/// What rustc does with a module.
enum class Verdict { ReUsed, ReCompiled };

/// Why; the spellings of src/protocol/runs.ts.
enum class ReasonKind {
  KeyEqual,
  BothKeysAbsent,
  KeyEqualButNotCached,
  KeyEqualButNotGreen,
  KeyChanged,
  NewModule,
  NoPreviousKeys,
  NoSession
};

struct Decision {
  Verdict Outcome = Verdict::ReCompiled;
  ReasonKind Reason = ReasonKind::NoSession;
  std::optional<std::string> Key;
  std::optional<std::string> PreviousKey;
};

/// The incremental session's files for LTO.
struct SessionFiles {
  /// The previous session's key file (or a snapshot of it); none: there was no previous session.
  std::optional<std::string> PreviousKeys;
  /// The file for the new keys, never in one of rustc's sessions; none: not written.
  std::optional<std::string> NewKeys;
};

struct ThinLtoOptions {
  PrepareLtoOptions Prepare;
  /// None: the build is not incremental.
  std::optional<SessionFiles> Session;
  support::RunControl Control;
};

/// The modules, their analysis and a decision for each; shared read-only by the threads that
/// optimise.
///
/// Mirrors `ThinShared` (rustc_codegen_ssa/src/back/lto.rs, 1.9x) with the copy and optimise jobs
/// as decisions.
struct ThinShared {
  std::vector<LtoModule> Modules;
  std::unique_ptr<ThinLtoData> Data;
  /// By index of module.
  std::vector<Decision> Decisions;
  /// By index of module: see contentDigests.
  std::vector<std::string> ContentDigests;
  std::vector<std::string> SymbolsBelowThreshold;
  size_t LocalSymbols = 0;
  SessionTarget LocalTarget;
  /// As in ModuleConfig.
  bool NoBuiltins = false;
  std::vector<std::string> Warnings;

  std::optional<size_t> find(llvm::StringRef Name) const;
};

/// Prepares and analyses thin LTO, decides for every module and saves the new keys.
///
/// LocalModules contains local and cached (green) modules; they are sorted into rustc's order:
/// local, upstream, cached. Mirrors `run_thin` and `thin_lto`
/// (rustc_codegen_llvm/src/back/lto.rs, 1.9x). Errors: those of prepareLto and createThinLtoData,
/// WriteThinLtoKey and Cancelled.
llvm::Expected<std::unique_ptr<ThinShared>> runThin(const ThinLtoOptions &Options,
                                                    std::vector<LtoModule> LocalModules,
                                                    pipeline::SelfProfiler &Profiler,
                                                    std::vector<pipeline::Timing> &Timings);

/// For each module, a digest of its bitcode as it was read and of that of the modules it imports
/// from; upper-case hex.
///
/// LLVM's cache key only includes the hashes that the files state about themselves, which do not
/// change if a file is edited in place.
llvm::Expected<std::vector<std::string>> contentDigests(llvm::ArrayRef<LtoModule> Modules,
                                                        const ThinLtoData &Data,
                                                        const support::RunControl &Control);

/// rustc's rule: a green module is re-used if its keys are equal or both absent; all others are
/// re-compiled.
Decision decide(const LtoModule &Module, bool HasSession, bool HasPreviousKeys,
                std::optional<std::string> PreviousKey, std::optional<std::string> Key);

} // namespace lto_inspector::rustc
