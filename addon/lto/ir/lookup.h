//===- lookup.h - Functions by the names that users type ------------------===//
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"

namespace lto_inspector::ir {

/// Finds the function that the user names: by its symbol, its symbol without `.llvm.<n>`, its
/// readable name, the end of its readable path (`sum` for `demo::sum`), and finally by part of
/// either name. The first of these with a match decides; among several matches, a single definition
/// wins.
///
/// Error: UnknownFunction, which lists the candidates if there are several, or similar names.
llvm::Expected<llvm::Function *> findFunction(llvm::Module &M, llvm::StringRef Query);

} // namespace lto_inspector::ir
