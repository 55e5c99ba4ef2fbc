#include "lto/rustc/bitcode_file.h"

#include "lto/llvm/archive.h"
#include "lto/llvm/error.h"
#include "lto/rustc/bitcode_slice.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace lto_inspector::rustc {

using namespace support;

static Expected<BitcodeSlice> sliceOfObject(StringRef Data, StringRef Name, StringRef Path,
                                            StringRef Member) {
  Expected<StringRef> Slice = getBitcodeSliceFromObjectData(Data);
  if (!Slice)
    return wrapError(Slice.takeError(), "LtoBitcodeFromRlib",
                     "failed to get bitcode from object file for LTO", Path, Name);
  return BitcodeSlice{Name.str(), Path.str(), Member.str(), *Slice};
}

static Expected<std::vector<BitcodeSlice>> slicesOfArchive(BitcodeFile &File, StringRef Path,
                                                           MemberSelection Selection) {
  std::vector<BitcodeSlice> Slices;
  StringSet<> Names;
  auto Add = [&](const ArchiveMember &Member) -> Error {
    const StringRef Name = Member.Name;
    if (Selection == MemberSelection::RustObjects && !looksLikeRustObjectFile(Name))
      return Error::success();
    Expected<StringRef> Data = Member.data();
    if (!Data)
      return Data.takeError();
    Expected<BitcodeSlice> Slice = sliceOfObject(*Data, Name, Path, Name);
    if (Slice) {
      if (!Names.insert(Name).second)
        Slice->Name = Slice->Member = (Name + " at " + Twine(Member.Offset)).str();
      Slices.push_back(std::move(*Slice));
      return Error::success();
    }
    if (Selection == MemberSelection::RustObjects) {
      // rustc has a single error here for everything that LLVM finds wrong with the member.
      ErrorReport Report = takeReport(Slice.takeError());
      return makeError("LtoBitcodeFromRlib",
                       "failed to get bitcode from object file for LTO: member " + Name + " of " +
                           Path + ": " + Report.Message,
                       Path, Name);
    }
    // "All" means all members that can contain bitcode; metadata and native objects are not errors.
    consumeError(Slice.takeError());
    return Error::success();
  };
  if (Error E = forEachMember(*File.Buffer, Path, File.Members, Add))
    return E;
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

} // namespace lto_inspector::rustc
