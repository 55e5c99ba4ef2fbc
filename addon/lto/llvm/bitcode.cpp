#include "lto/llvm/bitcode.h"

#include "lto/llvm/error.h"
#include "lto/rustc/bitcode_slice.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Object/Archive.h"
#include "llvm/Object/IRSymtab.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace lto_inspector {

static Expected<BitcodeSlice> sliceOfObject(StringRef Data, StringRef Name, StringRef Path,
                                            StringRef Member) {
  Expected<StringRef> Slice = getBitcodeSliceFromObjectData(Data);
  if (!Slice)
    return wrapError(Slice.takeError(), "LtoBitcodeFromRlib",
                     "failed to get bitcode from object file for LTO", Path, Name);
  return BitcodeSlice{Name.str(), Path.str(), Member.str(), *Slice};
}

/// The member's bytes; those of a thin archive's are in a file of their own, beside the archive.
static Expected<StringRef> dataOf(const object::Archive::Child &Child, BitcodeFile &File) {
  if (!Child.getParent()->isThin())
    return Child.getBuffer();
  Expected<std::string> Path = Child.getFullName();
  if (!Path)
    return Path.takeError();
  Expected<std::unique_ptr<MemoryBuffer>> Buffer = readWholeFile(*Path);
  if (!Buffer)
    return Buffer.takeError();
  File.Members.push_back(std::move(*Buffer));
  return File.Members.back()->getBuffer();
}

static Expected<std::vector<BitcodeSlice>> slicesOfArchive(BitcodeFile &File, StringRef Path,
                                                           MemberSelection Selection) {
  const MemoryBufferRef Buffer = File.Buffer->getMemBufferRef();
  auto Corrupt = [&](Error E, const Twine &What) {
    return wrapError(std::move(E), "CorruptArchive", What, Path);
  };
  Expected<std::unique_ptr<object::Archive>> Archive = object::Archive::create(Buffer);
  if (!Archive)
    return Corrupt(Archive.takeError(), "the archive " + Path + " cannot be read");

  std::vector<BitcodeSlice> Slices;
  StringSet<> Names;
  Error Err = Error::success();
  std::string LastMember = "its first member";
  for (const object::Archive::Child &Child : (*Archive)->children(Err)) {
    Expected<StringRef> RawName = Child.getName();
    if (!RawName)
      return joinErrors(std::move(Err), Corrupt(RawName.takeError(),
                                                "the archive " + Path +
                                                    " has a corrupt member after " + LastMember));
    StringRef Name = RawName->trim();
    LastMember = Name.str();
    // rustc passes over names that are not UTF-8.
    const UTF8 *NameStart = RawName->bytes_begin();
    if (!isLegalUTF8String(&NameStart, RawName->bytes_end()))
      continue;
    if (Selection == MemberSelection::RustObjects && !looksLikeRustObjectFile(Name))
      continue;
    Expected<StringRef> Data = dataOf(Child, File);
    if (!Data)
      return joinErrors(
          std::move(Err),
          Corrupt(Data.takeError(), "member " + Name + " of the archive " + Path + " is corrupt"));
    // LLVM looks where a member ends only when it goes on to the next.
    if (!(*Archive)->isThin() && Data->end() > Buffer.getBufferEnd()) {
      consumeError(std::move(Err));
      return makeError("CorruptArchive",
                       "the archive " + Path + " ends in the middle of its member " + Name, Path,
                       Name);
    }
    Expected<BitcodeSlice> Slice = sliceOfObject(*Data, Name, Path, Name);
    if (Slice) {
      if (!Names.insert(Name).second)
        Slice->Name = Slice->Member = (Name + " at " + Twine(Child.getChildOffset())).str();
      Slices.push_back(std::move(*Slice));
      continue;
    }
    if (Selection == MemberSelection::RustObjects) {
      consumeError(std::move(Err));
      // rustc knows one error here, whatever LLVM finds wrong with the member.
      ErrorReport Report = takeReport(Slice.takeError());
      return makeError("LtoBitcodeFromRlib",
                       "failed to get bitcode from object file for LTO: member " + Name + " of " +
                           Path + ": " + Report.Message,
                       Path, Name);
    }
    // "All" means all that can hold bitcode; metadata and native objects are not errors.
    consumeError(Slice.takeError());
  }
  if (Err)
    return Corrupt(std::move(Err), "the archive " + Path + " is corrupt after " + LastMember);
  return Slices;
}

Expected<BitcodeFile> openBitcodeFile(StringRef Path, MemberSelection Selection,
                                      ThinArchives Thin) {
  Expected<std::unique_ptr<MemoryBuffer>> Buffer = readWholeFile(Path);
  if (!Buffer)
    return Buffer.takeError();
  BitcodeFile File;
  File.Buffer = std::move(*Buffer);
  StringRef Data = File.Buffer->getBuffer();
  if (Data.empty())
    return makeError("NotAnObject", Path + " is empty", Path);

  if (Thin == ThinArchives::Refuse && Data.starts_with("!<thin>\n"))
    return makeError("CorruptArchive", Path + " is a thin archive: its members lie in other files",
                     Path);
  if (identify_magic(Data) == file_magic::archive) {
    Expected<std::vector<BitcodeSlice>> Slices = slicesOfArchive(File, Path, Selection);
    if (!Slices)
      return Slices.takeError();
    File.Slices = std::move(*Slices);
    return File;
  }

  Expected<BitcodeSlice> Slice =
      sliceOfObject(Data, sys::path::filename(Path), Path, /*Member=*/{});
  if (!Slice)
    return Slice.takeError();
  File.Slices.push_back(std::move(*Slice));
  return File;
}

Expected<BitcodeSlice> findSlice(const BitcodeFile &File, StringRef Member) {
  for (const BitcodeSlice &Slice : File.Slices)
    if (Slice.Member == Member)
      return Slice;
  StringRef Path = File.Buffer->getBufferIdentifier();
  if (Member.empty())
    return makeError("UnknownModule", Path + " is an archive: name one of its members", Path);
  return makeError("UnknownModule", Path + " has no member " + Member + " with bitcode", Path,
                   Member);
}

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

} // namespace lto_inspector
