//===- summary_lists.h - A symbol's summaries in the index ----------------===//
#pragma once

#include "lto/compat/series.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/IR/ModuleSummaryIndex.h"
#include <memory>

namespace lto_inspector::compat {

/// Every copy of a symbol that the index knows. A field until LLVM 21, private since.
inline llvm::ArrayRef<std::unique_ptr<llvm::GlobalValueSummary>>
summariesOf(const llvm::GlobalValueSummaryInfo &Info) {
#if LLVM_VERSION_MAJOR < 22
  return Info.SummaryList;
#else
  return Info.getSummaryList();
#endif
}

} // namespace lto_inspector::compat
