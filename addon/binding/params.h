//===- params.h - Parameters of requests ----------------------------------===//
//
// The parameters of src/protocol/engine, field by field: JSON in, plain structs out. Parameters of
// a single family of requests are in its file.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/llvm/error.h"
#include "lto/rustc/bitcode_file.h"
#include "lto/rustc/optimize_thin_module.h"
#include "lto/rustc/thin_lto.h"
#include "llvm/Support/JSON.h"

namespace lto_inspector::binding {

struct InitializeParams {
  std::vector<std::string> LlvmArguments;
  std::optional<std::string> Journal;
  unsigned Threads = 0;
};

struct ReadModulesParams {
  std::vector<std::string> Files;
  rustc::MemberSelection Members = rustc::MemberSelection::RustObjects;
};

/// `LtoSettings` of src/protocol/units.ts.
struct LtoSettings {
  pipeline::TargetSettings Target;
  rustc::ModuleConfig Config;
  bool FewerNames = true;
  rustc::LtoPermission Permission;
  bool ProfilerRuntime = false;
};

struct LocalModuleParams {
  std::string Name;
  rustc::ModuleOrigin Origin = rustc::ModuleOrigin::Local;
  std::string Crate;
  std::string File;
  std::string Member;
  bool Reserialize = false;
  bool Green = false;
  bool InMemory = false;
  /// Empty: none.
  std::string UseListsFile;
  /// Empty: none.
  std::string NamesFile;
  std::optional<uint64_t> PromotionSuffix;
  /// Empty: none.
  std::string InternalizedFile;
};

/// `LtoMode` of src/protocol/stages.ts.
enum class LtoMode { Thin, ThinLocal, Fat };

struct AnalyzeParams {
  /// The profile of `-C profile-use`, for passes before fat LTO.
  std::optional<std::string> ProfileFile;
  std::string Unit;
  LtoMode Mode = LtoMode::Thin;
  std::vector<rustc::CrateType> CrateTypes;
  std::optional<rustc::LocalCrate> Crate;
  LtoSettings Settings;
  bool AddLtoPostLink = false;
  std::vector<std::string> RustLevelNames;
  bool CountsProfilerSymbols = false;
  bool PreservesAsanGlobals = false;
  std::vector<LocalModuleParams> Local;
  std::vector<rustc::UpstreamRlib> Upstream;
  std::vector<std::string> Preserve;
  std::optional<std::vector<std::string>> CrateSymbols;
  bool PreserveExternals = false;
  bool Incremental = false;
  std::optional<std::string> PreviousKeysFile;
  std::optional<std::string> KeysFile;
  bool ThinPreLink = false;
  bool SummaryAfterFatLto = false;
  std::optional<std::string> BaseWhereTied;
};

/// `ObjectSettings` of src/protocol/engine/stages.ts.
struct ObjectSettings : pipeline::CodegenSettings {};

struct OptimizeParams {
  std::string Unit;
  std::string Module;
  std::vector<pipeline::LtoStage> Stages;
  std::optional<std::string> Blobs;
  /// None: no object is made.
  std::optional<ObjectSettings> Object;
};

struct ReleaseParams {
  std::string Unit;
};

bool fromJSON(const llvm::json::Value &Json, InitializeParams &Params, llvm::json::Path Path);
bool fromJSON(const llvm::json::Value &Json, ReadModulesParams &Params, llvm::json::Path Path);
bool fromJSON(const llvm::json::Value &Json, AnalyzeParams &Params, llvm::json::Path Path);
bool fromJSON(const llvm::json::Value &Json, ObjectSettings &Settings, llvm::json::Path Path);
bool fromJSON(const llvm::json::Value &Json, OptimizeParams &Params, llvm::json::Path Path);
bool fromJSON(const llvm::json::Value &Json, ReleaseParams &Params, llvm::json::Path Path);

/// The parameters of a request, or why they do not match the protocol (our own bug, never the
/// user's).
template <typename T> llvm::Expected<T> parseParams(llvm::StringRef Json) {
  llvm::Expected<T> Params = llvm::json::parse<T>(Json, "params");
  if (!Params)
    return support::wrapError(Params.takeError(), "Internal", "the engine cannot read its request");
  return Params;
}

} // namespace lto_inspector::binding
