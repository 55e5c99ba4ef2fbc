#include "lto/llvm/object_difference.h"
#include "lto/llvm/targets.h"
#include "lto/pipeline/object_code.h"
#include "test/support/expected.h"
#include "test/support/modules.h"
#include "test/support/objects.h"
#include "llvm/Object/ObjectFile.h"

namespace object_code_test {

using namespace llvm;
using namespace lto_inspector::support;
using namespace lto_inspector::pipeline;
using namespace lto_inspector::test;

namespace {

const char *const TwoFunctions = R"(
define i32 @first(i32 %n) {
  %sum = add i32 %n, 1
  ret i32 %sum
}
define i32 @second(i32 %n) {
  %product = mul i32 %n, 3
  ret i32 %product
}
)";

std::vector<std::string> sectionsOf(StringRef Object) {
  std::vector<std::string> Names;
  auto File = valueOf(object::ObjectFile::createObjectFile(MemoryBufferRef(Object, "object")));
  for (const object::SectionRef &Section : File->sections())
    Names.push_back(valueOf(Section.getName()).str());
  return Names;
}

ObjectDifference differenceOf(StringRef Ours, StringRef Theirs, size_t Most = 10) {
  return valueOf(
      compareObjects(MemoryBufferRef(Ours, "ours"), MemoryBufferRef(Theirs, "theirs"), Most));
}

TEST(EmitObject, MakesASectionForEachFunction) {
  std::vector<std::string> Names = sectionsOf(objectOf(TwoFunctions));
  EXPECT_TRUE(is_contained(Names, ".text.first"));
  EXPECT_TRUE(is_contained(Names, ".text.second"));
}

TEST(EmitObject, FollowsTheSettings) {
  CodegenSettings Codegen;
  Codegen.FunctionSections = false;
  EXPECT_FALSE(is_contained(sectionsOf(objectOf(TwoFunctions, Codegen)), ".text.first"));
  Codegen.EmitStackSizes = true;
  EXPECT_TRUE(is_contained(sectionsOf(objectOf(TwoFunctions, Codegen)), ".stack_sizes"));
}

TEST(EmitObject, SaysThatATargetIsUnknown) {
  initializeTargets();
  LLVMContext Context;
  std::unique_ptr<Module> M = parse(Context, TwoFunctions);
  TargetSettings Settings;
  Settings.Triple = "nothing-at-all";
  EXPECT_EQ(errorOf(emitObject(*M, Settings, {})).Name, "EngineFailed");
}

TEST(CompareObjects, FindsNothingInEqualOnes) {
  std::string Object = objectOf(TwoFunctions);
  EXPECT_TRUE(differenceOf(Object, Object).Sections.empty());
}

TEST(CompareObjects, NamesSectionAndSymbol) {
  std::string Other = TwoFunctions;
  Other.replace(Other.find("%n, 3"), 5, "%n, 5");
  ObjectDifference Found = differenceOf(objectOf(TwoFunctions), objectOf(Other));
  ASSERT_EQ(Found.Sections.size(), 1u);
  EXPECT_EQ(Found.Sections[0].Section, ".text.second");
  EXPECT_EQ(Found.Sections[0].Symbols, std::vector<std::string>{"second"});
  EXPECT_TRUE(contains(Found.Sections[0].Why, "the first of"));
}

TEST(CompareObjects, NamesSectionsThatOnlyOneHas) {
  std::string Both = objectOf(TwoFunctions);
  std::string One = objectOf("define i32 @first(i32 %n) {\n  %sum = add i32 %n, 1\n"
                             "  ret i32 %sum\n}\n");
  auto WhyOf = [](const ObjectDifference &Found, StringRef Section) {
    for (const SectionDifference &Difference : Found.Sections)
      if (Difference.Section == Section)
        return Difference.Why;
    return std::string();
  };
  EXPECT_EQ(WhyOf(differenceOf(Both, One), ".text.second"), "only ours has it");
  EXPECT_EQ(WhyOf(differenceOf(One, Both), ".text.second"), "ours lacks it");
}

TEST(CompareObjects, CountsWhatItDoesNotList) {
  ObjectDifference Found =
      differenceOf(elfObject({{".a", "1"}, {".b", "1"}, {".c", "1"}}),
                   elfObject({{".a", "2"}, {".b", "2"}, {".c", "2"}}), /*Most=*/1);
  EXPECT_EQ(Found.Sections.size(), 1u);
  EXPECT_EQ(Found.More, 2u);
}

TEST(CompareObjects, NamesTheFileThatIsNoObject) {
  std::string Object = objectOf(TwoFunctions);
  ErrorReport Report = errorOf(
      compareObjects(MemoryBufferRef(Object, "ours"), MemoryBufferRef("text", "/theirs.o"), 1));
  EXPECT_EQ(Report.Name, "UnreadableFile");
  EXPECT_EQ(Report.File, "/theirs.o");
}

} // namespace

} // namespace object_code_test
