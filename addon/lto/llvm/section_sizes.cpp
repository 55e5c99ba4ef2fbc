#include "lto/llvm/section_sizes.h"

#include "lto/llvm/error.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Object/SymbolSize.h"
#include "llvm/Support/Alignment.h"
#include <map>
#include <tuple>

using namespace llvm;
using namespace llvm::object;

namespace lto_inspector::support {

namespace {

struct PlacedSymbol {
  /// From the beginning of the section.
  uint64_t Offset = 0;
  uint64_t Size = 0;
  bool Local = false;
  std::string Name;

  auto order() const { return std::make_tuple(Offset, ~Size, Local, StringRef(Name)); }
};

} // namespace

template <typename T> static T orElse(Expected<T> Value, T Other) {
  if (Value)
    return std::move(*Value);
  consumeError(Value.takeError());
  return Other;
}

/// The symbols of each section that have a size, by the section's index. Those that only mark a
/// place, of sections and files, have none.
static std::map<uint64_t, std::vector<PlacedSymbol>> placedSymbols(const ObjectFile &File) {
  std::map<uint64_t, std::vector<PlacedSymbol>> Placed;
  for (const auto &[Symbol, Size] : computeSymbolSizes(File)) {
    section_iterator Section = orElse(Symbol.getSection(), File.section_end());
    StringRef Name = orElse(Symbol.getName(), StringRef());
    if (Section == File.section_end() || Size == 0 || Name.empty())
      continue;
    uint64_t Address = orElse(Symbol.getAddress(), uint64_t(0));
    // In an object, addresses begin at the section; in a linked file, sections have addresses.
    if (Address < Section->getAddress())
      continue;
    uint32_t Flags = orElse(Symbol.getFlags(), uint32_t(0));
    bool Local = !(Flags & (SymbolRef::SF_Global | SymbolRef::SF_Weak));
    Placed[Section->getIndex()].push_back(
        {Address - Section->getAddress(), Size, Local, Name.str()});
  }
  for (auto &[_, Symbols] : Placed)
    sort(Symbols, [](const PlacedSymbol &Left, const PlacedSymbol &Right) {
      return Left.order() < Right.order();
    });
  return Placed;
}

/// Whether alignment alone can have left a gap before an address.
static bool isPadding(uint64_t Gap, uint64_t Next, Align Largest) {
  // Of all alignments up to the largest that the address has, the greatest explains the most.
  return Gap < std::min(uint64_t(1) << std::min(countr_zero(Next), 63), Largest.value());
}

static std::vector<SectionPart> partsOf(const SectionRef &Section, ArrayRef<PlacedSymbol> Symbols) {
  std::vector<SectionPart> Parts;
  const uint64_t Size = Section.getSize();
  uint64_t At = 0;
  for (const PlacedSymbol &Symbol : Symbols) {
    const uint64_t End = std::min(Size, Symbol.Offset + std::min(Symbol.Size, Size));
    if (End <= At || Symbol.Offset >= Size)
      continue;
    if (Symbol.Offset > At) {
      const uint64_t Gap = Symbol.Offset - At;
      const bool Padding =
          At > 0 && isPadding(Gap, Section.getAddress() + Symbol.Offset, Section.getAlignment());
      Parts.push_back({Padding ? SectionPart::Kind::Padding : SectionPart::Kind::Unnamed, "", Gap});
      At = Symbol.Offset;
    }
    Parts.push_back({SectionPart::Kind::Symbol, Symbol.Name, End - At});
    At = End;
  }
  if (At < Size)
    Parts.push_back({SectionPart::Kind::Unnamed, "", Size - At});
  return Parts;
}

Expected<std::vector<SectionSizes>> sectionSizes(MemoryBufferRef Buffer) {
  Expected<std::unique_ptr<ObjectFile>> File = ObjectFile::createObjectFile(Buffer);
  if (!File)
    return wrapError(File.takeError(), "UnreadableFile", "cannot be read as an object file",
                     Buffer.getBufferIdentifier());
  std::map<uint64_t, std::vector<PlacedSymbol>> Placed = placedSymbols(**File);
  std::vector<SectionSizes> Sections;
  for (const SectionRef &Section : (*File)->sections()) {
    if (Section.getSize() == 0)
      continue;
    Sections.push_back({orElse(Section.getName(), StringRef()).str(), Section.getSize(),
                        !Section.isVirtual() && !Section.isBSS(), Section.isText(),
                        partsOf(Section, Placed[Section.getIndex()])});
  }
  return Sections;
}

} // namespace lto_inspector::support
