#include "ir_test_support.h"
#include "lto/ir/origins.h"

namespace ir_origins_test {

using namespace lto_inspector::ir;
using namespace lto_inspector::test;

namespace {

/// `outer` of a.rs, into which `edited` of b.rs was inlined, which calls a function of core.
std::string copied(const std::string &Constant, const std::string &Checksum,
                   const std::string &Field) {
  return R"(
declare i64 @llvm.fshl.i64(i64, i64, i64)
define i64 @outer(i64 %x) !dbg !5 {
  %r = call i64 @llvm.fshl.i64(i64 %x, i64 %x, i64 )" +
         Constant + R"(), !dbg !10
  %s = add i64 %r, 1, !dbg !11
  ret i64 %s, !dbg !11
}
!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!1}
!0 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !2, emissionKind: FullDebug, retainedTypes: !20)
!1 = !{i32 2, !"Debug Info Version", i32 3}
!2 = !DIFile(filename: "a.rs", directory: "/w", checksumkind: CSK_MD5, checksum: "00000000000000000000000000000000")
!3 = !DIFile(filename: "b.rs", directory: "/w", checksumkind: CSK_MD5, checksum: ")" +
         Checksum + R"(")
!4 = !DIFile(filename: "num.rs", directory: "/rustc/1/library", checksumkind: CSK_MD5, checksum: "00000000000000000000000000000000")
!5 = distinct !DISubprogram(name: "outer", linkageName: "outer", scope: !2, file: !2, line: 2, type: !8, spFlags: DISPFlagDefinition, unit: !0)
!6 = distinct !DISubprogram(name: "edited<u64>", linkageName: "_ZN1b6edited17h0123456789abcdefE", scope: !3, file: !3, line: 7, type: !8, spFlags: DISPFlagDefinition, unit: !0)
!7 = distinct !DISubprogram(name: "rotate_left", linkageName: "rotate_left", scope: !4, file: !4, line: 9, type: !8, spFlags: DISPFlagDefinition, unit: !0)
!8 = !DISubroutineType(types: !9)
!9 = !{null}
!10 = !DILocation(line: 9, scope: !7, inlinedAt: !12)
!11 = !DILocation(line: 3, scope: !5)
!12 = distinct !DILocation(line: 8, scope: !6, inlinedAt: !13)
!13 = distinct !DILocation(line: 3, scope: !5)
!20 = !{!21}
!21 = !DICompositeType(tag: DW_TAG_structure_type, name: "Pair", scope: !22, file: !2, size: 64, elements: !23, identifier: "p")
!22 = !DINamespace(name: "demo", scope: null)
!23 = !{!24}
!24 = !DIDerivedType(tag: DW_TAG_member, name: ")" +
         Field + R"(", scope: !21, file: !2, baseType: !25, size: 32)
!25 = !DIBasicType(name: "u32", size: 32, encoding: DW_ATE_unsigned)
)";
}

OriginsResult origins(const std::string &Text) {
  const std::string Bitcode = bitcodeOf(Text);
  return take(readOrigins(bufferOf(Bitcode)));
}

const std::string One = "11111111111111111111111111111111";
const std::string Two = "22222222222222222222222222222222";

TEST(Origins, anInstructionCountsForTheInnermostFunctionOfTheUser) {
  const OriginsResult Before = origins(copied("5", One, "a"));
  const OriginsResult After = origins(copied("7", One, "a"));
  ASSERT_EQ(Before.Functions.size(), 1U);
  ASSERT_EQ(Before.Written.size(), 2U);
  EXPECT_EQ(Before.Written[0].Name, "outer");
  EXPECT_EQ(Before.Written[1].Name, "b::edited::<u64>");
  EXPECT_EQ(Before.Written[1].File, "/w/b.rs");
  EXPECT_EQ(Before.Written[1].Line, 7U);
  const std::vector<FramePart> &Old = Before.Functions[0].Parts, &New = After.Functions[0].Parts;
  ASSERT_EQ(Old.size(), 2U);
  ASSERT_EQ(New.size(), 2U);
  EXPECT_EQ(Old[0].Hash, New[0].Hash) << "outer's own instructions are the same";
  EXPECT_NE(Old[1].Hash, New[1].Hash);
  EXPECT_EQ(Old[1].Depth, 1U);
}

TEST(Origins, closuresAndAsyncBodiesHaveTheirNumbers) {
  std::string Text = copied("5", One, "a");
  const std::string Plain =
      R"(name: "edited<u64>", linkageName: "_ZN1b6edited17h0123456789abcdefE")";
  Text.replace(
      Text.find(Plain), Plain.size(),
      R"(name: "{closure#1}", linkageName: "_ZN1b6edited28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE")");
  EXPECT_EQ(origins(Text).Written[1].Name, "b::edited::{closure#1}");
}

TEST(Origins, filesOfTheUserHaveTheirChecksums) {
  const OriginsResult Read = origins(copied("5", Two, "a"));
  ASSERT_EQ(Read.Files.size(), 2U) << "the standard library's is left out";
  EXPECT_EQ(Read.Files[1].File, "/w/b.rs");
  EXPECT_EQ(Read.Files[1].Checksum, Two);
}

TEST(Origins, aTypeChangesWithItsFields) {
  const OriginsResult Before = origins(copied("5", One, "a"));
  const OriginsResult Same = origins(copied("7", Two, "a"));
  const OriginsResult Other = origins(copied("5", One, "b"));
  ASSERT_EQ(Before.Types.size(), 1U);
  EXPECT_EQ(Before.Types[0].Name, "demo::Pair");
  EXPECT_EQ(Before.Types[0].Hash, Same.Types[0].Hash);
  EXPECT_NE(Before.Types[0].Hash, Other.Types[0].Hash);
}

TEST(Origins, withoutDebugInfoThereIsNothing) {
  const OriginsResult Read = origins("define void @f() {\n  ret void\n}\n");
  EXPECT_TRUE(Read.Functions.empty());
  EXPECT_TRUE(Read.Files.empty());
  EXPECT_TRUE(Read.Types.empty());
}

} // namespace

} // namespace ir_origins_test
