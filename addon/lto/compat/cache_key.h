//===- cache_key.h - How LLVM is asked for a module's cache key -----------===//
//
// Until LLVM 19 `computeLTOCacheKey` writes into a buffer of its caller's; it takes functions of
// control-flow integrity as ordered sets in some series and as hashed ones in others. What it
// hashes is in key_components.h.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/compat/key_components.h"
#include "lto/compat/series.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/LTO/LTO.h"
#include <set>

namespace lto_inspector::compat {

/// A set of GUIDs, as whichever kind of set the series takes.
struct AnyGuidSet {
  const llvm::DenseSet<llvm::GlobalValue::GUID> &Guids;

  operator const llvm::DenseSet<llvm::GlobalValue::GUID> &() const { return Guids; }
  operator std::set<llvm::GlobalValue::GUID>() const { return {Guids.begin(), Guids.end()}; }
};

/// LLVM's own key: 40 upper-case hex digits. The version and revision of Inputs are not asked for:
/// LLVM has its own compiled in.
inline std::string llvmCacheKey(const KeyInputs &Inputs) {
#if LLVM_VERSION_MAJOR < 20
  llvm::SmallString<40> Key;
  llvm::computeLTOCacheKey(Key, Inputs.Conf, Inputs.Index, Inputs.ModuleId, Inputs.Imports,
                           Inputs.Exports, Inputs.ResolvedOdr, Inputs.Defined,
                           AnyGuidSet{Inputs.CfiDefs}, AnyGuidSet{Inputs.CfiDecls});
  return std::string(Key);
#else
  return llvm::computeLTOCacheKey(Inputs.Conf, Inputs.Index, Inputs.ModuleId, Inputs.Imports,
                                  Inputs.Exports, Inputs.ResolvedOdr, Inputs.Defined,
                                  AnyGuidSet{Inputs.CfiDefs}, AnyGuidSet{Inputs.CfiDecls});
#endif
}

} // namespace lto_inspector::compat
