//===- digest.h - Digests of types, attributes and metadata ---------------===//
//
// Digests of types, attribute lists and metadata nodes by content: they do not depend on numbers,
// addresses or the order of traversal.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Attributes.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Type.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/xxhash.h"
#include <string>
#include <type_traits>

namespace lto_inspector::ir {

/// Bytes to hash. Strings are written with their length, so that two different sequences never have
/// the same bytes.
class DigestStream {
public:
  template <typename T>
    requires std::is_integral_v<T> || std::is_enum_v<T>
  void add(T Value) {
    char Raw[8];
    llvm::support::endian::write64le(Raw, static_cast<uint64_t>(Value));
    Bytes.append(Raw, Raw + sizeof(Raw));
  }

  void add(llvm::StringRef Text) {
    add(Text.size());
    Bytes.append(Text.begin(), Text.end());
  }

  uint64_t hash64() const { return llvm::xxh3_64bits(view()); }

  /// 32 hex digits.
  std::string hash128() const;

private:
  llvm::ArrayRef<uint8_t> view() const {
    return {reinterpret_cast<const uint8_t *>(Bytes.data()), Bytes.size()};
  }

  llvm::SmallVector<char, 256> Bytes;
};

/// Digests of the types, attributes and metadata of one context, each computed once. Create it
/// after parsing the module: it reads the names of metadata kinds and synchronisation scopes once.
class DigestCache {
public:
  explicit DigestCache(llvm::LLVMContext &Context);

  uint64_t type(llvm::Type *T);
  uint64_t attributes(llvm::AttributeList List);

  /// Content of a metadata node. Of debug info, only what the reference itself shows (line, column,
  /// scopes, inlining, name) and not the types and units behind it, which would make every function
  /// depend on the whole crate.
  uint64_t node(const llvm::MDNode *Node);

  /// Of the content of an array. LLVM can free it with the global that contains it: see forgetData.
  uint64_t data(const llvm::ConstantDataSequential &Data);
  /// To be called after globals were deleted.
  void forgetData() { Arrays.clear(); }

  llvm::StringRef kindName(unsigned Kind) const { return KindNames[Kind]; }
  llvm::StringRef syncScopeName(unsigned Id) const { return SyncScopes[Id]; }

private:
  uint64_t computeType(llvm::Type *T);
  uint64_t visitNode(const llvm::MDNode *Node, unsigned &Lowest);
  void writeNode(const llvm::MDNode *Node, DigestStream &Out, unsigned &Lowest);
  void writeOperand(const llvm::Metadata *Operand, DigestStream &Out, unsigned &Lowest);
  bool writeDebugNode(const llvm::MDNode *Node, DigestStream &Out, unsigned &Lowest);

  llvm::SmallVector<llvm::StringRef, 64> KindNames;
  llvm::SmallVector<llvm::StringRef, 8> SyncScopes;
  llvm::DenseMap<llvm::Type *, uint64_t> Types;
  llvm::DenseMap<void *, uint64_t> Attributes;
  llvm::DenseMap<const llvm::ConstantDataSequential *, uint64_t> Arrays;
  llvm::DenseMap<const llvm::MDNode *, uint64_t> Nodes;
  /// Nodes on the path from the requested node to the current one, with their depth.
  llvm::DenseMap<const llvm::MDNode *, unsigned> Path;
};

} // namespace lto_inspector::ir
