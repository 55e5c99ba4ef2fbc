//===- guids.h - The GUIDs of globals -------------------------------------===//
#pragma once

#include "lto/compat/series.h"
#include "llvm/IR/GlobalValue.h"

namespace lto_inspector::compat {

/// The GUID that an external global of this name has, or any global of this identifier
/// (`getGlobalIdentifier`). Called `getGUID` until LLVM 20.
inline llvm::GlobalValue::GUID guidOfName(llvm::StringRef Name) {
#if LLVM_VERSION_MAJOR < 21
  return llvm::GlobalValue::getGUID(Name);
#else
  return llvm::GlobalValue::getGUIDAssumingExternalLinkage(Name);
#endif
}

} // namespace lto_inspector::compat
