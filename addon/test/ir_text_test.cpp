#include "ir_test_support.h"
#include "lto/ir/text.h"

namespace ir_text_test {

using namespace lto_inspector::ir;
using namespace lto_inspector::support;
using namespace lto_inspector::test;

namespace {

constexpr size_t NoLimit = size_t(1) << 30;

constexpr const char *Sample = R"(
source_filename = "sample"
%named = type { i32, %inner }
%inner = type { i64 }
%unused = type { i8 }
@text = private constant [3 x i8] c"#1;"
@elsewhere = external global i32
@unrelated = global i32 7
define internal i32 @_ZN4demo3sum17h0123456789abcdefE(ptr %p) unnamed_addr #0 !dbg !4 {
  ; the string below holds what looks like a group and a comment
  %q = getelementptr %named, ptr @text, i64 1
  %x = load i32, ptr @elsewhere, align 4, !range !7, !dbg !8
  %r = call i32 @_ZN5other4call17h0123456789abcdefE(ptr @text, i32 %x) #1
  %s = call i32 @external(i32 %r)
  ret i32 %s
}
define internal i32 @_ZN5other4call17h0123456789abcdefE(ptr %p, i32 %x) #2 {
  %y = load i32, ptr @unrelated
  ret i32 %y
}
define i32 @_ZN4demo3sum17hfedcba9876543210E(i32 %a) {
  ret i32 %a
}
define i32 @_ZN4demo8promoted17h0123456789abcdefE.llvm.77() {
  ret i32 0
}
declare i32 @external(i32) #3
attributes #0 = { noinline "target-cpu"="x86-64" }
attributes #1 = { cold }
attributes #2 = { nounwind }
attributes #3 = { nofree }
!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2}
!0 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !1, producer: "the unit stays out")
!1 = !DIFile(filename: "a.rs", directory: "/")
!2 = !{i32 2, !"Debug Info Version", i32 3}
!3 = !DISubroutineType(types: !{})
!4 = distinct !DISubprogram(name: "sum", scope: !1, file: !1, line: 1, type: !3, unit: !0,
                            spFlags: DISPFlagDefinition)
!7 = !{i32 0, i32 4}
!8 = !DILocation(line: 12, column: 3, scope: !4)
)";

constexpr const char *Sum = "_ZN4demo3sum17h0123456789abcdefE";

std::string textOf(const std::string &Bitcode, llvm::StringRef Function) {
  return take(printModule(bufferOf(Bitcode), Function, NoLimit)).Text;
}

#define EXPECT_HAS(Text, Part) EXPECT_NE((Text).find(Part), std::string::npos) << (Text)
#define EXPECT_HAS_NOT(Text, Part) EXPECT_EQ((Text).find(Part), std::string::npos) << (Text)

TEST(PrintFunction, comesWithWhatAReaderNeeds) {
  const std::string Text = textOf(bitcodeOf(Sample), Sum);
  EXPECT_HAS(Text, "; demo::sum\n");
  EXPECT_HAS(Text, "; in module m.bc\n");
  EXPECT_HAS(Text, "%named = type { i32, %inner }");
  EXPECT_HAS(Text, "%inner = type { i64 }");
  EXPECT_HAS(Text, "define internal i32 @_ZN4demo3sum17h0123456789abcdefE(ptr %p) unnamed_addr #0");
  EXPECT_HAS(Text, "@text = private constant");
  EXPECT_HAS(Text, "@elsewhere = external global i32");
  EXPECT_HAS(Text, "declare internal i32 @_ZN5other4call17h0123456789abcdefE(ptr %0, i32 %1) #");
  EXPECT_HAS(Text, " ; defined in this module\n");
  EXPECT_HAS(Text, "declare i32 @external(i32) #");
  EXPECT_HAS(Text, "attributes #0 = { noinline \"target-cpu\"=\"x86-64\" }");
  for (const char *Group : {"{ cold }", "{ nounwind }", "{ nofree }"})
    EXPECT_HAS(Text, Group);
  EXPECT_HAS(Text, "= !{i32 0, i32 4}");
  EXPECT_HAS(Text, "= !DILocation(line: 12, column: 3");
  EXPECT_HAS(Text, "!DISubprogram(name: \"sum\"");
}

TEST(PrintFunction, leavesOutWhatItDoesNotMention) {
  const std::string Text = textOf(bitcodeOf(Sample), Sum);
  for (const char *Absent : {"%unused", "@unrelated", "@_ZN4demo3sum17hfedcba", "DICompileUnit"})
    EXPECT_HAS_NOT(Text, Absent);
}

TEST(PrintFunction, everyGroupAndNodeThatIsNamedIsWritten) {
  const std::string Text = textOf(bitcodeOf(Sample), Sum);
  for (unsigned Number = 0; Number != 10; ++Number) {
    const std::string Group = "#" + std::to_string(Number);
    if (Text.find(") " + Group) != std::string::npos) {
      EXPECT_HAS(Text, "attributes " + Group + " = ");
    }
  }
}

TEST(PrintFunction, isFoundByEveryNameThatMeansItAlone) {
  const std::string Bitcode = bitcodeOf(Sample);
  for (const char *Name : {"_ZN5other4call17h0123456789abcdefE", "other::call", "call", "er::ca"})
    EXPECT_HAS(textOf(Bitcode, Name), "define internal i32 @_ZN5other4call") << Name;
  for (const char *Name :
       {"_ZN4demo8promoted17h0123456789abcdefE.llvm.77", "_ZN4demo8promoted17h0123456789abcdefE",
        "_ZN4demo8promoted17h0123456789abcdefE.llvm.99", "demo::promoted",
        "demo::promoted (.llvm.77)", "promoted"})
    EXPECT_HAS(textOf(Bitcode, Name), "define i32 @_ZN4demo8promoted17h0123456789abcdefE.llvm.77()")
        << Name;
}

