#include "lto/rustc/symbol_tables.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/LLVMBitCodes.h"
#include "llvm/Bitstream/BitstreamReader.h"
#include "llvm/IR/ValueSymbolTable.h"

using namespace llvm;

namespace lto_inspector {

namespace {
using NameTable = ValueSymbolTable::ValueMap;

NameTable &namesOf(ValueSymbolTable &Table);

/// LLVM gives no other access. An explicit instantiation may name a private member.
template <NameTable ValueSymbolTable::*Member> struct NamesOf {
  friend NameTable &namesOf(ValueSymbolTable &Table) { return Table.*Member; }
};
template struct NamesOf<&ValueSymbolTable::vmap>;

/// Where names stand in a hash table, found from their order alone.
class BucketPlan {
public:
  BucketPlan(ArrayRef<uint32_t> Hashes, uint32_t Buckets)
      : Hashes(Hashes), Buckets(Buckets), Owner(Buckets, None) {}

  std::optional<std::vector<size_t>> order();

private:
  static constexpr size_t None = ~size_t(0);
  /// How often a choice may be taken back.
  static constexpr size_t MostSteps = 1 << 16;

  uint64_t home(size_t Name) const { return Hashes[Name] & (Buckets - 1); }
  /// Puts every name into a bucket, if that is possible.
  bool placeAll();
  /// The first free bucket that a name comes to, before or after it went round the end of the
  /// table; none: it cannot stand behind the names before it.
  std::optional<uint64_t> place(size_t Name, uint64_t Next, bool Wrapped) const;
  /// Whether all buckets that a name passed by are taken by names that Placed has.
  bool passes(size_t Name, ArrayRef<bool> Placed) const;

  ArrayRef<uint32_t> Hashes;
  uint32_t Buckets;
  /// By bucket.
  std::vector<size_t> Owner;
};

/// A cursor over the blocks of a bitcode file.
class NameReader {
public:
  explicit NameReader(StringRef Buffer) : Stream(Buffer) {}

  Expected<std::vector<std::vector<std::string>>> read();

private:
  /// Calls OnBlock for every block inside of the one that was entered, with its id.
  template <typename Function> Error blocks(Function OnBlock);
  Error module();
  Error function();
  Error symbolTable();

