//===- value_symbol_table.h - Inside LLVM's table of a function's names ---===//
//
// The hash table in which LLVM keeps the names of a function's values, as LLVM 22 has it. LLVM
// gives no access to what stands here, and may change it in any series.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/IR/ValueSymbolTable.h"
#include <optional>
#include <vector>

namespace lto_inspector::compat {

/// The number behind the last name that was made unique by one. Making names until it is reached
/// would leave traces in the hash table, whose order shows in bitcode.
uint32_t &lastUnique(llvm::ValueSymbolTable &Table);

/// The table begins with so many buckets, and has twice as many once three quarters are taken
/// (`StringMapImpl::RehashTable`, llvm/lib/Support/StringMap.cpp, LLVM 22).
inline constexpr uint32_t FirstBuckets = 16;

/// Gives up all names, and makes room for as many buckets.
void makeEmpty(llvm::ValueSymbolTable &Table, uint32_t Buckets);

/// The order in which names have to be put into an empty hash table to end up in the order
/// that they have.
///
/// Mirrors `StringMapImpl::LookupBucketFor` (llvm/lib/Support/StringMap.cpp, LLVM 22).
/// @param Hashes of the names, in the order of their buckets
/// @param Buckets a power of two
/// @returns indices into Hashes; none: a table of this size has no such order
std::optional<std::vector<size_t>> insertionOrder(llvm::ArrayRef<uint32_t> Hashes,
                                                  uint32_t Buckets);

} // namespace lto_inspector::compat
