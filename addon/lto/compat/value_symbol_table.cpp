#include "lto/compat/value_symbol_table.h"

#include "lto/compat/series.h"
#include "llvm/ADT/StringMap.h"
#include <memory>

using namespace llvm;

namespace lto_inspector::compat {

namespace {
using NameTable = ValueSymbolTable::ValueMap;

NameTable &namesOf(ValueSymbolTable &Table);
uint32_t &lastUniqueOf(ValueSymbolTable &Table);

/// Uses the rule that an explicit instantiation may name a private member.
template <NameTable ValueSymbolTable::*Member> struct NamesOf {
  friend NameTable &namesOf(ValueSymbolTable &Table) { return Table.*Member; }
};
template struct NamesOf<&ValueSymbolTable::vmap>;

template <uint32_t ValueSymbolTable::*Member> struct LastUniqueOf {
  friend uint32_t &lastUniqueOf(ValueSymbolTable &Table) { return Table.*Member; }
};
template struct LastUniqueOf<&ValueSymbolTable::LastUnique>;

/// How far a name moves on when a bucket is taken, the Step-th time: up to LLVM 22 further each
/// time, since LLVM 23 to the next bucket, so that removing a name leaves no trace.
constexpr uint64_t probeStep([[maybe_unused]] uint64_t Step) {
#if LLVM_VERSION_MAJOR < 23
  return Step;
#else
  return 1;
#endif
}

/// Reconstructs the buckets of names in a hash table from their order.
class BucketPlan {
public:
  BucketPlan(ArrayRef<uint32_t> Hashes, uint32_t Buckets)
      : Hashes(Hashes), Buckets(Buckets), Owner(Buckets, None) {}

  std::optional<std::vector<size_t>> order();

private:
  static constexpr size_t None = ~size_t(0);
  /// The most backtracking steps.
  static constexpr size_t MostSteps = 1 << 16;

  uint64_t home(size_t Name) const { return Hashes[Name] & (Buckets - 1); }
  /// Puts every name into a bucket, if that is possible.
  bool placeAll();
  /// The first free bucket for a name, before or after it wrapped around the end of the table;
  /// none: it cannot follow the previous names.
  std::optional<uint64_t> place(size_t Name, uint64_t Next, bool Wrapped) const;
  /// Whether all buckets that a name skipped are taken by names in Placed.
  bool passes(size_t Name, ArrayRef<bool> Placed) const;

  ArrayRef<uint32_t> Hashes;
  uint32_t Buckets;
  /// By bucket.
  std::vector<size_t> Owner;
};
} // namespace

uint32_t &lastUnique(ValueSymbolTable &Table) { return lastUniqueOf(Table); }

/// A table with this many buckets, like StringMap's for a number of entries.
static NameTable emptyTable(uint32_t Buckets) { return NameTable(Buckets * 3 / 8); }

void makeEmpty(ValueSymbolTable &Table, uint32_t Buckets) { namesOf(Table) = emptyTable(Buckets); }

std::optional<uint64_t> BucketPlan::place(size_t Name, uint64_t Next, bool Wrapped) const {
  uint64_t Bucket = home(Name);
  for (uint64_t Step = 1; Step <= Buckets; Bucket += probeStep(Step++)) {
    // Buckets before the end of the table are checked when everything has its place.
    if (Wrapped && Bucket < Buckets)
      continue;
    if (!Wrapped && Bucket >= Buckets)
      return std::nullopt;
    uint64_t At = Bucket & (Buckets - 1);
    if (Owner[At] != None)
      continue;
    return At < Next ? std::nullopt : std::optional<uint64_t>(At);
  }
  return std::nullopt;
}

bool BucketPlan::placeAll() {
  struct Choice {
    uint64_t Bucket = 0;
    unsigned Tried = 0;
  };
  std::vector<Choice> Choices(Hashes.size());
  size_t Steps = 0;
  for (size_t Name = 0; Name < Hashes.size();) {
    Choice &Mine = Choices[Name];
    if (++Steps > MostSteps + Hashes.size())
      return false;
    if (Mine.Tried == 2) {
      Mine.Tried = 0;
      if (Name-- == 0)
        return false;
      Owner[Choices[Name].Bucket] = None;
      continue;
    }
    uint64_t Next = Name == 0 ? 0 : Choices[Name - 1].Bucket + 1;
    bool Wrapped = Mine.Tried++ == 1;
    if (std::optional<uint64_t> Bucket = place(Name, Next, Wrapped)) {
      Owner[*Bucket] = Name;
      Mine.Bucket = *Bucket;
      ++Name;
    }
  }
  return true;
}

bool BucketPlan::passes(size_t Name, ArrayRef<bool> Placed) const {
  uint64_t Bucket = home(Name);
  for (uint64_t Step = 1; Step <= Buckets; Bucket += probeStep(Step++)) {
    size_t There = Owner[Bucket & (Buckets - 1)];
    if (There == Name)
      return true;
    if (There == None || !Placed[There])
      return false;
  }
  return false;
}

std::optional<std::vector<size_t>> BucketPlan::order() {
  if (!placeAll())
    return std::nullopt;
  std::vector<size_t> Order;
  auto Placed = std::make_unique<bool[]>(Hashes.size());
  ArrayRef<bool> PlacedNow(Placed.get(), Hashes.size());
  for (size_t Before = None; Order.size() < Hashes.size();) {
    if (Before == Order.size())
      return std::nullopt;
    Before = Order.size();
    for (size_t Name = 0; Name < Hashes.size(); ++Name) {
      if (Placed[Name] || !passes(Name, PlacedNow))
        continue;
      Placed[Name] = true;
      Order.push_back(Name);
    }
  }
  return Order;
}

std::optional<std::vector<size_t>> insertionOrder(ArrayRef<uint32_t> Hashes, uint32_t Buckets) {
  return BucketPlan(Hashes, Buckets).order();
}

} // namespace lto_inspector::compat