  BitstreamCursor Stream;
  BitstreamBlockInfo BlockInfo;
  std::vector<std::vector<std::string>> Names;
};
} // namespace

std::optional<uint64_t> BucketPlan::place(size_t Name, uint64_t Next, bool Wrapped) const {
  uint64_t Bucket = home(Name);
  for (uint64_t Step = 1; Step <= Buckets; Bucket += Step++) {
    // What stands before the end of the table is looked at when everything has its place.
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
  for (uint64_t Step = 1; Step <= Buckets; Bucket += Step++) {
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

template <typename Function> Error NameReader::blocks(Function OnBlock) {
  while (true) {
    Expected<BitstreamEntry> Entry = Stream.advance();
    if (!Entry)
      return Entry.takeError();
    switch (Entry->Kind) {
    case BitstreamEntry::Error:
      return createStringError("malformed block");
    case BitstreamEntry::EndBlock:
      return Error::success();
    case BitstreamEntry::SubBlock:
      if (Error E = OnBlock(Entry->ID))
        return E;
      break;
    case BitstreamEntry::Record:
      if (Expected<unsigned> Skipped = Stream.skipRecord(Entry->ID); !Skipped)
        return Skipped.takeError();
      break;
    }
  }
}

Error NameReader::symbolTable() {
  if (Error E = Stream.EnterSubBlock(bitc::VALUE_SYMTAB_BLOCK_ID))
    return E;
  while (true) {
    Expected<BitstreamEntry> Entry = Stream.advanceSkippingSubblocks();
    if (!Entry)
      return Entry.takeError();
    if (Entry->Kind == BitstreamEntry::EndBlock)
      return Error::success();
    if (Entry->Kind != BitstreamEntry::Record)
      return createStringError("malformed block");
    SmallVector<uint64_t, 64> Record;
    Expected<unsigned> Code = Stream.readRecord(Entry->ID, Record);
    if (!Code)
      return Code.takeError();
    if ((*Code != bitc::VST_CODE_ENTRY && *Code != bitc::VST_CODE_BBENTRY) || Record.empty())
      continue;
    // The value's number comes first.
    std::string &Name = Names.back().emplace_back();
    for (uint64_t Character : drop_begin(Record))
      Name.push_back(static_cast<char>(Character));
  }
}

Error NameReader::function() {
  if (Error E = Stream.EnterSubBlock(bitc::FUNCTION_BLOCK_ID))
    return E;
  Names.emplace_back();
  return blocks([&](unsigned Id) {
    return Id == bitc::VALUE_SYMTAB_BLOCK_ID ? symbolTable() : Stream.SkipBlock();
  });
}

Error NameReader::module() {
  if (Error E = Stream.EnterSubBlock(bitc::MODULE_BLOCK_ID))
    return E;
  return blocks([&](unsigned Id) -> Error {
    if (Id == bitc::FUNCTION_BLOCK_ID)
      return function();
    if (Id != bitc::BLOCKINFO_BLOCK_ID)
      return Stream.SkipBlock();
    Expected<std::optional<BitstreamBlockInfo>> Info = Stream.ReadBlockInfoBlock();
    if (!Info)
      return Info.takeError();
    if (!*Info)
      return createStringError("malformed block");
    BlockInfo = std::move(**Info);
    Stream.setBlockInfo(&BlockInfo);
    return Error::success();
  });
}

Expected<std::vector<std::vector<std::string>>> NameReader::read() {
  while (!Stream.AtEndOfStream()) {
    Expected<BitstreamEntry> Entry = Stream.advance();
    if (!Entry)
      return Entry.takeError();
    if (Entry->Kind != BitstreamEntry::SubBlock)
      return createStringError("malformed block");
    if (Entry->ID == bitc::MODULE_BLOCK_ID) {
      if (Error E = module())
        return E;
      return std::move(Names);
    }
    if (Error E = Stream.SkipBlock())
      return E;
  }
  return std::move(Names);
}

Expected<std::vector<std::vector<std::string>>> namesInFile(MemoryBufferRef Bitcode) {
  Expected<std::vector<BitcodeModule>> Modules = getBitcodeModuleList(Bitcode);
  if (!Modules)
    return Modules.takeError();
  if (Modules->size() != 1)
    return createStringError("Expected a single module");
  return NameReader(Modules->front().getBuffer()).read();
}

/// A table of this many buckets, as StringMap makes one for a number of entries.
static NameTable emptyTable(uint32_t Buckets) { return NameTable(Buckets * 3 / 8); }

static bool isInOrder(const ValueSymbolTable &Table, ArrayRef<std::string> Names) {
  return equal(Table, Names, [](const ValueName &Entry, const std::string &Name) {
    return Entry.getKey() == Name;
  });
}

static void fill(ValueSymbolTable &Table, ArrayRef<Value *> Values, ArrayRef<std::string> Names,
                 ArrayRef<size_t> Order, uint32_t Buckets) {
  for (Value *V : Values)
    V->setName("");
  // Removed names leave traces in a table; an empty one has none.
  namesOf(Table) = emptyTable(Buckets);
  for (size_t Name : Order)
    Values[Name]->setName(Names[Name]);
}

/// StringMap begins with so many buckets, and has twice as many once three quarters are taken.
static constexpr uint32_t FirstBuckets = 16;

/// How often a table may have grown for names that are gone.
static constexpr unsigned MostGrowth = 3;

static bool restore(Function &F, ArrayRef<std::string> Names) {
  ValueSymbolTable *Table = F.getValueSymbolTable();
  if (!Table)
    return Names.empty();
  if (Table->size() != Names.size())
    return false;
  std::vector<uint32_t> Hashes;
  std::vector<Value *> Values;
  for (const std::string &Name : Names) {
    Hashes.push_back(StringMapImpl::hash(Name));
    Values.push_back(Table->lookup(Name));
    if (!Values.back())
      return false;
  }
  uint32_t Buckets = FirstBuckets;
  while (uint64_t(Names.size()) * 4 > uint64_t(Buckets) * 3)
    Buckets *= 2;
  for (unsigned Growth = 0; Growth < MostGrowth; ++Growth, Buckets *= 2) {
    std::optional<std::vector<size_t>> Order = insertionOrder(Hashes, Buckets);
    if (!Order)
      continue;
    fill(*Table, Values, Names, *Order, Buckets);
    return isInOrder(*Table, Names);
  }
  return false;
}

Expected<size_t> restoreSymbolTables(Module &M, MemoryBufferRef Bitcode) {
  Expected<std::vector<std::vector<std::string>>> Names = namesInFile(Bitcode);
  if (!Names)
    return Names.takeError();
  size_t Next = 0, Failed = 0;
  for (Function &F : M) {
    if (F.isDeclaration())
      continue;
    if (Next == Names->size())
      return Failed + 1;
    Failed += !restore(F, (*Names)[Next++]);
  }
  return Failed;
}

} // namespace lto_inspector
