//===- cfi_functions.h - Functions that control-flow integrity knows ------===//
#pragma once

#include "lto/compat/guids.h"
#include "lto/compat/series.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/IR/GlobalValue.h"

namespace lto_inspector::compat {

/// The GUIDs of the index's `cfiFunctionDefs()` or `cfiFunctionDecls()`: a set of names until LLVM
/// 20, a class of its own since, which since LLVM 23 holds their GUIDs.
template <typename CfiFunctions>
llvm::DenseSet<llvm::GlobalValue::GUID> guidsOfCfi(const CfiFunctions &Functions) {
  llvm::DenseSet<llvm::GlobalValue::GUID> Guids;
  [[maybe_unused]] auto Add = [&](llvm::StringRef Name) {
    Guids.insert(guidOfName(llvm::GlobalValue::dropLLVMManglingEscape(Name)));
  };
#if LLVM_VERSION_MAJOR < 21
  for (llvm::StringRef Name : Functions)
    Add(Name);
#elif LLVM_VERSION_MAJOR < 23
  for (llvm::StringRef Name : Functions.symbols())
    Add(Name);
#else
  for (llvm::GlobalValue::GUID Guid : Functions.getExportedThinLTOGUIDs())
    Guids.insert(Guid);
#endif
  return Guids;
}

} // namespace lto_inspector::compat
