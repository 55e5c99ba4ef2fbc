#include "lto/ir/object_symbols.h"

#include "lto/ir/demangle.h"
#include "lto/llvm/archive.h"
#include "lto/llvm/error.h"
#include "lto/llvm/regular_file.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/Path.h"
#include <map>
#include <optional>

using namespace llvm;
using object::BasicSymbolRef;
using object::ObjectFile;
using object::RelocationRef;
using object::SectionRef;
using object::SymbolRef;

namespace lto_inspector::ir {

using namespace support;

namespace {

/// The search of one native object.
class ObjectSearch {
public:
  ObjectSearch(const ObjectFile &Object, StringRef Module, StringRef Query)
      : Object(Object), Module(Module), Query(Query) {}

  Expected<std::vector<FindHit>> run() {
    for (const SymbolRef &Symbol : Object.symbols())
      if (Error E = addIfFound(Symbol))
        return E;
    if (!Matches.empty())
      if (Error E = addUsers())
        return E;
    std::vector<FindHit> Hits;
    for (auto &[_, Match] : Matches) {
      for (StringRef User : Match.Users) {
        Match.Hit.UsedBy.push_back(User.str());
        Match.Hit.UsedByDemangled.push_back(demangle(User));
      }
      Hits.push_back(std::move(Match.Hit));
    }
    return Hits;
  }

private:
  struct Match {
    FindHit Hit;
    SmallSetVector<StringRef, MostUsers> Users;
  };

  struct Place {
    StringRef Name;
    object::DataRefImpl Symbol;
  };

  /// The functions and variables of a section, by start address.
  using Places = std::map<uint64_t, Place>;

  Expected<StringRef> nameOf(const SymbolRef &Symbol) const {
    Expected<StringRef> Name = Symbol.getName();
    if (Name && Object.isMachO())
      Name->consume_front("_");
    return Name;
  }

  Error addIfFound(const SymbolRef &Symbol) {
    Expected<uint32_t> Flags = Symbol.getFlags();
    if (!Flags)
      return Flags.takeError();
    if (*Flags & BasicSymbolRef::SF_FormatSpecific)
      return Error::success();
    Expected<StringRef> Name = nameOf(Symbol);
    if (!Name)
      return Name.takeError();
    Expected<SymbolRef::Type> Type = Symbol.getType();
    if (!Type)
      return Type.takeError();
    std::string Demangled = demangle(*Name);
    if (Name->empty() || (!Name->contains(Query) && !StringRef(Demangled).contains(Query)))
      return Error::success();
    FindHit &Hit = Matches[Symbol.getRawDataRefImpl()].Hit;
    Hit.Module = Module.str();
    Hit.Symbol = Name->str();
    Hit.Demangled = std::move(Demangled);
    const bool Undefined = *Flags & BasicSymbolRef::SF_Undefined;
    Hit.Role = Undefined ? "referenced" : "defined";
    Hit.Kind = kindName(*Type).str();
    Hit.Linkage = linkageName(*Flags).str();
    return Error::success();
  }

  static StringRef kindName(SymbolRef::Type Type) {
    if (Type == SymbolRef::ST_Function)
      return "function";
    return Type == SymbolRef::ST_Data ? "variable" : "symbol";
  }

  /// In LLVM's terms.
  static StringRef linkageName(uint32_t Flags) {
    if (Flags & BasicSymbolRef::SF_Common)
      return "common";
    if (Flags & BasicSymbolRef::SF_Weak)
      return Flags & BasicSymbolRef::SF_Undefined ? "extern_weak" : "weak";
    return Flags & (BasicSymbolRef::SF_Global | BasicSymbolRef::SF_Undefined) ? "external"
                                                                              : "internal";
  }

  Error addUsers() {
    std::map<object::DataRefImpl, Places> Sections;
    if (Error E = placeSymbols(Sections))
      return E;
    for (const SectionRef &Section : Object.sections()) {
      Expected<object::section_iterator> Where = Section.getRelocatedSection();
      if (!Where)
        return Where.takeError();
      // Debug info does not count as a use of what it describes.
      if (*Where == Object.section_end() || (*Where)->isDebugSection())
        continue;
      const Places &Named = Sections[(*Where)->getRawDataRefImpl()];
      for (const RelocationRef &Relocation : Section.relocations()) {
        Expected<std::optional<object::DataRefImpl>> Used = usedBy(Relocation, Sections);
        if (!Used)
          return Used.takeError();
        auto Found = *Used ? Matches.find(**Used) : Matches.end();
        if (Found == Matches.end() || Found->second.Users.size() >= MostUsers)
          continue;
        auto After = Named.upper_bound((*Where)->getAddress() + Relocation.getOffset());
        if (After != Named.begin())
          Found->second.Users.insert(std::prev(After)->second.Name);
      }
    }
    return Error::success();
  }

