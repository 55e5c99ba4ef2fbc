//===- key_components.h - The parts of a cache key ------------------------===//
//
// LLVM's key of a module is one SHA-1 over everything that may change its code: two different keys
// do not show what differs. This hashes the same bytes part by part.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/DenseSet.h"
#include "llvm/IR/ModuleSummaryIndex.h"
#include "llvm/LTO/Config.h"
#include "llvm/Transforms/IPO/FunctionImport.h"
#include <array>
#include <map>
#include <string>

namespace lto_inspector::compat {

/// The parts of a key, in the order in which LLVM hashes them.
enum class KeyPart {
  Llvm,
  Config,
  Module,
  Exports,
  Imports,
  ResolvedOdr,
  DefinedGlobals,
  ImportedSummaries,
  TypeIds,
  Cfi
};
inline constexpr size_t KeyParts = static_cast<size_t>(KeyPart::Cfi) + 1;

/// The parameters of `computeLTOCacheKey`, and the values that are compiled into it.
struct KeyInputs {
  llvm::StringRef LlvmVersion;
  /// Empty: LLVM was built without one.
  llvm::StringRef LlvmRevision;
  const llvm::lto::Config &Conf;
  const llvm::ModuleSummaryIndex &Index;
  llvm::StringRef ModuleId;
  const llvm::FunctionImporter::ImportMapTy &Imports;
  const llvm::FunctionImporter::ExportSetTy &Exports;
  const std::map<llvm::GlobalValue::GUID, llvm::GlobalValue::LinkageTypes> &ResolvedOdr;
  const llvm::GVSummaryMapTy &Defined;
  const llvm::DenseSet<llvm::GlobalValue::GUID> &CfiDefs;
  const llvm::DenseSet<llvm::GlobalValue::GUID> &CfiDecls;
};

struct KeyDigests {
  /// 40 upper-case hex digits: the result of `computeLTOCacheKey`, as long as this LLVM hashes as
  /// the mirror does. The caller has to compare it with the real key.
  std::string Total;
  /// By KeyPart, 16 upper-case hex digits each.
  std::array<std::string, KeyParts> Parts;
};

/// Mirrors `computeLTOCacheKey` (LLVM's LTO.cpp, 19 to 23), part by part. Leaves out sample
/// profiles, because a default configuration has none.
KeyDigests mirrorLtoCacheKey(const KeyInputs &Inputs);

} // namespace lto_inspector::compat
