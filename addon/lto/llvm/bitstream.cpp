#include "lto/llvm/bitstream.h"

#include "llvm/ADT/SmallVector.h"

using namespace llvm;

namespace lto_inspector::support {

static Error malformed() { return createStringError("malformed block"); }

static Error visitRecord(BitstreamCursor &Stream, unsigned AbbrevId, const BlockVisitor &Visitor,
                         SmallVectorImpl<uint64_t> &Values) {
  if (!Visitor.OnRecord)
    return Stream.skipRecord(AbbrevId).takeError();
  Values.clear();
  Expected<unsigned> Code = Stream.readRecord(AbbrevId, Values);
  return Code ? Visitor.OnRecord(*Code, Values) : Code.takeError();
}

Error walkBlock(BitstreamCursor &Stream, const BlockVisitor &Visitor) {
  SmallVector<uint64_t, 64> Values;
  while (true) {
    Expected<BitstreamEntry> Entry = Stream.advance();
    if (!Entry)
      return Entry.takeError();
    switch (Entry->Kind) {
    case BitstreamEntry::Error:
      return malformed();
    case BitstreamEntry::EndBlock:
      return Error::success();
    case BitstreamEntry::SubBlock:
      if (Error E = Visitor.OnBlock ? Visitor.OnBlock(Entry->ID) : Stream.SkipBlock())
        return E;
      break;
    case BitstreamEntry::Record:
      if (Error E = visitRecord(Stream, Entry->ID, Visitor, Values))
        return E;
      break;
    }
  }
}

Expected<bool> enterFirstBlock(BitstreamCursor &Stream, unsigned Id) {
  while (!Stream.AtEndOfStream()) {
    Expected<BitstreamEntry> Entry = Stream.advance();
    if (!Entry)
      return Entry.takeError();
    if (Entry->Kind != BitstreamEntry::SubBlock)
      return malformed();
    const bool Found = Entry->ID == Id;
    if (Error E = Found ? Stream.EnterSubBlock(Id) : Stream.SkipBlock())
      return E;
    if (Found)
      return true;
  }
  return false;
}

} // namespace lto_inspector::support
