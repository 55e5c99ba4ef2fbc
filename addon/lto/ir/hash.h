//===- hash.h - Hashes of functions for comparisons by function -----------===//
//
// llvm::StructuralHash (LLVM 22) is made for quick checks inside one compiler run: it leaves out
// alignments, flags, orderings, attributes, case values, masks and more, so that two functions that
// the user would call different can be equal to it. These hashes leave nothing of the code out.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/ir/digest.h"
#include "llvm/IR/Function.h"
#include <string>

namespace lto_inspector::ir {

/// Hashes of one function, 32 hex digits each. Equal ones stay equal across files, contexts and
/// runs.
struct FunctionHashes {
  /// The instructions: everything but numbering, names of locals, debug info and metadata. Empty
  /// for a declaration.
  std::string Code;
  /// What stands before the body: type, linkage, visibility, attributes, section, personality and
  /// the like, but not the name.
  std::string Header;
  /// Everything that the function's text shows, with stable numbering: header, code, names of
  /// locals, metadata and debug info.
  std::string Text;
};

/// Hashes a function whose body is in memory. Use one cache for all functions of a context.
FunctionHashes hashFunction(const llvm::Function &F, DigestCache &Digests);

/// Hash of one instruction, 32 hex digits, that stays equal when others come or go before it: what
/// it takes from other instructions counts by their opcode and type, a block by nothing.
std::string hashInstruction(const llvm::Instruction &I, DigestCache &Digests);

} // namespace lto_inspector::ir
