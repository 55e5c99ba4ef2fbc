#include "lto/compat/series.h"
#include "lto/rustc/bitcode_file.h"
#include "lto/rustc/module_files.h"
#include "test/support/expected.h"
#include "test/support/modules.h"
#include "test/support/objects.h"
#include "test/support/scratch.h"
#include "llvm/ADT/StringExtras.h"
#include <sys/stat.h>
#include <unistd.h>

namespace bitcode_file_test {

using namespace llvm;
using namespace lto_inspector::support;
using namespace lto_inspector::rustc;
using namespace lto_inspector::test;

namespace {

std::vector<std::string> namesOf(const BitcodeFile &File) {
  std::vector<std::string> Names;
  for (const BitcodeSlice &Slice : File.Slices)
    Names.push_back(Slice.Name);
  return Names;
}

const std::string &someBitcode() {
  static const std::string Bitcode = thinBitcode("define void @f() { ret void }");
  return Bitcode;
}

TEST(ReadWholeFile, ReadsAFile) {
  Scratch Folder;
  std::string Path = Folder.file("a.txt", StringRef("a\0b", 3));
  EXPECT_EQ(valueOf(readWholeFile(Path))->getBuffer(), StringRef("a\0b", 3));
}

TEST(ReadWholeFile, ReadsAnEmptyFile) {
  Scratch Folder;
  EXPECT_EQ(valueOf(readWholeFile(Folder.file("empty", "")))->getBufferSize(), 0u);
}

TEST(ReadWholeFile, RefusesAFolder) {
  Scratch Folder;
  ErrorReport Report = errorOf(readWholeFile(Folder.path("")));
  EXPECT_EQ(Report.Name, "UnreadableFile");
  EXPECT_TRUE(contains(Report.Message, "it is a folder")) << Report.Message;
  EXPECT_EQ(Report.File, Folder.path(""));
}

TEST(ReadWholeFile, RefusesAMissingFile) {
  Scratch Folder;
  ErrorReport Report = errorOf(readWholeFile(Folder.path("absent.bc")));
  EXPECT_EQ(Report.Name, "UnreadableFile");
  EXPECT_TRUE(contains(Report.Message, "No such file or directory")) << Report.Message;
}

TEST(ReadWholeFile, RefusesAFileThatMayNotBeRead) {
  Scratch Folder;
  std::string Path = Folder.file("secret.bc", "x");
  chmod(Folder.path("").c_str(), 0755);
  chmod(Path.c_str(), 0);
  // root can read everything.
  bool IsRoot = geteuid() == 0;
  if (IsRoot) {
    ASSERT_EQ(seteuid(65534), 0);
  }
  ErrorReport Report = errorOf(readWholeFile(Path));
  if (IsRoot) {
    ASSERT_EQ(seteuid(0), 0);
  }
  EXPECT_EQ(Report.Name, "UnreadableFile");
  EXPECT_TRUE(contains(Report.Message, "Permission denied")) << Report.Message;
}

TEST(ReadWholeFile, RefusesMoreThanAFileOfItsKindHolds) {
  Scratch Folder;
  std::string Path = Folder.file("sparse.bc", "BC");
  ASSERT_EQ(truncate(Path.c_str(), 50'000'000'000), 0);
  for (uint64_t Limit : {LargestFile, LargestText}) {
    ErrorReport Report = errorOf(readWholeFile(Path, Limit));
    EXPECT_EQ(Report.Name, "UnreadableFile");
    EXPECT_TRUE(contains(Report.Message, "it has 50000000000 bytes")) << Report.Message;
  }
  EXPECT_EQ(valueOf(readWholeFile(Folder.file("fits", "abc"), 3))->getBuffer(), "abc");
}

TEST(ReadWholeFile, RefusesLinksThatLeadNowhere) {
  Scratch Folder;
  std::string Loop = Folder.path("loop"), Dangling = Folder.path("dangling");
  ASSERT_EQ(symlink("loop", Loop.c_str()), 0);
  ASSERT_EQ(symlink("absent", Dangling.c_str()), 0);
  for (const std::string &Path : {Loop, Dangling})
    EXPECT_EQ(errorOf(readWholeFile(Path)).Name, "UnreadableFile");
}

TEST(ReadWholeFile, RefusesWhatHasNoEndOrWouldBlock) {
  Scratch Folder;
  std::string Pipe = Folder.path("pipe");
  ASSERT_EQ(mkfifo(Pipe.c_str(), 0600), 0);
  for (const std::string &Path : {Pipe, std::string("/dev/zero")}) {
    ErrorReport Report = errorOf(readWholeFile(Path));
    EXPECT_EQ(Report.Name, "UnreadableFile");
    EXPECT_TRUE(contains(Report.Message, "it is no regular file")) << Report.Message;
  }
}

TEST(OpenBitcodeFile, NamesASliceAfterTheFile) {
  Scratch Folder;
  BitcodeFile File =
      valueOf(openBitcodeFile(Folder.file("m.bc", someBitcode()), MemberSelection::RustObjects));
  ASSERT_EQ(File.Slices.size(), 1u);
  EXPECT_EQ(File.Slices[0].Name, "m.bc");
  EXPECT_EQ(File.Slices[0].Member, "");
  EXPECT_EQ(File.Slices[0].Data, someBitcode());
}

TEST(OpenBitcodeFile, SaysThatAFileIsEmpty) {
  Scratch Folder;
  ErrorReport Report = errorOf(openBitcodeFile(Folder.file("empty.o", ""), MemberSelection::All));
  EXPECT_EQ(Report.Name, "NotAnObject");
  EXPECT_TRUE(contains(Report.Message, "is empty"));
}

TEST(OpenBitcodeFile, NamesTheFileThatIsNoObject) {
  Scratch Folder;
  std::string Path = Folder.file("main.rs", "fn main() {}");
  ErrorReport Report = errorOf(openBitcodeFile(Path, MemberSelection::All));
  EXPECT_EQ(Report.Name, "NotAnObject");
  EXPECT_EQ(Report.File, Path);
  EXPECT_EQ(Report.Module, "main.rs");
}

TEST(OpenBitcodeFile, TakesFromAnArchiveWhatRustcWouldTake) {
  Scratch Folder;
  std::string Object = elfObject({{".llvmbc", someBitcode()}});
  std::string Archive = archiveOf({{"lib.rmeta", "rust metadata"},
                                   {"lib.rmeta-link", "which members are objects"},
                                   {"b-4a656e81c25e75bf.aaaaaaaaaaaaaaaa.rcgu.o", someBitcode()},
                                   {"c.rcgu.o", Object},
                                   {"native.o", elfObject({{".text", "\xc3"}})},
                                   {"\xff\xfe.rcgu.o", "not even bitcode"}});
  std::string Path = Folder.file("libb.rlib", Archive);
  BitcodeFile File = valueOf(openBitcodeFile(Path, MemberSelection::RustObjects));
  EXPECT_EQ(namesOf(File),
            (std::vector<std::string>{"b-4a656e81c25e75bf.aaaaaaaaaaaaaaaa.rcgu.o", "c.rcgu.o"}));
  for (const BitcodeSlice &Slice : File.Slices) {
    EXPECT_EQ(Slice.Member, Slice.Name);
    EXPECT_EQ(Slice.File, Path);
    EXPECT_EQ(Slice.Data, someBitcode());
  }
}

TEST(OpenBitcodeFile, TrimsNamesAsRustcDoes) {
  Scratch Folder;
  BitcodeFile File =
      valueOf(openBitcodeFile(Folder.file("liba.rlib", archiveOf({{" a.rcgu.o ", someBitcode()}})),
                              MemberSelection::RustObjects));
  EXPECT_EQ(namesOf(File), std::vector<std::string>{"a.rcgu.o"});
}

TEST(OpenBitcodeFile, TakesAllThatCanHoldBitcodeWhenAsked) {
  Scratch Folder;
  std::string Archive = archiveOf({{"a.o", someBitcode()},
                                   {"README", "words"},
                                   {"native.o", elfObject({{".text", "\xc3"}})},
                                   {"b.bc", someBitcode()}});
  BitcodeFile File =
      valueOf(openBitcodeFile(Folder.file("liball.a", Archive), MemberSelection::All));
  EXPECT_EQ(namesOf(File), (std::vector<std::string>{"a.o", "b.bc"}));
}

TEST(OpenBitcodeFile, NamesTheMemberWithoutBitcode) {
  Scratch Folder;
  std::string Archive =
      archiveOf({{"a.rcgu.o", someBitcode()}, {"b.rcgu.o", elfObject({{".text", "\xc3"}})}});
  ErrorReport Report =
      errorOf(openBitcodeFile(Folder.file("libab.rlib", Archive), MemberSelection::RustObjects));
  EXPECT_EQ(Report.Name, "LtoBitcodeFromRlib");
  EXPECT_EQ(Report.Module, "b.rcgu.o");
  EXPECT_TRUE(contains(Report.Message, "member b.rcgu.o of ")) << Report.Message;
}

TEST(OpenBitcodeFile, NamesTheMemberThatIsCutShort) {
  Scratch Folder;
  std::string Archive = archiveOf({{"a.rcgu.o", someBitcode()}, {"b.rcgu.o", someBitcode()}});
  Archive.resize(Archive.size() - 100);
  ErrorReport Report =
      errorOf(openBitcodeFile(Folder.file("libcut.rlib", Archive), MemberSelection::RustObjects));
  EXPECT_EQ(Report.Name, "CorruptArchive");
  EXPECT_EQ(Report.Module, "b.rcgu.o");
}

TEST(OpenBitcodeFile, SaysThatAnArchivesHeaderIsCorrupt) {
  Scratch Folder;
  std::string Archive = archiveOf({{"a.rcgu.o", someBitcode()}});
  Archive.replace(8 + 48, 4, "oops");
  ErrorReport Report =
      errorOf(openBitcodeFile(Folder.file("libbad.rlib", Archive), MemberSelection::RustObjects));
  EXPECT_EQ(Report.Name, "CorruptArchive");
  EXPECT_TRUE(contains(Report.Message, "libbad.rlib"));
}

TEST(OpenBitcodeFile, GivesNothingForAnEmptyArchive) {
  Scratch Folder;
  std::string Path = Folder.file("libempty.rlib", "!<arch>\n");
  EXPECT_TRUE(valueOf(openBitcodeFile(Path, MemberSelection::RustObjects)).Slices.empty());
}

TEST(OpenBitcodeFile, NamesTheMemberThatAThinArchiveLacks) {
  Scratch Folder;
  ErrorReport Report = errorOf(
      openBitcodeFile(Folder.file("libthin.a", "!<thin>\n" + archiveOf({{"a.o", ""}}).substr(8)),
                      MemberSelection::All, ThinArchives::Read));
  EXPECT_EQ(Report.Name, "UnreadableFile");
  EXPECT_TRUE(contains(Report.Message, "a.o")) << Report.Message;
}

TEST(OpenBitcodeFile, TellsMembersOfOneNameApart) {
  Scratch Folder;
  BitcodeFile File = valueOf(openBitcodeFile(
      Folder.file("libtwice.a", archiveOf({{"a.o", someBitcode()}, {"a.o", someBitcode()}})),
      MemberSelection::All));
  ASSERT_EQ(File.Slices.size(), 2u);
  EXPECT_EQ(File.Slices[0].Name, "a.o");
  EXPECT_TRUE(StringRef(File.Slices[1].Name).starts_with("a.o at ")) << File.Slices[1].Name;
  EXPECT_EQ(valueOf(findSlice(File, File.Slices[1].Member)).Data.data(),
            File.Slices[1].Data.data());
}

TEST(FindSlice, AsksForAMember) {
  Scratch Folder;
  BitcodeFile File = valueOf(openBitcodeFile(
      Folder.file("liba.rlib", archiveOf({{"a.rcgu.o", someBitcode()}})), MemberSelection::All));
  EXPECT_EQ(valueOf(findSlice(File, "a.rcgu.o")).Name, "a.rcgu.o");
  EXPECT_EQ(errorOf(findSlice(File, "")).Name, "UnknownModule");
  ErrorReport Report = errorOf(findSlice(File, "b.rcgu.o"));
  EXPECT_EQ(Report.Name, "UnknownModule");
  EXPECT_EQ(Report.Module, "b.rcgu.o");
}

TEST(ReadProducer, SaysWhoWroteTheBitcode) {
  Producer Found = valueOf(readProducer(MemoryBufferRef(someBitcode(), "m")));
  EXPECT_TRUE(
      StringRef(Found.Identification).starts_with("LLVM" + lto_inspector::compat::series() + "."))
      << Found.Identification;
  EXPECT_EQ("LLVM" + Found.Version, Found.Identification);
  EXPECT_FALSE(Found.SymtabProducer.empty());
}

TEST(ReadModuleFile, DescribesWhatAFileHolds) {
  Scratch Folder;
  std::string Text = R"(
source_filename = "b.abc-cgu.0"
define void @_RNvCs1_7___rustc12___rust_alloc() #0 { ret void }
define void @g() #0 { ret void }
declare void @h()
attributes #0 = { "no-builtins" }
)";
  std::string Path = Folder.file(
      "libb.rlib", archiveOf({{"a.rcgu.o", thinBitcode(Text)}, {"b.rcgu.o", plainBitcode("")}}));
  std::vector<ModuleFile> Modules = valueOf(readModuleFile(Path, MemberSelection::RustObjects));
  ASSERT_EQ(Modules.size(), 2u);
  EXPECT_EQ(Modules[0].Name, "a.rcgu.o");
  EXPECT_EQ(Modules[0].SourceFileName, "b.abc-cgu.0");
  EXPECT_EQ(Modules[0].Triple, "x86_64-unknown-linux-gnu");
  EXPECT_EQ(Modules[0].Definitions, 2u);
  EXPECT_TRUE(Modules[0].HasSummary);
  EXPECT_TRUE(Modules[0].IsAllocator);
  EXPECT_TRUE(Modules[0].NoBuiltins);
  EXPECT_FALSE(Modules[1].HasSummary);
  EXPECT_FALSE(Modules[1].IsAllocator);
  // Without a function there is nothing to mark.
  EXPECT_FALSE(Modules[1].NoBuiltins);
}

TEST(OpenBitcodeFile, FollowsAThinArchiveOnlyWhereTheUserNamedIt) {
  Scratch Folder;
  Folder.file("m.bc", plainBitcode("define void @f() { ret void }"));
  // As `ar --thin` writes it: a header, a table of long names, and a member without content.
  std::string Size =
      std::to_string(std::string(plainBitcode("define void @f() { ret void }")).size());
  Size.resize(10, ' ');
  std::string Thin = "!<thin>\n//                                              6         `\nm.bc/\n"
                     "/0              0           0     0     644     " +
                     Size + "`\n";
  std::string Path = Folder.file("thin.a", Thin);
  EXPECT_EQ(errorOf(openBitcodeFile(Path, MemberSelection::All)).Name, "CorruptArchive");
  BitcodeFile File = valueOf(openBitcodeFile(Path, MemberSelection::All, ThinArchives::Read));
  ASSERT_EQ(File.Slices.size(), 1u);
  EXPECT_EQ(File.Slices[0].Name, "m.bc");
}

} // namespace

} // namespace bitcode_file_test
