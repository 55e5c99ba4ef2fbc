//===- function_text.h - One function with what it mentions ---------------===//
#pragma once

#include "llvm/IR/Function.h"
#include "llvm/Support/raw_ostream.h"

namespace lto_inspector::ir {

/// Prints a function whose body is in memory, with everything that it refers to: named types,
/// globals and functions (without bodies, and with long initialisers truncated), attribute groups,
/// and metadata. Of debug info, only locations with their scopes, local variables and labels.
/// Numbers are those of the module.
void printFunction(const llvm::Function &F, llvm::raw_ostream &OS);

} // namespace lto_inspector::ir
