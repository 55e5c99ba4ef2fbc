//===- import_lists.h - What modules import from one another --------------===//
//
// Until LLVM 19 a module's import list is a hash table of hash tables, by source module and by
// GUID. Since LLVM 20 it is one set of small numbers, which a table common to all lists resolves;
// reading it gives triples.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/compat/series.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/IR/ModuleSummaryIndex.h"
#include "llvm/Transforms/IPO/FunctionImport.h"
#include <vector>

namespace lto_inspector::compat {

/// The import lists of all modules, by module: what `ComputeCrossModuleImport` fills.
#if LLVM_VERSION_MAJOR < 20
using ImportLists = llvm::DenseMap<llvm::StringRef, llvm::FunctionImporter::ImportMapTy>;
#else
using ImportLists = llvm::FunctionImporter::ImportListsTy;
#endif

struct ImportEntry {
  llvm::StringRef From;
  llvm::GlobalValue::GUID Symbol;
  llvm::GlobalValueSummary::ImportKind Kind;
};

/// What a module imports, in the order in which LLVM's list has it.
inline std::vector<ImportEntry> entriesOf(const llvm::FunctionImporter::ImportMapTy &List) {
  std::vector<ImportEntry> Entries;
#if LLVM_VERSION_MAJOR < 20
  for (const auto &[From, Symbols] : List)
    for (const auto &[Symbol, Kind] : Symbols)
      Entries.push_back({From, Symbol, Kind});
#else
  for (const auto &[From, Symbol, Kind] : List)
    Entries.push_back({From, Symbol, Kind});
#endif
  return Entries;
}

} // namespace lto_inspector::compat
