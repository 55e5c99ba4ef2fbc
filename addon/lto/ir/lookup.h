//===- lookup.h - Functions by the names that people type -----------------===//
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"

namespace lto_inspector::ir {

/// Finds the one function that the user means: by its symbol, its symbol without `.llvm.<n>`, its
/// readable name, the end of its readable path (`sum` for `demo::sum`), and at last by a part of
/// either. The first of these that anything answers to decides; of several answers the only
/// definition is taken.
///
/// Error: UnknownFunction, which lists the candidates when there are several, or names that look
/// alike.
llvm::Expected<llvm::Function *> findFunction(llvm::Module &M, llvm::StringRef Query);

} // namespace lto_inspector::ir