  /// What a relocation refers to: a symbol or, for local functions, the separate section that rustc
  /// and clang give each function.
  Expected<std::optional<object::DataRefImpl>>
  usedBy(const RelocationRef &Relocation,
         const std::map<object::DataRefImpl, Places> &Sections) const {
    const object::symbol_iterator Symbol = Relocation.getSymbol();
    if (Symbol == Object.symbol_end())
      return std::nullopt;
    const object::DataRefImpl Itself = Symbol->getRawDataRefImpl();
    if (Matches.count(Itself))
      return Itself;
    Expected<uint32_t> Flags = Symbol->getFlags();
    if (!Flags)
      return Flags.takeError();
    if (!(*Flags & BasicSymbolRef::SF_FormatSpecific))
      return std::nullopt;
    Expected<object::section_iterator> Section = Symbol->getSection();
    if (!Section)
      return Section.takeError();
    if (*Section == Object.section_end())
      return std::nullopt;
    auto Found = Sections.find((*Section)->getRawDataRefImpl());
    if (Found == Sections.end() || Found->second.size() != 1)
      return std::nullopt;
    return Found->second.begin()->second.Symbol;
  }

  /// Every function and variable, by section.
  Error placeSymbols(std::map<object::DataRefImpl, Places> &Sections) const {
    for (const SymbolRef &Symbol : Object.symbols()) {
      Expected<SymbolRef::Type> Type = Symbol.getType();
      if (!Type)
        return Type.takeError();
      if (*Type != SymbolRef::ST_Function && *Type != SymbolRef::ST_Data)
        continue;
      Expected<object::section_iterator> Section = Symbol.getSection();
      if (!Section)
        return Section.takeError();
      if (*Section == Object.section_end())
        continue;
      Expected<StringRef> Name = nameOf(Symbol);
      if (!Name)
        return Name.takeError();
      Expected<uint64_t> Address = Symbol.getAddress();
      if (!Address)
        return Address.takeError();
      Sections[(*Section)->getRawDataRefImpl()].emplace(*Address,
                                                        Place{*Name, Symbol.getRawDataRefImpl()});
    }
    return Error::success();
  }

  const ObjectFile &Object;
  StringRef Module;
  StringRef Query;
  /// By symbol, in the order of the symbol table.
  std::map<object::DataRefImpl, Match> Matches;
};

bool isBitcode(StringRef Data) { return identify_magic(Data) == file_magic::bitcode; }

/// Whether a linker would take the data for an object. Others, like crate metadata, have no
/// symbols.
bool isNativeObject(StringRef Data) {
  switch (identify_magic(Data)) {
  case file_magic::elf_relocatable:
  case file_magic::macho_object:
  case file_magic::coff_object:
  case file_magic::wasm_object:
    return true;
  default:
    return false;
  }
}

Expected<FindResult> searchMember(MemoryBufferRef Member, StringRef Query, size_t Limit) {
  if (isBitcode(Member.getBuffer()))
    return findSymbols(Member.getBufferIdentifier(), Member, Query, Limit);
  FindResult Result;
  if (!isNativeObject(Member.getBuffer()))
    return Result;
  Expected<std::unique_ptr<ObjectFile>> Object = ObjectFile::createObjectFile(Member);
  if (!Object)
    return Object.takeError();
  Expected<std::vector<FindHit>> Hits =
      ObjectSearch(**Object, Member.getBufferIdentifier(), Query).run();
  if (!Hits)
    return Hits.takeError();
  Result.Truncated = Hits->size() > Limit;
  Hits->resize(std::min(Hits->size(), Limit));
  Result.Hits = std::move(*Hits);
  return Result;
}

} // namespace

Expected<ObjectsSearched> findInObjects(StringRef Path, StringRef Query, size_t Limit,
                                        const RunControl &Control) {
  Expected<std::unique_ptr<MemoryBuffer>> Buffer = readWholeFile(Path);
  if (!Buffer)
    return Buffer.takeError();
  ObjectsSearched Result;
  auto Search = [&](MemoryBufferRef Member) {
    const size_t Room = Limit - Result.Found.Hits.size();
    Expected<FindResult> Searched = searchMember(Member, Query, Room);
    if (!Searched) {
      Result.NotRead.push_back(
          (Member.getBufferIdentifier() + " was not searched: " + toString(Searched.takeError()))
              .str());
      return;
    }
    append_range(Result.Found.Hits, std::move(Searched->Hits));
    Result.Found.Truncated |= Searched->Truncated;
    if (!Searched->AssemblyNotRead.empty())
      Result.NotRead.push_back(
          (Member.getBufferIdentifier() + ": " + Searched->AssemblyNotRead).str());
  };
  if (identify_magic((*Buffer)->getBuffer()) != file_magic::archive) {
    Search(MemoryBufferRef((*Buffer)->getBuffer(), sys::path::filename(Path)));
    return Result;
  }
  if ((*Buffer)->getBuffer().starts_with("!<thin>\n"))
    return makeError("CorruptArchive", Path + " is a thin archive: its members lie in other files",
                     Path);
  std::vector<std::unique_ptr<MemoryBuffer>> None;
  auto SearchMember = [&](const ArchiveMember &Member) -> Error {
    if (Error E = Control.check(Member.Name))
      return E;
    Expected<StringRef> Data = Member.data();
    if (!Data)
      return Data.takeError();
    // Objects need 32-bit alignment, which members of archives need not have.
    const std::unique_ptr<MemoryBuffer> Aligned =
        MemoryBuffer::getMemBufferCopy(*Data, Member.Name);
    Search(Aligned->getMemBufferRef());
    return Error::success();
  };
  if (Error E = forEachMember(**Buffer, Path, None, SearchMember))
    return E;
  return Result;
}

} // namespace lto_inspector::ir
