#include "lto/llvm/function_code.h"

#include "lto/llvm/error.h"
#include "lto/llvm/file_digest.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FormatVariadic.h"
#include <map>
#include <vector>

using namespace llvm;
using namespace llvm::object;

namespace lto_inspector::support {

namespace {

/// A relocation of a section, as text that does not depend on the order of symbols.
struct PlacedRelocation {
  uint64_t Offset = 0;
  std::string Text;
};

} // namespace

static Expected<std::string> targetOf(const ELFObjectFileBase &File, const SymbolRef &Symbol) {
  if (ELFSymbolRef(Symbol).getELFType() != ELF::STT_SECTION) {
    Expected<StringRef> Name = Symbol.getName();
    return Name ? Expected<std::string>(Name->str()) : Name.takeError();
  }
  Expected<section_iterator> Section = Symbol.getSection();
  if (!Section)
    return Section.takeError();
  if (*Section == File.section_end())
    return std::string();
  Expected<StringRef> Name = (*Section)->getName();
  return Name ? Expected<std::string>("section " + Name->str()) : Name.takeError();
}

/// The relocations of every section by its index, in order of their places.
static Expected<std::map<uint64_t, std::vector<PlacedRelocation>>>
relocationsIn(const ELFObjectFileBase &File) {
  std::map<uint64_t, std::vector<PlacedRelocation>> Found;
  for (const SectionRef &Section : File.sections()) {
    Expected<section_iterator> Relocated = Section.getRelocatedSection();
    if (!Relocated)
      return Relocated.takeError();
    if (*Relocated == File.section_end() || !(*Relocated)->isText())
      continue;
    std::vector<PlacedRelocation> &Placed = Found[(*Relocated)->getIndex()];
    for (const RelocationRef &Relocation : Section.relocations()) {
      std::string Target;
      if (Relocation.getSymbol() != File.symbol_end()) {
        Expected<std::string> Name = targetOf(File, *Relocation.getSymbol());
        if (!Name)
          return Name.takeError();
        Target = std::move(*Name);
      }
      Expected<int64_t> Addend = ELFRelocationRef(Relocation).getAddend();
      if (!Addend) {
        // In formats without addends, they are in the bytes.
        consumeError(Addend.takeError());
        Addend = 0;
      }
      Placed.push_back({Relocation.getOffset(),
                        formatv("{0} {1} {2}", Relocation.getType(), *Addend, Target).str()});
    }
    stable_sort(Placed, [](const PlacedRelocation &Left, const PlacedRelocation &Right) {
      return Left.Offset < Right.Offset;
    });
  }
  return Found;
}

static FunctionCode codeOf(StringRef Content, uint64_t Offset,
                           ArrayRef<PlacedRelocation> Relocations) {
  std::string Code = Content.str();
  auto Next = partition_point(
      Relocations, [&](const PlacedRelocation &Relocation) { return Relocation.Offset < Offset; });
  for (; Next != Relocations.end() && Next->Offset < Offset + Content.size(); ++Next)
    Code += formatv("\n{0} {1}", Next->Offset - Offset, Next->Text).str();
  return {Content.size(), digestOf(Code)};
}

static Expected<StringMap<FunctionCode>> codeIn(const ELFObjectFileBase &File) {
  Expected<std::map<uint64_t, std::vector<PlacedRelocation>>> Relocations = relocationsIn(File);
  if (!Relocations)
    return Relocations.takeError();
  StringMap<FunctionCode> Found;
  for (const ELFSymbolRef Symbol : File.symbols()) {
    if (Symbol.getELFType() != ELF::STT_FUNC || Symbol.getSize() == 0)
      continue;
    Expected<StringRef> Name = Symbol.getName();
    if (!Name)
      return Name.takeError();
    Expected<section_iterator> Section = Symbol.getSection();
    if (!Section)
      return Section.takeError();
    if (*Section == File.section_end())
      continue;
    Expected<StringRef> Content = (*Section)->getContents();
    if (!Content)
      return Content.takeError();
    Expected<uint64_t> Offset = Symbol.getValue();
    if (!Offset)
      return Offset.takeError();
    Found[*Name] = codeOf(Content->substr(*Offset, Symbol.getSize()), *Offset,
                          (*Relocations)[(*Section)->getIndex()]);
  }
  return Found;
}

Expected<StringMap<FunctionCode>> functionCode(MemoryBufferRef Object) {
  Expected<std::unique_ptr<ObjectFile>> File = ObjectFile::createObjectFile(Object);
  if (!File)
    return wrapError(File.takeError(), "UnreadableFile", "cannot be read as an object file",
                     Object.getBufferIdentifier());
  auto *Elf = dyn_cast<ELFObjectFileBase>(File->get());
  if (!Elf)
    return makeError("UnreadableFile", "it is no ELF object", Object.getBufferIdentifier());
  Expected<StringMap<FunctionCode>> Found = codeIn(*Elf);
  if (!Found)
    return wrapError(Found.takeError(), "UnreadableFile", "cannot be read as an object file",
                     Object.getBufferIdentifier());
  return Found;
}

} // namespace lto_inspector::support
