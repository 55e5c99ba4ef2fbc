#include "lto/llvm/archive_difference.h"

#include "lto/llvm/archive.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/BinaryFormat/Magic.h"
#include <map>

using namespace llvm;

namespace lto_inspector::support {

namespace {

/// The name of a member, and its place among those of this name.
using MemberKey = std::pair<std::string, unsigned>;

struct ReadArchive {
  /// Contents of a thin archive's members.
  std::vector<std::unique_ptr<MemoryBuffer>> Kept;
  std::vector<MemberKey> Order;
  std::map<MemberKey, StringRef> Members;
};

} // namespace

static Expected<ReadArchive> readArchive(MemoryBufferRef Buffer) {
  ReadArchive Read;
  StringMap<unsigned> Seen;
  std::unique_ptr<MemoryBuffer> Archive =
      MemoryBuffer::getMemBuffer(Buffer, /*RequiresNullTerminator=*/false);
  Error E = forEachMember(*Archive, Buffer.getBufferIdentifier(), Read.Kept,
                          [&](const ArchiveMember &Member) -> Error {
                            Expected<StringRef> Content = Member.data();
                            if (!Content)
                              return Content.takeError();
                            MemberKey Key{Member.Name.str(), Seen[Member.Name]++};
                            Read.Order.push_back(Key);
                            Read.Members.emplace(std::move(Key), *Content);
                            return Error::success();
                          });
  if (E)
    return E;
  return Read;
}

/// A member that is no object file differs as a whole.
static ObjectDifference compareMembers(const std::string &Name, StringRef Ours, StringRef Theirs,
                                       size_t Most) {
  Expected<ObjectDifference> Found =
      compareObjects(MemoryBufferRef(Ours, Name), MemoryBufferRef(Theirs, Name), Most);
  if (Found)
    return *Found;
  consumeError(Found.takeError());
  return {{{{}, "the bytes differ, and it is no object file", {}}}, 0};
}

bool isArchive(MemoryBufferRef File) {
  return identify_magic(File.getBuffer()) == file_magic::archive;
}

Expected<ObjectDifference> compareArchives(MemoryBufferRef Ours, MemoryBufferRef Theirs,
                                           size_t Most) {
  ObjectDifference Found;
  if (Ours.getBuffer() == Theirs.getBuffer())
    return Found;
  Expected<ReadArchive> Mine = readArchive(Ours);
  if (!Mine)
    return Mine.takeError();
  Expected<ReadArchive> Other = readArchive(Theirs);
  if (!Other)
    return Other.takeError();
  auto Add = [&](SectionDifference Difference) {
    if (Found.Sections.size() < Most)
      Found.Sections.push_back(std::move(Difference));
    else
      ++Found.More;
  };
  for (const MemberKey &Key : Mine->Order) {
    auto Counterpart = Other->Members.find(Key);
    if (Counterpart == Other->Members.end()) {
      Add({Key.first, "only ours has it", {}});
      continue;
    }
    ObjectDifference Inside =
        compareMembers(Key.first, Mine->Members.at(Key), Counterpart->second, Most);
    for (SectionDifference &Section : Inside.Sections) {
      Section.Section = Section.Section.empty() ? Key.first : Key.first + " " + Section.Section;
      Add(std::move(Section));
    }
    Found.More += Inside.More;
  }
  for (const MemberKey &Key : Other->Order)
    if (!Mine->Members.count(Key))
      Add({Key.first, "ours lacks it", {}});
  if (Found.Sections.empty())
    Add({{}, "headers, the symbol table or the order of members differ", {}});
  return Found;
}

} // namespace lto_inspector::support
