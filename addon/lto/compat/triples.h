//===- triples.h - Target triples, as text or as objects ------------------===//
//
// Until LLVM 20 a module's triple is a std::string, and targets are found and target machines made
// by a triple's text. Since LLVM 21 they all take an llvm::Triple; LLVM 23 dropped what took text.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/compat/series.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/TargetParser/Triple.h"
#include <string>

namespace lto_inspector::compat {

inline llvm::Triple tripleOf(const llvm::Module &M) { return llvm::Triple(M.getTargetTriple()); }

#if LLVM_VERSION_MAJOR < 21
inline const std::string &asLlvmTakesIt(const llvm::Triple &T) { return T.str(); }
#else
inline const llvm::Triple &asLlvmTakesIt(const llvm::Triple &T) { return T; }
#endif

/// @returns null, with LLVM's words in Why: the library cannot compile for the triple
inline const llvm::Target *lookupTarget(const llvm::Triple &T, std::string &Why) {
  return llvm::TargetRegistry::lookupTarget(asLlvmTakesIt(T), Why);
}

} // namespace lto_inspector::compat
