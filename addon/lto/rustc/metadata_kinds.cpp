#include "lto/rustc/metadata_kinds.h"

#include "llvm/Bitcode/LLVMBitCodes.h"
#include "llvm/Bitstream/BitstreamReader.h"
#include "llvm/IR/InstIterator.h"
#include <optional>

using namespace llvm;

namespace lto_inspector::rustc {

static constexpr StringLiteral Forgotten = "heapallocsite";
/// One of LLVM's fixed kinds, of the same length.
static constexpr StringLiteral Known = "func_sanitize";
static_assert(Forgotten.size() == Known.size());

/// In a record without abbreviation, a letter takes two chunks of six bits.
static constexpr unsigned BitsOfChunk = 6, BitsOfLetter = 2 * BitsOfChunk;
static constexpr unsigned BitsOfMagic = 32;

static bool uses(const Module &M, unsigned Kind) {
  for (const Function &F : M)
    for (const Instruction &I : instructions(F))
      if (I.getMetadata(Kind))
        return true;
  return false;
}

/// The position of the name in a block of kinds; the cursor is past the block's beginning.
static std::optional<uint64_t> findInKinds(BitstreamCursor &Cursor) {
  SmallVector<uint64_t, 32> Record;
  while (true) {
    Expected<BitstreamEntry> Entry = Cursor.advance();
    if (!Entry) {
      consumeError(Entry.takeError());
      return std::nullopt;
    }
    if (Entry->Kind != BitstreamEntry::Record)
      return std::nullopt;
    Record.clear();
    Expected<unsigned> Code = Cursor.readRecord(Entry->ID, Record);
    if (!Code) {
      consumeError(Code.takeError());
      return std::nullopt;
    }
    ArrayRef<uint64_t> Letters = ArrayRef<uint64_t>(Record).drop_front(!Record.empty());
    bool Found = Entry->ID == bitc::UNABBREV_RECORD && *Code == bitc::METADATA_KIND &&
                 equal(Letters, Forgotten, [](uint64_t Letter, char Wanted) {
                   return Letter == static_cast<uint64_t>(Wanted);
                 });
    if (Found)
      return Cursor.GetCurrentBitNo() - BitsOfLetter * Forgotten.size();
  }
}

static std::optional<uint64_t> findKind(StringRef Bitcode) {
  BitstreamCursor Cursor(Bitcode);
  auto Failed = [](Error E) {
    bool Any = static_cast<bool>(E);
    consumeError(std::move(E));
    return Any;
  };
  if (Failed(Cursor.JumpToBit(BitsOfMagic)))
    return std::nullopt;
  while (!Cursor.AtEndOfStream()) {
    Expected<BitstreamEntry> Entry = Cursor.advance(BitstreamCursor::AF_DontPopBlockAtEnd);
    if (!Entry) {
      consumeError(Entry.takeError());
      return std::nullopt;
    }
    if (Entry->Kind == BitstreamEntry::Record) {
      if (Failed(Cursor.skipRecord(Entry->ID).takeError()))
        return std::nullopt;
    } else if (Entry->Kind != BitstreamEntry::SubBlock) {
      return std::nullopt;
    } else if (Entry->ID == bitc::METADATA_KIND_BLOCK_ID) {
      return Failed(Cursor.EnterSubBlock(Entry->ID)) ? std::nullopt : findInKinds(Cursor);
    } else if (Entry->ID == bitc::MODULE_BLOCK_ID ? Failed(Cursor.EnterSubBlock(Entry->ID))
                                                  : Failed(Cursor.SkipBlock())) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

static void writeBits(MutableArrayRef<char> Bytes, uint64_t At, unsigned Value, unsigned Count) {
  for (unsigned I = 0; I < Count; ++I, ++At) {
    char Bit = static_cast<char>(1 << At % 8);
    char &Byte = Bytes[At / 8];
    Byte = static_cast<char>(Value >> I & 1 ? Byte | Bit : Byte & ~Bit);
  }
}

void forgetHeapAllocSite(SmallVectorImpl<char> &Bitcode, const Module &M) {
  if (uses(M, M.getContext().getMDKindID(Forgotten)))
    return;
  std::optional<uint64_t> At = findKind(StringRef(Bitcode.data(), Bitcode.size()));
  if (!At)
    return;
  constexpr unsigned More = 1 << (BitsOfChunk - 1);
  for (size_t I = 0; I < Known.size(); ++I) {
    unsigned Letter = static_cast<unsigned char>(Known[I]);
    unsigned Chunks = (Letter % More | More) | Letter / More << BitsOfChunk;
    writeBits(Bitcode, *At + I * BitsOfLetter, Chunks, BitsOfLetter);
  }
}

} // namespace lto_inspector::rustc
