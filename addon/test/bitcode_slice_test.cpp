#include "lto/llvm/error.h"
#include "lto/rustc/bitcode_slice.h"
#include "test/support/expected.h"
#include "test/support/modules.h"
#include "test/support/objects.h"

namespace bitcode_slice_test {

using namespace llvm;
using namespace lto_inspector::support;
using namespace lto_inspector::rustc;
using namespace lto_inspector::test;

namespace {

TEST(LooksLikeRustObjectFile, HasRustcsRule) {
  for (const char *Name : {"a.rcgu.o", "b-4a65.3dwn031u1cy7.1vedk78.rcgu.o", "dir/a.rcgu.o",
                           "std.std.e28293b1aa0f68bd-cgu.0.rcgu.o", "..rcgu.o", "a.rcgu.o/"})
    EXPECT_TRUE(looksLikeRustObjectFile(Name)) << Name;
  for (const char *Name : {"a.o", "lib.rmeta", "a.rcgu.bc", "rcgu.o", "a.rcgu", "a.rcgu.o.old",
                           "a.rcgu.O", "", ".rcgu.o", "dir/.rcgu.o", "a.rcgu.o/b", "/", ".", ".."})
    EXPECT_FALSE(looksLikeRustObjectFile(Name)) << Name;
}

TEST(BitcodeSectionName, FollowsTheObjectFormat) {
  EXPECT_EQ(bitcodeSectionName(Triple("x86_64-unknown-linux-gnu")), ".llvmbc");
  EXPECT_EQ(bitcodeSectionName(Triple("x86_64-pc-windows-msvc")), ".llvmbc");
  EXPECT_EQ(bitcodeSectionName(Triple("wasm32-unknown-unknown")), ".llvmbc");
  EXPECT_EQ(bitcodeSectionName(Triple("aarch64-apple-darwin")), "__bitcode");
  EXPECT_EQ(bitcodeSectionName(Triple("powerpc64-ibm-aix")), ".ipa");
}

TEST(BitcodeSlice, TakesRawBitcodeWhole) {
  std::string Bitcode = plainBitcode("define void @f() { ret void }");
  EXPECT_EQ(valueOf(getBitcodeSliceFromObjectData(Bitcode)), Bitcode);
}

TEST(BitcodeSlice, TakesWrappedBitcodeWhole) {
  std::string Wrapped("\xDE\xC0\x17\x0B and whatever follows it", 30);
  EXPECT_EQ(valueOf(getBitcodeSliceFromObjectData(Wrapped)), Wrapped);
}

TEST(BitcodeSlice, TakesTheSectionOfAnElfObject) {
  std::string Bitcode = plainBitcode("define void @f() { ret void }");
  std::string Object = elfObject({{".text", "\xc3"}, {".llvmbc", Bitcode}, {".llvmcmd", "-O2"}});
  StringRef Slice = valueOf(getBitcodeSliceFromObjectData(Object));
  EXPECT_EQ(Slice, Bitcode);
  // Inside the object, not a copy.
  EXPECT_GE(Slice.begin(), StringRef(Object).begin());
  EXPECT_LE(Slice.end(), StringRef(Object).end());
}

TEST(BitcodeSlice, TakesTheSectionOfAMachOObject) {
  std::string Bitcode = plainBitcode("define void @f() { ret void }");
  EXPECT_EQ(valueOf(getBitcodeSliceFromObjectData(machoObject("__bitcode", Bitcode))).str(),
            Bitcode);
}

TEST(BitcodeSlice, IsNeverEmpty) {
  ErrorReport Report = errorOf(getBitcodeSliceFromObjectData(elfObject({{".llvmbc", ""}})));
  EXPECT_EQ(Report.Name, "NoBitcode");
  EXPECT_EQ(Report.Message, "its section .llvmbc is empty");
}

TEST(BitcodeSlice, SaysThatAnObjectHasNoBitcode) {
  ErrorReport Report = errorOf(getBitcodeSliceFromObjectData(elfObject({{".text", "\xc3"}})));
  EXPECT_EQ(Report.Name, "NoBitcode");
  EXPECT_TRUE(contains(Report.Message, ".llvmbc")) << Report.Message;
}

TEST(BitcodeSlice, StaysInsideTheObject) {
  std::string Object = elfObject({{".llvmbc", std::string(64, 'x')}});
  // Cuts off the section's end but keeps the section headers, so that its content would extend
  // beyond the end of the file.
  auto *Header = reinterpret_cast<uint64_t *>(Object.data() + Object.size() - 2 * 64);
  Header[4] = 1 << 20;
  ErrorReport Report = errorOf(getBitcodeSliceFromObjectData(Object));
  EXPECT_EQ(Report.Name, "LtoBitcodeFromRlib");
  EXPECT_TRUE(contains(Report.Message, "failed to get bitcode from object file for LTO: "))
      << Report.Message;
}

TEST(BitcodeSlice, GivesLlvmsWordsForATruncatedObject) {
  std::string Object = elfObject({{".llvmbc", "xx"}});
  Object.resize(Object.size() - 40);
  ErrorReport Report = errorOf(getBitcodeSliceFromObjectData(Object));
  EXPECT_EQ(Report.Name, "LtoBitcodeFromRlib");
  EXPECT_GT(Report.Message.size(),
            StringRef("failed to get bitcode from object file for LTO: ").size());
}

TEST(BitcodeSlice, RefusesWhatIsNoObject) {
  EXPECT_EQ(errorOf(getBitcodeSliceFromObjectData("")).Message, "the object is empty");
  for (const char *Text : {"fn main() {}", "BC",
                           "\x7f"
                           "ELF",
                           "#!/bin/sh\n"})
    EXPECT_EQ(errorOf(getBitcodeSliceFromObjectData(Text)).Name, "NotAnObject") << Text;
}

TEST(BitcodeSlice, RefusesOtherFilesThatLlvmKnows) {
  // An archive, a truncated Windows executable, a universal binary.
  for (StringRef Data :
       {StringRef("!<arch>\n"), StringRef("MZ\0\0\0\0\0\0", 8),
        StringRef("\xca\xfe\xba\xbe\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 28)}) {
    ErrorReport Report = errorOf(getBitcodeSliceFromObjectData(Data));
    EXPECT_TRUE(Report.Name == "LtoBitcodeFromRlib" || Report.Name == "NotAnObject") << Report.Name;
  }
}

} // namespace

} // namespace bitcode_slice_test
