#include "lto/llvm/object_difference.h"

#include "lto/llvm/error.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Object/SymbolSize.h"
#include "llvm/Support/FormatVariadic.h"
#include <map>

using namespace llvm;
using namespace llvm::object;

namespace lto_inspector::support {

namespace {

/// A symbol's part of its section.
struct Part {
  std::string Name;
  uint64_t Offset = 0;
  uint64_t Size = 0;
};

struct ComparedSection {
  std::string Name;
  StringRef Content;
  /// Of a section without content: its size.
  uint64_t Size = 0;
  std::vector<Part> Parts;
};

/// The name of a section, and its place among those of this name.
using SectionKey = std::pair<std::string, unsigned>;

struct ComparedObject {
  std::vector<SectionKey> Order;
  std::map<SectionKey, ComparedSection> Sections;
};

} // namespace

template <typename T> static T orEmpty(Expected<T> Value) {
  if (Value)
    return std::move(*Value);
  consumeError(Value.takeError());
  return T();
}

/// The symbols of each section by its index.
static std::map<uint64_t, std::vector<Part>> partsOf(const ObjectFile &File) {
  std::map<uint64_t, std::vector<Part>> Parts;
  for (const auto &[Symbol, Size] : computeSymbolSizes(File)) {
    Expected<section_iterator> Section = Symbol.getSection();
    if (!Section || *Section == File.section_end()) {
      if (!Section)
        consumeError(Section.takeError());
      continue;
    }
    StringRef Name = orEmpty(Symbol.getName());
    uint64_t Address = orEmpty(Symbol.getAddress());
    uint64_t Start = (*Section)->getAddress();
    if (Size > 0 && !Name.empty() && Address >= Start)
      Parts[(*Section)->getIndex()].push_back({Name.str(), Address - Start, Size});
  }
  return Parts;
}

static Expected<ComparedObject> readObject(MemoryBufferRef Buffer) {
  Expected<std::unique_ptr<ObjectFile>> File = ObjectFile::createObjectFile(Buffer);
  if (!File)
    return wrapError(File.takeError(), "UnreadableFile", "cannot be read as an object file",
                     Buffer.getBufferIdentifier());
  std::map<uint64_t, std::vector<Part>> Parts = partsOf(**File);
  ComparedObject Read;
  StringMap<unsigned> Seen;
  for (const SectionRef &Section : (*File)->sections()) {
    ComparedSection Compared;
    Compared.Name = orEmpty(Section.getName()).str();
    Compared.Size = Section.getSize();
    if (!Section.isVirtual())
      Compared.Content = orEmpty(Section.getContents());
    Compared.Parts = std::move(Parts[Section.getIndex()]);
    SectionKey Key{Compared.Name, Seen[Compared.Name]++};
    Read.Order.push_back(Key);
    Read.Sections.emplace(std::move(Key), std::move(Compared));
  }
  return Read;
}

/// Symbols with other bytes in the other section, or without a part there.
static std::vector<std::string> differingSymbols(const ComparedSection &Ours,
                                                 const ComparedSection &Theirs, size_t Most) {
  StringMap<StringRef> Others;
  for (const Part &Symbol : Theirs.Parts)
    Others[Symbol.Name] = Theirs.Content.substr(Symbol.Offset, Symbol.Size);
  std::vector<std::string> Names;
  for (const Part &Symbol : Ours.Parts) {
    auto Other = Others.find(Symbol.Name);
    if (Other != Others.end() && Other->second == Ours.Content.substr(Symbol.Offset, Symbol.Size))
      continue;
    if (Names.size() < Most && !is_contained(Names, Symbol.Name))
      Names.push_back(Symbol.Name);
  }
  return Names;
}

static std::optional<std::string> whyDifferent(const ComparedSection &Ours,
                                               const ComparedSection &Theirs) {
  if (Ours.Size != Theirs.Size)
    return formatv("{0} bytes instead of {1}", Ours.Size, Theirs.Size).str();
  if (Ours.Content == Theirs.Content)
    return std::nullopt;
  auto First = std::mismatch(Ours.Content.begin(), Ours.Content.end(), Theirs.Content.begin(),
                             Theirs.Content.end());
  return formatv("the first of {0} bytes that differs is at {1:x}", Ours.Size,
                 static_cast<uint64_t>(First.first - Ours.Content.begin()))
      .str();
}

Expected<ObjectDifference> compareObjects(MemoryBufferRef Ours, MemoryBufferRef Theirs,
                                          size_t Most) {
  ObjectDifference Found;
  if (Ours.getBuffer() == Theirs.getBuffer())
    return Found;
  Expected<ComparedObject> Mine = readObject(Ours);
  if (!Mine)
    return Mine.takeError();
  Expected<ComparedObject> Other = readObject(Theirs);
  if (!Other)
    return Other.takeError();
  auto Add = [&](StringRef Section, std::string Why, std::vector<std::string> Symbols) {
    if (Found.Sections.size() < Most)
      Found.Sections.push_back({Section.str(), std::move(Why), std::move(Symbols)});
    else
      ++Found.More;
  };
  for (const SectionKey &Key : Mine->Order) {
    const ComparedSection &Section = Mine->Sections.at(Key);
    auto Counterpart = Other->Sections.find(Key);
    if (Counterpart == Other->Sections.end())
      Add(Section.Name, "only ours has it", {});
    else if (std::optional<std::string> Why = whyDifferent(Section, Counterpart->second))
      Add(Section.Name, std::move(*Why), differingSymbols(Section, Counterpart->second, Most));
  }
  for (const SectionKey &Key : Other->Order)
    if (!Mine->Sections.count(Key))
      Add(Key.first, "ours lacks it", {});
  if (Found.Sections.empty())
    Add({}, "headers or the order of sections differ", {});
  return Found;
}

} // namespace lto_inspector::support
