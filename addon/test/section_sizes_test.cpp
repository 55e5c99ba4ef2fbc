#include "lto/llvm/section_sizes.h"
#include "test/support/expected.h"
#include "test/support/modules.h"
#include "test/support/objects.h"

namespace section_sizes_test {

using namespace llvm;
using namespace lto_inspector::support;
using namespace lto_inspector::pipeline;
using namespace lto_inspector::test;

namespace {

std::vector<SectionSizes> sizesOf(StringRef Object) {
  return valueOf(sectionSizes(MemoryBufferRef(Object, "object")));
}

const SectionSizes &named(const std::vector<SectionSizes> &Sections, StringRef Name) {
  static const SectionSizes None;
  for (const SectionSizes &Section : Sections)
    if (Section.Name == Name)
      return Section;
  ADD_FAILURE() << "there is no section " << Name.str();
  return None;
}

const char *const TwoFunctions = R"(
@zeros = global [12 x i8] zeroinitializer
@text = private constant [3 x i8] c"abc"
@where = constant ptr @text
define void @first() align 16 { ret void }
define void @second() align 16 { ret void }
define void @alias_of_second() { ret void }
)";

TEST(SectionSizes, AddUp) {
  CodegenSettings Together;
  Together.FunctionSections = false;
  for (const SectionSizes &Section : sizesOf(objectOf(TwoFunctions, Together))) {
    uint64_t Sum = 0;
    for (const SectionPart &Part : Section.Parts)
      Sum += Part.Size;
    EXPECT_EQ(Sum, Section.Size) << Section.Name;
  }
}

TEST(SectionSizes, NamePaddingBetweenFunctions) {
  CodegenSettings Together;
  Together.FunctionSections = false;
  const std::vector<SectionSizes> Sections = sizesOf(objectOf(TwoFunctions, Together));
  const SectionSizes &Text = named(Sections, ".text");
  EXPECT_TRUE(Text.Code);
  EXPECT_TRUE(Text.InFile);
  ASSERT_GE(Text.Parts.size(), 3u);
  EXPECT_EQ(Text.Parts[0].Symbol, "first");
  EXPECT_EQ(Text.Parts[0].Size, 1u);
  EXPECT_EQ(Text.Parts[1].Of, SectionPart::Kind::Padding);
  EXPECT_EQ(Text.Parts[1].Size, 15u);
  EXPECT_EQ(Text.Parts[2].Symbol, "second");
}

TEST(SectionSizes, TellZerosFromBytesOfTheFile) {
  const std::vector<SectionSizes> Sections = sizesOf(objectOf(TwoFunctions));
  const SectionSizes &Zeros = named(Sections, ".bss.zeros");
  EXPECT_FALSE(Zeros.InFile);
  EXPECT_FALSE(Zeros.Code);
  ASSERT_EQ(Zeros.Parts.size(), 1u);
  EXPECT_EQ(Zeros.Parts[0].Symbol, "zeros");
  EXPECT_EQ(Zeros.Parts[0].Size, 12u);
}

TEST(SectionSizes, SayWhatNoSymbolCovers) {
  const std::vector<SectionSizes> Sections = sizesOf(elfObject({{".a", "12345"}}));
  const SectionSizes &Section = named(Sections, ".a");
  ASSERT_EQ(Section.Parts.size(), 1u);
  EXPECT_EQ(Section.Parts[0].Of, SectionPart::Kind::Unnamed);
  EXPECT_EQ(Section.Parts[0].Size, 5u);
}

TEST(SectionSizes, NameTheFileThatIsNoObject) {
  ErrorReport Report = errorOf(sectionSizes(MemoryBufferRef("text", "/output")));
  EXPECT_EQ(Report.Name, "UnreadableFile");
  EXPECT_EQ(Report.File, "/output");
}

} // namespace

} // namespace section_sizes_test
