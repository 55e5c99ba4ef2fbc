#include "lto/rustc/symbol_tables.h"

#include "lto/compat/value_symbol_table.h"
#include "lto/llvm/bitstream.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/LLVMBitCodes.h"

using namespace llvm;

namespace lto_inspector::rustc {

using namespace support;
using namespace compat;

namespace {
/// A cursor over the blocks of a bitcode file.
class NameReader {
public:
  explicit NameReader(StringRef Buffer) : Stream(Buffer) {}

  Expected<std::vector<std::vector<std::string>>> read();

private:
  Error abbreviations();
  Error function();
  Error symbolTable();

  BitstreamCursor Stream;
  BitstreamBlockInfo BlockInfo;
  std::vector<std::vector<std::string>> Names;
};
} // namespace

Error NameReader::symbolTable() {
  if (Error E = Stream.EnterSubBlock(bitc::VALUE_SYMTAB_BLOCK_ID))
    return E;
  auto OnRecord = [&](unsigned Code, ArrayRef<uint64_t> Values) {
    if ((Code != bitc::VST_CODE_ENTRY && Code != bitc::VST_CODE_BBENTRY) || Values.empty())
      return Error::success();
    // The value's number comes first.
    std::string &Name = Names.back().emplace_back();
    for (uint64_t Character : Values.drop_front())
      Name.push_back(static_cast<char>(Character));
    return Error::success();
  };
  return walkBlock(Stream, {/*OnBlock=*/nullptr, OnRecord});
}

Error NameReader::function() {
  if (Error E = Stream.EnterSubBlock(bitc::FUNCTION_BLOCK_ID))
    return E;
  Names.emplace_back();
  auto OnBlock = [&](unsigned Id) {
    return Id == bitc::VALUE_SYMTAB_BLOCK_ID ? symbolTable() : Stream.SkipBlock();
  };
  return walkBlock(Stream, {OnBlock, /*OnRecord=*/nullptr});
}

Error NameReader::abbreviations() {
  Expected<std::optional<BitstreamBlockInfo>> Info = Stream.ReadBlockInfoBlock();
  if (!Info)
    return Info.takeError();
  if (!*Info)
    return createStringError("malformed block");
  BlockInfo = std::move(**Info);
  Stream.setBlockInfo(&BlockInfo);
  return Error::success();
}

Expected<std::vector<std::vector<std::string>>> NameReader::read() {
  Expected<bool> Entered = enterFirstBlock(Stream, bitc::MODULE_BLOCK_ID);
  if (!Entered)
    return Entered.takeError();
  auto OnBlock = [&](unsigned Id) -> Error {
    if (Id == bitc::FUNCTION_BLOCK_ID)
      return function();
    return Id == bitc::BLOCKINFO_BLOCK_ID ? abbreviations() : Stream.SkipBlock();
  };
  if (*Entered)
    if (Error E = walkBlock(Stream, {OnBlock, /*OnRecord=*/nullptr}))
      return E;
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

static bool isInOrder(const ValueSymbolTable &Table, ArrayRef<std::string> Names) {
  return equal(Table, Names, [](const ValueName &Entry, const std::string &Name) {
    return Entry.getKey() == Name;
  });
}

static void fill(ValueSymbolTable &Table, ArrayRef<Value *> Values, ArrayRef<std::string> Names,
                 ArrayRef<size_t> Order, uint32_t Buckets) {
  for (Value *V : Values)
    V->setName("");
  // Removed names leave traces in a table, so start with an empty one.
  makeEmpty(Table, Buckets);
  for (size_t Name : Order)
    Values[Name]->setName(Names[Name]);
}

/// How often a table may have grown because of names that were removed.
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

} // namespace lto_inspector::rustc
