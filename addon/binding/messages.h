//===- messages.h - Requests and results as JSON --------------------------===//
//
// The messages of src/protocol/engine, field by field: JSON in, plain structs, JSON out. Knows
// nothing of Node.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/llvm/error.h"
#include "lto/llvm/library_info.h"
#include "lto/rustc/fat_lto.h"
#include "lto/rustc/module_files.h"
#include "lto/rustc/optimize_thin_module.h"
#include "lto/rustc/thin_lto.h"
#include "llvm/Support/JSON.h"

namespace lto_inspector {

struct InitializeParams {
  std::vector<std::string> LlvmArguments;
  std::optional<std::string> Journal;
  unsigned Threads = 0;
};

struct ReadModulesParams {
  std::vector<std::string> Files;
  MemberSelection Members = MemberSelection::RustObjects;
};

/// `LtoSettings` of src/protocol/units.ts.
struct LtoSettings {
  TargetSettings Target;
  ModuleConfig Config;
  bool FewerNames = true;
  LtoPermission Permission;
  bool ProfilerRuntime = false;
};

struct LocalModuleParams {
  std::string Name;
  ModuleOrigin Origin = ModuleOrigin::Local;
  std::string Crate;
  std::string File;
  std::string Member;
  bool Reserialize = false;
  bool Green = false;
  bool InMemory = false;
  /// Empty: there is none.
  std::string UseListsFile;
  /// Empty: there is none.
  std::string NamesFile;
  std::optional<uint64_t> PromotionSuffix;
  /// Empty: there is none.
  std::string InternalizedFile;
};

/// `LtoMode` of src/protocol/stages.ts.
enum class LtoMode { Thin, ThinLocal, Fat };

struct AnalyzeParams {
  /// The profile of `-C profile-use`, for passes before fat LTO.
  std::optional<std::string> ProfileFile;
  std::string Unit;
  LtoMode Mode = LtoMode::Thin;
  std::vector<CrateType> CrateTypes;
  LtoSettings Settings;
  bool AddLtoPostLink = false;
  std::vector<LocalModuleParams> Local;
  std::vector<UpstreamRlib> Upstream;
  std::vector<std::string> Preserve;
  std::optional<std::vector<std::string>> CrateSymbols;
  bool PreserveExternals = false;
  bool Incremental = false;
  std::optional<std::string> PreviousKeysFile;
  std::optional<std::string> KeysFile;
  bool ThinPreLink = false;
  std::optional<std::string> BaseWhereTied;
};

struct OptimizeParams {
  std::string Unit;
  std::string Module;
  std::vector<LtoStage> Stages;
  std::optional<std::string> Blobs;
};

struct ReleaseParams {
  std::string Unit;
};

bool fromJSON(const llvm::json::Value &Json, InitializeParams &Params, llvm::json::Path Path);
bool fromJSON(const llvm::json::Value &Json, ReadModulesParams &Params, llvm::json::Path Path);
bool fromJSON(const llvm::json::Value &Json, AnalyzeParams &Params, llvm::json::Path Path);
bool fromJSON(const llvm::json::Value &Json, OptimizeParams &Params, llvm::json::Path Path);
bool fromJSON(const llvm::json::Value &Json, ReleaseParams &Params, llvm::json::Path Path);

/// Text for JSON, which must be UTF-8: other bytes are replaced. (rustc's `module_name_to_str`
/// would stop.)
std::string jsonText(llvm::StringRef Text);

llvm::json::Value toJSON(const ErrorReport &Report);
llvm::json::Value toJSON(const LibraryInfo &Info);
llvm::json::Value toJSON(const Producer &WrittenBy);
llvm::json::Value toJSON(const ModuleFile &Module);
llvm::json::Value toJSON(const Timing &Measured);
llvm::json::Value toJSON(const SavedStage &Stage);
/// The `AnalyzedModule` of one module.
llvm::json::Value analyzedModule(const ThinShared &Shared, size_t Index);
llvm::json::Value analyzedModule(const FatShared &Shared, size_t Index);

/// The parameters of a request, or why they are not what the protocol says (our error, never
/// of the user's).
template <typename T> llvm::Expected<T> parseParams(llvm::StringRef Json) {
  llvm::Expected<T> Params = llvm::json::parse<T>(Json, "params");
  if (!Params)
    return wrapError(Params.takeError(), "Internal", "the engine cannot read its request");
  return Params;
}

} // namespace lto_inspector
