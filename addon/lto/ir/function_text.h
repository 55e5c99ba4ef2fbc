//===- function_text.h - One function with what it mentions ---------------===//
#pragma once

#include "llvm/IR/Function.h"
#include "llvm/Support/raw_ostream.h"

namespace lto_inspector::ir {

/// Prints a function whose body is in memory, and beside it the named types, globals and functions
/// that it mentions (their bodies left out, long initialisers cut), the attribute groups, and the
/// metadata: all that is no debug info, and of debug info the locations with their scopes, the
/// local variables and the labels. Numbers are those of the module.
void printFunction(const llvm::Function &F, llvm::raw_ostream &OS);

} // namespace lto_inspector::ir
