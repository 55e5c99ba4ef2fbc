//===- describe_key.h - A module's key in readable parts ------------------===//
#pragma once

#include "lto/compat/key_components.h"
#include "lto/rustc/thin_lto_data.h"

namespace lto_inspector::rustc {

/// The LLVM that a key is made with.
struct KeyLlvm {
  std::string Version;
  /// Empty: it was built without one.
  std::string Revision;
};

/// The version and revision that are compiled into the loaded library.
KeyLlvm keyLlvm();

/// A global that a module defines, as in the index after linkages were resolved.
struct KeyGlobal {
  llvm::GlobalValue::GUID Symbol = 0;
  llvm::GlobalValueSummary::SummaryKind Kind = llvm::GlobalValueSummary::FunctionKind;
  llvm::GlobalValue::LinkageTypes Linkage = llvm::GlobalValue::ExternalLinkage;
  llvm::GlobalValue::VisibilityTypes Visibility = llvm::GlobalValue::DefaultVisibility;
  bool Live = false;
  bool CanAutoHide = false;
  bool DsoLocal = false;
  bool ReadOnly = false;
  bool WriteOnly = false;
  /// 0 if it is not a function.
  unsigned Instructions = 0;
  /// The symbols that it calls or refers to, each once, in the summary's order.
  std::vector<llvm::GlobalValue::GUID> Uses;
};

struct ImportedSymbol {
  llvm::StringRef From;
  llvm::GlobalValue::GUID Symbol = 0;
  bool Declaration = false;
};

/// Everything that a module's key depends on.
struct KeyComponents {
  /// The key that LLVM itself computes.
  std::string Key;
  /// Whether hashing the parts yields exactly that key; only then do they explain it.
  bool Exact = false;
  /// 40 lower-case hex digits.
  std::string ModuleHash;
  std::array<std::string, compat::KeyParts> Digests;
  std::vector<llvm::GlobalValue::GUID> Exports;
  std::vector<ImportedSymbol> Imports;
  std::vector<std::pair<llvm::GlobalValue::GUID, llvm::GlobalValue::LinkageTypes>> ResolvedOdr;
  /// By GUID.
  std::vector<KeyGlobal> Globals;
};

/// Computes the components of one module's key. ModuleId must be one of Data's modules.
KeyComponents describeKey(const ThinLtoData &Data, llvm::StringRef ModuleId, const KeyLlvm &Llvm);

} // namespace lto_inspector::rustc
