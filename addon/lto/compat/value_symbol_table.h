//===- value_symbol_table.h - Inside LLVM's table of a function's names ---===//
//
// The hash table in which LLVM 19 to 23 keep the names of a function's values. LLVM gives no access
// to these internals, and may change them in any series.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/IR/ValueSymbolTable.h"
#include <optional>
#include <vector>

namespace lto_inspector::compat {

/// The number in the last name that was made unique with one. Making names until this number is
/// reached would leave traces in the hash table, whose order shows in bitcode.
uint32_t &lastUnique(llvm::ValueSymbolTable &Table);

/// The table's first number of buckets, which doubles once three quarters are taken
/// (`StringMapImpl::RehashTable`, llvm/lib/Support/StringMap.cpp, LLVM 19 to 23).
inline constexpr uint32_t FirstBuckets = 16;

/// Removes all names, and allocates this many buckets.
void makeEmpty(llvm::ValueSymbolTable &Table, uint32_t Buckets);

/// The order in which to insert names into an empty hash table so that they end up in their
/// present order.
///
/// Mirrors `StringMapImpl::LookupBucketFor` (llvm/lib/Support/StringMap.cpp, LLVM 19 to 23).
/// @param Hashes of the names, in the order of their buckets
/// @param Buckets a power of two
/// @returns indices into Hashes; none: a table of this size has no such order
std::optional<std::vector<size_t>> insertionOrder(llvm::ArrayRef<uint32_t> Hashes,
                                                  uint32_t Buckets);

} // namespace lto_inspector::compat
