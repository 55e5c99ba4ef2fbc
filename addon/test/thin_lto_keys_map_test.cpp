#include "lto/rustc/thin_lto_keys_map.h"
#include "test/support/expected.h"
#include "test/support/scratch.h"
#include <sys/stat.h>

namespace thin_lto_keys_map_test {

using namespace lto_inspector::support;
using namespace lto_inspector::rustc;
using namespace lto_inspector::test;

namespace {

const std::string KeyA(40, 'A');
const std::string KeyB(40, 'B');

TEST(ThinLtoKeysMap, IsReadBackAsItWasWritten) {
  Scratch Folder;
  ThinLtoKeysMap Map;
  Map.insert("b.rcgu.o", KeyB);
  Map.insert("3dwn031u1cy7", KeyA);
  succeeds(Map.saveToFile(Folder.path("keys.bin")));
  EXPECT_EQ(contentOf(Folder.path("keys.bin")),
            "3dwn031u1cy7 " + KeyA + "\nb.rcgu.o " + KeyB + "\n");

  ThinLtoKeysMap Read = valueOf(ThinLtoKeysMap::loadFromFile(Folder.path("keys.bin")));
  EXPECT_EQ(Read.size(), 2u);
  EXPECT_EQ(Read.lookup("b.rcgu.o"), KeyB);
  EXPECT_EQ(Read.lookup("3dwn031u1cy7"), KeyA);
  EXPECT_EQ(Read.lookup("absent"), std::nullopt);
}

TEST(ThinLtoKeysMap, AnEmptyFileIsAMapWithoutKeys) {
  Scratch Folder;
  EXPECT_EQ(valueOf(ThinLtoKeysMap::loadFromFile(Folder.file("keys.bin", ""))).size(), 0u);
  succeeds(ThinLtoKeysMap().saveToFile(Folder.path("new.bin")));
  EXPECT_EQ(contentOf(Folder.path("new.bin")), "");
}

TEST(ThinLtoKeysMap, TakesLineEndsAsRustsLinesDoes) {
  Scratch Folder;
  std::string Text = "a " + KeyA + "\r\nb " + KeyB;
  ThinLtoKeysMap Map = valueOf(ThinLtoKeysMap::loadFromFile(Folder.file("keys.bin", Text)));
  EXPECT_EQ(Map.lookup("a"), KeyA);
  EXPECT_EQ(Map.lookup("b"), KeyB);
}

TEST(ThinLtoKeysMap, TheLastOfTwoLinesForAModuleCounts) {
  Scratch Folder;
  std::string Text = "a " + KeyA + "\na " + KeyB + "\n";
  ThinLtoKeysMap Map = valueOf(ThinLtoKeysMap::loadFromFile(Folder.file("keys.bin", Text)));
  EXPECT_EQ(Map.lookup("a"), KeyB);
}

TEST(ThinLtoKeysMap, SaysThatTheFileIsMissing) {
  Scratch Folder;
  ErrorReport Report = errorOf(ThinLtoKeysMap::loadFromFile(Folder.path("keys.bin")));
  EXPECT_EQ(Report.Name, "UnreadableFile");
  EXPECT_EQ(Report.File, Folder.path("keys.bin"));
}

struct Malformed {
  const char *What;
  std::string Text;
  const char *Line;
};

class MalformedKeys : public testing::TestWithParam<Malformed> {};

TEST_P(MalformedKeys, AreRefusedWithTheNumberOfTheLine) {
  Scratch Folder;
  std::string Path = Folder.file("keys.bin", GetParam().Text);
  ErrorReport Report = errorOf(ThinLtoKeysMap::loadFromFile(Path));
  EXPECT_EQ(Report.Name, "UnreadableFile");
  EXPECT_TRUE(contains(Report.Message, GetParam().Line)) << Report.Message;
  EXPECT_EQ(Report.File, Path);
}

INSTANTIATE_TEST_SUITE_P(
    Table, MalformedKeys,
    testing::Values(Malformed{"no key", "a " + KeyA + "\nb\n", "line 2"},
                    Malformed{"a third field", "a " + KeyA + " c\n", "line 1"},
                    Malformed{"two spaces", "a  " + KeyA + "\n", "line 1"},
                    Malformed{"a space at the end", "a " + KeyA + " \n", "line 1"},
                    Malformed{"an empty line", "a " + KeyA + "\n\nb " + KeyB + "\n", "line 2"},
                    Malformed{"not UTF-8", "a " + KeyA + "\n\xff\xfe " + KeyB + "\n", "line 2"},
                    Malformed{"bytes", std::string("\0\1\2\3", 4), "line 1"}),
    [](const auto &Info) { return "Case" + std::to_string(Info.index); });

TEST(ThinLtoKeysMap, QuotesNoMoreThanTheStartOfALongLine) {
  Scratch Folder;
  ErrorReport Report =
      errorOf(ThinLtoKeysMap::loadFromFile(Folder.file("keys.bin", std::string(1 << 20, 'x'))));
  EXPECT_LT(Report.Message.size(), 1000u);
}

TEST(ThinLtoKeysMap, RefusesNamesThatTheFormatCannotHold) {
  for (const char *Name : {"two words", "line\nbreak", "carriage\r", "", "\xff"}) {
    Scratch Folder;
    ThinLtoKeysMap Map;
    Map.insert(Name, KeyA);
    ErrorReport Report = errorOf(Map.saveToFile(Folder.path("keys.bin")));
    EXPECT_EQ(Report.Name, "WriteThinLtoKey");
    EXPECT_EQ(Report.Module, Name);
    EXPECT_TRUE(Folder.files().empty()) << "nothing may be left behind";
  }
}

TEST(ThinLtoKeysMap, SaysThatItCannotBeWritten) {
  Scratch Folder;
  ThinLtoKeysMap Map;
  Map.insert("a", KeyA);
  ErrorReport Report = errorOf(Map.saveToFile(Folder.path("absent/keys.bin")));
  EXPECT_EQ(Report.Name, "WriteThinLtoKey");
  EXPECT_EQ(Report.File, Folder.path("absent/keys.bin"));
  EXPECT_TRUE(contains(Report.Message, "No such file or directory")) << Report.Message;
}

TEST(ThinLtoKeysMap, DoesNotReplaceAFolder) {
  Scratch Folder;
  Folder.file("keys.bin/inside", "x");
  ThinLtoKeysMap Map;
  Map.insert("a", KeyA);
  EXPECT_EQ(errorOf(Map.saveToFile(Folder.path("keys.bin"))).Name, "WriteThinLtoKey");
  EXPECT_EQ(Folder.files(), std::vector<std::string>{"keys.bin/inside"});
}

TEST(ThinLtoKeysMap, ReplacesTheFileWhole) {
  Scratch Folder;
  std::string Path = Folder.file("keys.bin", "old " + KeyB + "\n");
  struct stat Before, After;
  ASSERT_EQ(stat(Path.c_str(), &Before), 0);
  ThinLtoKeysMap Map;
  Map.insert("a", KeyA);
  succeeds(Map.saveToFile(Path));
  ASSERT_EQ(stat(Path.c_str(), &After), 0);
  EXPECT_NE(Before.st_ino, After.st_ino) << "it was written in place";
  EXPECT_EQ(contentOf(Path), "a " + KeyA + "\n");
  EXPECT_EQ(Folder.files(), std::vector<std::string>{"keys.bin"});
}

} // namespace

} // namespace thin_lto_keys_map_test
