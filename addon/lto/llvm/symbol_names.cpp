#include "lto/llvm/symbol_names.h"

#include "lto/compat/guids.h"
#include "lto/llvm/bitstream.h"
#include "lto/llvm/error.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/LLVMBitCodes.h"

using namespace llvm;

namespace lto_inspector::support {

namespace {

/// A record of a global: where its name is in the string table, and the linkage as bitcode
/// encodes it.
struct GlobalRecord {
  uint64_t Offset;
  uint64_t Size;
  uint64_t Linkage;
};

struct ModuleRecords {
  std::string SourceFile;
  /// In the order of LLVM's value numbers.
  std::vector<GlobalRecord> Globals;
  /// Stored ones, by value number; fewer where the module has none.
  std::vector<GlobalValue::GUID> Guids;
};

} // namespace

/// The index of a record's linkage (BitcodeWriter.cpp, LLVM 22); none: not a record of a global.
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

static Expected<ModuleRecords> readModule(ArrayRef<uint8_t> Bytes) {
  BitstreamCursor Stream(Bytes);
  ModuleRecords Found;
  Expected<bool> Entered = enterFirstBlock(Stream, bitc::MODULE_BLOCK_ID);
  if (!Entered)
    return Entered.takeError();
  auto OnRecord = [&](unsigned Code, ArrayRef<uint64_t> Values) {
    if (Code == bitc::MODULE_CODE_SOURCE_FILENAME)
      Found.SourceFile.assign(Values.begin(), Values.end());
    if (Code == compat::GuidListRecord)
      for (size_t I = 0; I + 1 < Values.size(); I += 2)
        Found.Guids.push_back(Values[I] << 32 | Values[I + 1]);
    std::optional<unsigned> Linkage = linkageField(Code);
    if (Linkage && Values.size() > *Linkage)
      Found.Globals.push_back({Values[0], Values[1], Values[*Linkage]});
    return Error::success();
  };
  if (*Entered)
    if (Error E = walkBlock(Stream, {/*OnBlock=*/nullptr, OnRecord}))
      return E;
  return Found;
}

/// Recognises internal and private linkage, as bitcode encodes it (`getDecodedLinkage`,
/// BitcodeReader.cpp, 22).
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
    for (size_t I = 0; I < Records->Globals.size(); ++I) {
      const GlobalRecord &Global = Records->Globals[I];
      if (Global.Offset + Global.Size > Module.getStrtab().size() || Global.Size == 0)
        continue;
      StringRef Name = Module.getStrtab().substr(Global.Offset, Global.Size);
      std::string Identifier = GlobalValue::getGlobalIdentifier(
          Name, localOrExternal(Global.Linkage), Records->SourceFile);
      GlobalValue::GUID Stored = I < Records->Guids.size() ? Records->Guids[I] : 0;
      Names.try_emplace(Stored ? Stored : compat::guidOfName(Identifier), Identifier);
    }
  }
  return Error::success();
}

std::string SymbolNames::nameOf(GlobalValue::GUID Symbol) const {
  auto Found = Names.find(Symbol);
  return Found == Names.end() ? "#" + utohexstr(Symbol, /*LowerCase=*/true, 16) : Found->second;
}

} // namespace lto_inspector::support
