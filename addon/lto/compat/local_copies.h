//===- local_copies.h - Local symbols with one name in several modules ----===//
#pragma once

#include "lto/compat/series.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/IR/GlobalValue.h"

namespace lto_inspector::compat {

/// Whether a variable is not imported because it is a local one of another module than the one that
/// refers to it. Since LLVM 20 the only copy of a local variable is imported from wherever it is.
///
/// Mirrors `shouldSkipLocalInAnotherModule` (FunctionImport.cpp, 20 to 23) and `LocalNotInModule`
/// (19).
inline bool skipsLocalOfAnotherModule(llvm::GlobalValue::LinkageTypes Linkage,
                                      llvm::StringRef DefinedIn, [[maybe_unused]] size_t Copies,
                                      llvm::StringRef ReferredToIn) {
#if LLVM_VERSION_MAJOR >= 20
  if (Copies == 1)
    return false;
#endif
  return llvm::GlobalValue::isLocalLinkage(Linkage) && DefinedIn != ReferredToIn;
}

} // namespace lto_inspector::compat
