#include "lto/llvm/producer.h"

#include "lto/llvm/error.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Object/IRSymtab.h"

using namespace llvm;

namespace lto_inspector::support {

Expected<Producer> readProducer(MemoryBufferRef Bitcode) {
  Expected<std::string> Identification = getBitcodeProducerString(Bitcode);
  if (!Identification)
    return wrapError(Identification.takeError(), "ParseBitcode",
                     "cannot read who wrote the bitcode", {}, Bitcode.getBufferIdentifier());
  Producer Result;
  Result.Identification = *Identification;
  StringRef Version = Result.Identification;
  Version.consume_front("LLVM");
  Result.Version = Version.str();

  Expected<BitcodeFileContents> Contents = getBitcodeFileContents(Bitcode);
  if (!Contents)
    return wrapError(Contents.takeError(), "ParseBitcode", "cannot read the bitcode's blocks", {},
                     Bitcode.getBufferIdentifier());
  StringRef Symtab = Contents->Symtab;
  if (Symtab.size() >= sizeof(irsymtab::storage::Header)) {
    const auto *Header = reinterpret_cast<const irsymtab::storage::Header *>(Symtab.data());
    uint64_t Offset = Header->Producer.Offset, Size = Header->Producer.Size;
    if (Offset <= Contents->StrtabForSymtab.size() &&
        Size <= Contents->StrtabForSymtab.size() - Offset)
      Result.SymtabProducer = Contents->StrtabForSymtab.substr(Offset, Size).str();
  }
  return Result;
}

} // namespace lto_inspector::support
