//===- hash.h - Hashes of functions for comparisons by function -----------===//
//
// llvm::StructuralHash (LLVM 22) is for quick checks inside one compiler run: it leaves out
// alignments, flags, orderings, attributes, case values, masks and more, so functions that a user
// would call different can have equal hashes. These hashes leave out nothing of the code.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/ir/digest.h"
#include "llvm/IR/Function.h"
#include <string>

namespace lto_inspector::ir {

/// Hashes of one function, 32 hex digits each. Equal hashes stay equal across files, contexts and
/// runs.
struct FunctionHashes {
  /// The instructions: everything but numbering, names of locals, debug info and metadata. Empty
  /// for a declaration.
  std::string Code;
  /// What precedes the body: type, linkage, visibility, attributes, section, personality and so on,
  /// but not the name.
  std::string Header;
  /// Everything that the function's text shows, with stable numbering: header, code, names of
  /// locals, metadata and debug info, but not the function's GUID, which says nothing about it that
  /// its name does not say.
  std::string Text;
};

/// Hashes a function whose body is in memory. Use one cache for all functions of a context.
FunctionHashes hashFunction(const llvm::Function &F, DigestCache &Digests);

/// FunctionHashes::Code alone.
std::string hashCode(const llvm::Function &F, DigestCache &Digests);

/// Numbers that differ where FunctionHashes::Code and FunctionHashes::Header do.
struct ShortHashes {
  uint64_t Code = 0;
  uint64_t Header = 0;

  friend bool operator==(const ShortHashes &, const ShortHashes &) = default;
};

/// Takes less time than the others, but needs DigestCache::forgetData.
ShortHashes shortHashes(const llvm::Function &F, DigestCache &Digests);

/// Hashes of some of a function's blocks.
struct BlockHashes {
  /// Values from elsewhere in the function count by the order in which they are referred to, so
  /// that the hash is the same in every replay.
  uint64_t Content = 0;
  /// The same with these values by address: differs if the code does.
  uint64_t WithAddresses = 0;
};

/// As shortHashes, in the order of Blocks.
BlockHashes hashBlocks(llvm::ArrayRef<const llvm::BasicBlock *> Blocks, DigestCache &Digests);

/// Hash of one instruction, 32 hex digits, that does not change when others are added or removed
/// before it: operands from other instructions count by opcode and type, and blocks do not count.
std::string hashInstruction(const llvm::Instruction &I, DigestCache &Digests);

} // namespace lto_inspector::ir
