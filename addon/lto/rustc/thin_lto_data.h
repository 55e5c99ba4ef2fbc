//===- thin_lto_data.h - The combined index and its analysis --------------===//
#pragma once

#include "lto/compat/import_lists.h"
#include "lto/llvm/run_control.h"
#include "lto/rustc/lto_module.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/ModuleSummaryIndex.h"
#include "llvm/Support/Error.h"
#include "llvm/Transforms/IPO/FunctionImport.h"
#include <map>
#include <string>
#include <vector>

namespace lto_inspector::rustc {

/// A symbol with several strong definitions.
struct MultiplyDefined {
  std::string Symbol;
  /// In linking order: the first copy prevails.
  std::vector<std::string> Modules;
};

/// The global analysis of all modules; read-only afterwards, and shared by all threads.
///
/// Mirrors `LLVMRustThinLTOData` (PassWrapper.cpp, 1.9x), which rustc holds as `ThinData` and frees
/// with `LLVMRustFreeThinLTOData`.
struct ThinLtoData {
  llvm::ModuleSummaryIndex Index{/*HaveGVs=*/false};
  /// Every module by name, for the importer.
  llvm::StringMap<llvm::MemoryBufferRef> ModuleMap;
  llvm::DenseSet<llvm::GlobalValue::GUID> PreservedGuids;
  compat::ImportLists ImportLists;
  llvm::DenseMap<llvm::StringRef, llvm::FunctionImporter::ExportSetTy> ExportLists;
  llvm::DenseMap<llvm::StringRef, llvm::GVSummaryMapTy> DefinedSummaries;
  llvm::StringMap<std::map<llvm::GlobalValue::GUID, llvm::GlobalValue::LinkageTypes>> ResolvedOdr;
  /// In the order of their names.
  std::vector<MultiplyDefined> DefinedTwice;
  /// By symbol with several copies: the one that a linker would keep.
  llvm::DenseMap<llvm::GlobalValue::GUID, const llvm::GlobalValueSummary *> PrevailingCopies;
  /// What the summaries' linkages were when imports were computed, where they changed afterwards.
  llvm::DenseMap<const llvm::GlobalValueSummary *, llvm::GlobalValue::LinkageTypes>
      LinkagesAtImport;

  bool isPrevailing(llvm::GlobalValue::GUID Symbol, const llvm::GlobalValueSummary *Copy) const;
  llvm::GlobalValue::LinkageTypes linkageAtImport(const llvm::GlobalValueSummary *Copy) const;
  const llvm::GVSummaryMapTy &definedSummaries(llvm::StringRef ModuleId) const;
  const llvm::FunctionImporter::ExportSetTy &exportList(llvm::StringRef ModuleId) const;

private:
  /// For modules that define or export nothing.
  const llvm::GVSummaryMapTy NoSummaries;
  const llvm::FunctionImporter::ExportSetTy NoExports;
};

/// How much a module imports, and how many instructions its passes get.
struct ModuleFigures {
  /// Functions and globals that it imports.
  size_t Imports = 0;
  /// Of its own functions that are not dead.
  uint64_t Instructions = 0;
  /// Of the functions that it imports.
  uint64_t ImportedInstructions = 0;
};

/// Adds up the instruction counts of the summaries, which are those before LTO.
ModuleFigures figuresOf(const ThinLtoData &Data, llvm::StringRef ModuleId);

/// Merges the modules' summaries and analyses them: dead symbols, prevailing copies, imports and
/// exports, linkages.
///
/// Mirrors `LLVMRustCreateThinLTOData` (PassWrapper.cpp, 1.9x). Modules must outlive the result.
/// Errors: PrepareThinLtoContext (also for bitcode without a summary), DuplicateModule (LLVM would
/// silently merge two modules with the same name), Cancelled.
llvm::Expected<std::unique_ptr<ThinLtoData>>
createThinLtoData(llvm::ArrayRef<LtoModule> Modules, llvm::ArrayRef<std::string> Preserved,
                  const support::RunControl &Control);

/// LLVM's cache key of one module: 40 upper-case hex digits.
///
/// Mirrors `LLVMRustComputeLTOCacheKey` (PassWrapper.cpp, 1.9x).
std::string computeThinLtoCacheKey(const ThinLtoData &Data, llvm::StringRef ModuleId);

} // namespace lto_inspector::rustc
