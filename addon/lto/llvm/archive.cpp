#include "lto/llvm/archive.h"

#include "lto/llvm/error.h"
#include "lto/llvm/regular_file.h"
#include "llvm/Object/Archive.h"
#include "llvm/Support/ConvertUTF.h"

using namespace llvm;

namespace lto_inspector::support {

namespace {

/// An archive being read, for the errors that name it.
class Reader {
public:
  Reader(const MemoryBuffer &Buffer, StringRef Path,
         std::vector<std::unique_ptr<MemoryBuffer>> &Members)
      : Buffer(Buffer), Path(Path), Members(Members) {}

  Error read(function_ref<Error(const ArchiveMember &)> Use) {
    Expected<std::unique_ptr<object::Archive>> Archive =
        object::Archive::create(Buffer.getMemBufferRef());
    if (!Archive)
      return corrupt(Archive.takeError(), "the archive " + Path + " cannot be read");
    Error Err = Error::success();
    std::string LastMember = "its first member";
    for (const object::Archive::Child &Child : (*Archive)->children(Err)) {
      Expected<StringRef> RawName = Child.getName();
      if (!RawName)
        return joinErrors(std::move(Err), corrupt(RawName.takeError(),
                                                  "the archive " + Path +
                                                      " has a corrupt member after " + LastMember));
      const StringRef Name = RawName->trim();
      LastMember = Name.str();
      const UTF8 *NameStart = RawName->bytes_begin();
      if (!isLegalUTF8String(&NameStart, RawName->bytes_end()))
        continue;
      auto Data = [&] { return dataOf(Child, Name); };
      if (Error E = Use({Name, Child.getChildOffset(), Data})) {
        consumeError(std::move(Err));
        return E;
      }
    }
    if (Err)
      return corrupt(std::move(Err), "the archive " + Path + " is corrupt after " + LastMember);
    return Error::success();
  }

private:
  Error corrupt(Error E, const Twine &What) const {
    return wrapError(std::move(E), "CorruptArchive", What, Path);
  }

  Expected<StringRef> dataOf(const object::Archive::Child &Child, StringRef Name) {
    const bool IsThin = Child.getParent()->isThin();
    Expected<StringRef> Data = IsThin ? dataElsewhere(Child) : Child.getBuffer();
    if (!Data)
      return corrupt(Data.takeError(),
                     "member " + Name + " of the archive " + Path + " is corrupt");
    // LLVM checks where a member ends only when it continues with the next.
    if (!IsThin && Data->end() > Buffer.getBufferEnd())
      return makeError("CorruptArchive",
                       "the archive " + Path + " ends in the middle of its member " + Name, Path,
                       Name);
    return Data;
  }

  /// A thin archive's member is a separate file.
  Expected<StringRef> dataElsewhere(const object::Archive::Child &Child) {
    Expected<std::string> File = Child.getFullName();
    if (!File)
      return File.takeError();
    Expected<std::unique_ptr<MemoryBuffer>> Content = readWholeFile(*File);
    if (!Content)
      return Content.takeError();
    Members.push_back(std::move(*Content));
    return Members.back()->getBuffer();
  }

  const MemoryBuffer &Buffer;
  StringRef Path;
  std::vector<std::unique_ptr<MemoryBuffer>> &Members;
};

} // namespace

Error forEachMember(const MemoryBuffer &Archive, StringRef Path,
                    std::vector<std::unique_ptr<MemoryBuffer>> &Members,
                    function_ref<Error(const ArchiveMember &)> Use) {
  return Reader(Archive, Path, Members).read(Use);
}

} // namespace lto_inspector::support
