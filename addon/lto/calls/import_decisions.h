//===- import_decisions.h - What a module imports, and why ----------------===//
//
// LLVM decides on imports in static functions and only keeps the list of what it imports. These
// decide again, by the same rules over the same index, and keep every attempt with its reason.
// Whether the result is right is known for each module: its list has to be LLVM's own.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/calls/import_limits.h"
#include "lto/compat/import_lists.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/IR/ModuleSummaryIndex.h"
#include "llvm/Transforms/IPO/FunctionImport.h"
#include <optional>
#include <vector>

namespace lto_inspector::calls {

using Guid = llvm::GlobalValue::GUID;
using ImportRefusal = llvm::FunctionImporter::ImportFailureReason;
using Hotness = llvm::CalleeInfo::HotnessType;

/// The index of a link as it was when imports were computed.
struct ImportIndex {
  const llvm::ModuleSummaryIndex &Index;
  llvm::function_ref<bool(Guid, const llvm::GlobalValueSummary *)> IsPrevailing;
  /// A summary's linkage at that time: later steps of the analysis change linkages.
  llvm::function_ref<llvm::GlobalValue::LinkageTypes(const llvm::GlobalValueSummary *)> LinkageOf;
};

/// A call over which LLVM tried to import a function.
struct ImportAttempt {
  Guid Caller = 0;
  Guid Callee = 0;
  /// The most instructions that the callee may have, for this call: after decay and hotness.
  unsigned Threshold = 0;
  /// 0: the caller is a function of the module itself.
  unsigned Level = 0;
  /// The attempt that imported the caller; none: the caller is the module's own.
  std::optional<size_t> Parent;
  Hotness HowHot = Hotness::Unknown;
};

/// The decision about one symbol.
struct ImportDecision {
  Guid Symbol = 0;
  /// The copy that is imported; null: none is.
  const llvm::GlobalValueSummary *Chosen = nullptr;
  /// Of a refused function: the reason of the last copy that LLVM looked at.
  ImportRefusal Refused = ImportRefusal::None;
  /// Refused, because no module of the link has a summary of it.
  bool NoSummary = false;
  /// Instructions of the copy that was chosen or refused, as its summary counts them; none: not a
  /// function.
  std::optional<unsigned> Size;
  /// Imported whatever its size.
  bool AlwaysInline = false;
  /// The attempt that decided: the first successful one, or the refused one with the highest
  /// threshold. None: a variable, which comes along with what refers to it.
  std::optional<size_t> Attempt;
  /// Of a refused function: how often LLVM tried, and the hottest of the calls that it looked at.
  unsigned Attempts = 0;
  Hotness MaxHotness = Hotness::Unknown;
  /// Of a refused function: those that call it.
  std::vector<Guid> Callers;

  bool isVariable() const { return !Attempt; }
};

/// All decisions for one importing module.
struct ModuleImports {
  /// Those that imported something, and those that decided a refusal.
  std::vector<ImportAttempt> Attempts;
  /// Imported ones in the order in which they were imported, then the refused ones.
  std::vector<ImportDecision> Decisions;
};

/// Decides for one module.
///
/// Mirrors `ModuleImportsManager::computeImportForModule`, `computeImportForFunction`,
/// `selectCallee` and `GlobalsImporter` (llvm/lib/Transforms/IPO/FunctionImport.cpp, LLVM 19 to
/// 23), without `-force-import-all`, `-import-cutoff`, `-import-declaration` and workload
/// definitions.
///
/// @param Defined what the module defines, in the map that LLVM was given: its order matters
ModuleImports decideImports(const ImportIndex &Of, const ImportLimits &Limits,
                            const llvm::GVSummaryMapTy &Defined);

/// Whether the decisions are LLVM's: they import the same symbols from the same modules.
bool isLlvmsList(const ModuleImports &Decided, const llvm::FunctionImporter::ImportMapTy &List);

} // namespace lto_inspector::calls
