#include "lto/llvm/symbol_names.h"

#include "lto/llvm/error.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/LLVMBitCodes.h"
#include "llvm/Bitstream/BitstreamReader.h"

using namespace llvm;

namespace lto_inspector {

namespace {

/// A record of a global: where its name stands in the string table, and the linkage as bitcode
/// encodes it.
struct GlobalRecord {
  uint64_t Offset;
  uint64_t Size;
  uint64_t Linkage;
};

struct ModuleRecords {
  std::string SourceFile;
  std::vector<GlobalRecord> Globals;
};

} // namespace

/// Where a record's linkage stands (BitcodeWriter.cpp, LLVM 22); none: the record is of no global.
static std::optional<unsigned> linkageField(unsigned Code) {
  switch (Code) {
  case bitc::MODULE_CODE_GLOBALVAR:
  case bitc::MODULE_CODE_FUNCTION:
  case bitc::MODULE_CODE_ALIAS:
  case bitc::MODULE_CODE_IFUNC:
    return 5;
  default:
    return std::nullopt;
  }
}

static Error readRecords(BitstreamCursor &Stream, ModuleRecords &Found) {
  SmallVector<uint64_t, 64> Record;
  while (true) {
    Expected<BitstreamEntry> Entry = Stream.advanceSkippingSubblocks();
    if (!Entry)
      return Entry.takeError();
    if (Entry->Kind == BitstreamEntry::EndBlock)
      return Error::success();
    if (Entry->Kind != BitstreamEntry::Record)
      return createStringError("malformed block");
    Record.clear();
    Expected<unsigned> Code = Stream.readRecord(Entry->ID, Record);
    if (!Code)
      return Code.takeError();
    if (*Code == bitc::MODULE_CODE_SOURCE_FILENAME)
      Found.SourceFile.assign(Record.begin(), Record.end());
    std::optional<unsigned> Linkage = linkageField(*Code);
    if (Linkage && Record.size() > *Linkage)
      Found.Globals.push_back({Record[0], Record[1], Record[*Linkage]});
  }
}

static Expected<ModuleRecords> readModule(ArrayRef<uint8_t> Bytes) {
  BitstreamCursor Stream(Bytes);
  ModuleRecords Found;
  while (!Stream.AtEndOfStream()) {
    Expected<BitstreamEntry> Entry = Stream.advance();
    if (!Entry)
      return Entry.takeError();
    if (Entry->Kind != BitstreamEntry::SubBlock)
      break;
    if (Entry->ID != bitc::MODULE_BLOCK_ID) {
      if (Error E = Stream.SkipBlock())
        return E;
      continue;
    }
    if (Error E = Stream.EnterSubBlock(bitc::MODULE_BLOCK_ID))
      return E;
    if (Error E = readRecords(Stream, Found))
      return E;
    return Found;
  }
  return Found;
}

/// Internal and private ones, as bitcode encodes them (`getDecodedLinkage`, BitcodeReader.cpp, 22).
static GlobalValue::LinkageTypes localOrExternal(uint64_t Encoded) {
  bool Local = Encoded == 3 || Encoded == 9 || Encoded == 13 || Encoded == 14;
  return Local ? GlobalValue::InternalLinkage : GlobalValue::ExternalLinkage;
}

Error SymbolNames::add(MemoryBufferRef Bitcode) {
  auto Fail = [&](Error E) {
    return wrapError(std::move(E), "ParseBitcode", "cannot read the names of the symbols", {},
                     Bitcode.getBufferIdentifier());
  };
  Expected<std::vector<BitcodeModule>> Modules = getBitcodeModuleList(Bitcode);
  if (!Modules)
    return Fail(Modules.takeError());
  for (const BitcodeModule &Module : *Modules) {
    StringRef Bytes = Module.getBuffer();
    Expected<ModuleRecords> Records = readModule(arrayRefFromStringRef(Bytes));
    if (!Records)
      return Fail(Records.takeError());
    for (const GlobalRecord &Global : Records->Globals) {
      if (Global.Offset + Global.Size > Module.getStrtab().size() || Global.Size == 0)
        continue;
      StringRef Name = Module.getStrtab().substr(Global.Offset, Global.Size);
      std::string Identifier = GlobalValue::getGlobalIdentifier(
          Name, localOrExternal(Global.Linkage), Records->SourceFile);
      Names.try_emplace(GlobalValue::getGUIDAssumingExternalLinkage(Identifier), Identifier);
    }
  }
  return Error::success();
}

std::string SymbolNames::nameOf(GlobalValue::GUID Symbol) const {
  auto Found = Names.find(Symbol);
  return Found == Names.end() ? "#" + utohexstr(Symbol, /*LowerCase=*/true, 16) : Found->second;
}

} // namespace lto_inspector
