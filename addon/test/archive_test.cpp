#include "lto/llvm/archive.h"
#include "lto/llvm/archive_difference.h"
#include "lto/llvm/archive_writer.h"
#include "test/support/expected.h"
#include "test/support/objects.h"
#include "test/support/scratch.h"

namespace archive_test {

using namespace llvm;
using namespace lto_inspector::support;
using namespace lto_inspector::test;

namespace {

ObjectDifference differenceOf(const std::string &Ours, const std::string &Theirs, size_t Most = 5) {
  return valueOf(
      compareArchives(MemoryBufferRef(Ours, "ours"), MemoryBufferRef(Theirs, "theirs"), Most));
}

std::vector<std::string> sectionsOf(const ObjectDifference &Found) {
  std::vector<std::string> Names;
  for (const SectionDifference &Section : Found.Sections)
    Names.push_back(Section.Section);
  return Names;
}

TEST(CompareArchives, FindsNothingInEqualOnes) {
  const std::string Archive = archiveOf({{"a.o", "x"}});
  EXPECT_TRUE(differenceOf(Archive, Archive).Sections.empty());
}

TEST(CompareArchives, NamesMemberAndSection) {
  const std::string Long = "a-name-that-is-longer-than-its-field.o";
  ObjectDifference Found = differenceOf(
      archiveOf({{"a.o", elfObject({{".a", "1"}})}, {Long, elfObject({{".b", "1"}})}, {"t", "1"}}),
      archiveOf({{"a.o", elfObject({{".a", "1"}})}, {Long, elfObject({{".b", "2"}})}, {"t", "2"}}));
  EXPECT_EQ(sectionsOf(Found), (std::vector<std::string>{Long + " .b", "t"}));
  EXPECT_TRUE(contains(Found.Sections[1].Why, "no object file"));
}

TEST(CompareArchives, ComparesMembersOfOneNameInTheirOrder) {
  ObjectDifference Found = differenceOf(archiveOf({{"a.o", "1"}, {"a.o", "2"}, {"b.o", "3"}}),
                                        archiveOf({{"a.o", "1"}, {"c.o", "3"}}));
  EXPECT_EQ(sectionsOf(Found), (std::vector<std::string>{"a.o", "b.o", "c.o"}));
  EXPECT_EQ(Found.Sections[0].Why, "only ours has it");
  EXPECT_EQ(Found.Sections[2].Why, "ours lacks it");
}

TEST(CompareArchives, SaysIfOnlyTheOrderDiffers) {
  ObjectDifference Found = differenceOf(archiveOf({{"a.o", "1"}, {"b.o", "2"}}),
                                        archiveOf({{"b.o", "2"}, {"a.o", "1"}}));
  ASSERT_EQ(Found.Sections.size(), 1u);
  EXPECT_TRUE(contains(Found.Sections[0].Why, "order"));
}

TEST(CompareArchives, CountsWhatItDoesNotList) {
  ObjectDifference Found = differenceOf(archiveOf({{"a", "1"}, {"b", "1"}, {"c", "1"}}),
                                        archiveOf({{"a", "2"}, {"b", "2"}, {"c", "2"}}), 1);
  EXPECT_EQ(Found.Sections.size(), 1u);
  EXPECT_EQ(Found.More, 2u);
}

TEST(CompareArchives, NamesTheFileThatIsNoArchive) {
  const std::string Archive = archiveOf({{"a.o", "x"}});
  ErrorReport Report = errorOf(
      compareArchives(MemoryBufferRef(Archive, "ours"), MemoryBufferRef("text", "/theirs.a"), 1));
  EXPECT_EQ(Report.Name, "CorruptArchive");
  EXPECT_EQ(Report.File, "/theirs.a");
}

TEST(WriteGnuArchive, KeepsOrderAndBytes) {
  Scratch Folder;
  const std::string File = Folder.path("libx.a");
  const std::string Object = elfObject({{".text", "12"}});
  EXPECT_FALSE(bool(writeGnuArchive({{"b.o", Object}, {"a.o", "no object"}}, File)));
  auto Written = cantFail(errorOrToExpected(MemoryBuffer::getFile(File)));
  std::vector<std::unique_ptr<MemoryBuffer>> Kept;
  std::vector<std::pair<std::string, std::string>> Members;
  cantFail(forEachMember(*Written, File, Kept, [&](const ArchiveMember &Member) -> Error {
    Members.emplace_back(Member.Name.str(), valueOf(Member.data()).str());
    return Error::success();
  }));
  EXPECT_EQ(Members, (std::vector<std::pair<std::string, std::string>>{{"b.o", Object},
                                                                       {"a.o", "no object"}}));
}

} // namespace

} // namespace archive_test