TEST(PrintFunction, prefersTheDefinitionAmongSeveral) {
  const std::string Bitcode =
      bitcodeOf("declare void @_ZN1a1f17h0123456789abcdefE()\n"
                "define void @_ZN1b1f17h0123456789abcdefE() {\n ret void\n}");
  EXPECT_HAS(textOf(Bitcode, "f"), "define void @_ZN1b1f");
}

TEST(PrintFunction, listsTheCandidatesOfAnAmbiguousName) {
  const std::string Bitcode = bitcodeOf(Sample);
  const ErrorReport Report =
      takeError(printModule(bufferOf(Bitcode), llvm::StringRef("demo::sum"), NoLimit));
  EXPECT_EQ(Report.Name, "UnknownFunction");
  EXPECT_EQ(Report.Module, "m.bc");
  EXPECT_HAS(Report.Message, "names 2 functions");
  EXPECT_HAS(Report.Message, "demo::sum (_ZN4demo3sum17h0123456789abcdefE)");
  EXPECT_HAS(Report.Message, "demo::sum (_ZN4demo3sum17hfedcba9876543210E)");
}

TEST(PrintFunction, namesWhatLooksAlikeWhenThereIsNone) {
  const std::string Bitcode = bitcodeOf(Sample);
  const ErrorReport Report =
      takeError(printModule(bufferOf(Bitcode), llvm::StringRef("wrong::CALL"), NoLimit));
  EXPECT_EQ(Report.Name, "UnknownFunction");
  EXPECT_HAS(Report.Message, "other::call");
  EXPECT_HAS_NOT(takeError(printModule(bufferOf(Bitcode), llvm::StringRef("zzz"), NoLimit)).Message,
                 "alike");
}

TEST(PrintFunction, showsADeclarationAsWhatItIs) {
  const std::string Text = textOf(bitcodeOf(Sample), "external");
  EXPECT_HAS(Text, "declare i32 @external(i32)");
  EXPECT_HAS(Text, "{ nofree }");
}

TEST(PrintFunction, cutsLongInitialisers) {
  const std::string Bitcode = bitcodeOf("@big = constant [4000 x i8] c\"" + std::string(4000, 'x') +
                                        "\"\ndefine ptr @f() {\n ret ptr @big\n}");
  const std::string Text = textOf(Bitcode, "f");
  EXPECT_HAS(Text, "characters left out");
  EXPECT_LT(Text.size(), 2000u);
}

TEST(PrintModule, isWhole) {
  const std::string Bitcode = bitcodeOf(Sample);
  const PrintResult Result = take(printModule(bufferOf(Bitcode), std::nullopt, NoLimit));
  EXPECT_FALSE(Result.Truncated);
  EXPECT_EQ(Result.TotalBytes, Result.Text.size());
  EXPECT_HAS(Result.Text, "@unrelated = global i32 7");
  EXPECT_HAS(Result.Text, "DICompileUnit");
  // The printed text parses to the same module.
  EXPECT_EQ(take(printModule(bufferOf(bitcodeOf(Result.Text)), std::nullopt, NoLimit)).Text,
            Result.Text);
}

TEST(PrintModule, stopsAtTheLimitOnAWholeLine) {
  const std::string Bitcode = bitcodeOf(Sample);
  const PrintResult Whole = take(printModule(bufferOf(Bitcode), std::nullopt, NoLimit));
  for (size_t Limit : {size_t(0), size_t(10), size_t(500), Whole.Text.size() - 1}) {
    const PrintResult Part = take(printModule(bufferOf(Bitcode), std::nullopt, Limit));
    EXPECT_TRUE(Part.Truncated);
    EXPECT_EQ(Part.TotalBytes, Whole.TotalBytes);
    EXPECT_LE(Part.Text.size(), Limit);
    EXPECT_EQ(Part.Text, Whole.Text.substr(0, Part.Text.size()));
    if (Limit >= 500) {
      EXPECT_EQ(Part.Text.back(), '\n');
    }
  }
  EXPECT_FALSE(take(printModule(bufferOf(Bitcode), std::nullopt, Whole.Text.size())).Truncated);
}

TEST(PrintModule, HasNoLineThatANameBegan) {
  const std::string Bitcode = bitcodeOf(R"(
define void @"_Z8x\0Adefinev"() { ret void }
)");
  const llvm::MemoryBufferRef Buffer(Bitcode, "dir\ndefine/a.bc");
  const std::string Whole = take(printModule(Buffer, std::nullopt, NoLimit)).Text;
  EXPECT_HAS(Whole, "; ModuleID = 'dir\\0Adefine/a.bc'\n");
  const std::string One = take(printModule(Buffer, llvm::StringRef("_Z8x\ndefinev"), NoLimit)).Text;
  EXPECT_HAS(One, "; x\\0Adefine()\n; in module dir\\0Adefine/a.bc\n");
}

TEST(PrintModule, saysWhatIsWrongWithBrokenBitcode) {
  const std::string Broken = bitcodeOf(Sample).substr(0, 200);
  EXPECT_EQ(takeError(printModule(bufferOf(Broken), std::nullopt, NoLimit)).Name, "ParseBitcode");
  EXPECT_EQ(takeError(printModule(bufferOf(Broken), llvm::StringRef("f"), NoLimit)).Name,
            "ParseBitcode");
}

} // namespace

} // namespace ir_text_test
