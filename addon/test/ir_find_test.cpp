#include "ir_test_support.h"
#include "lto/ir/find.h"
#include <set>

namespace ir_find_test {

using namespace lto_inspector::ir;
using namespace lto_inspector::test;

namespace {

constexpr const char *Sample = R"(
@_ZN4demo5TABLE17h0123456789abcdefE = constant [2 x ptr] [ptr @_ZN4demo3sum17h0123456789abcdefE, ptr @plain]
@again = alias i32 (i32), ptr @_ZN4demo3sum17h0123456789abcdefE
define i32 @_ZN4demo3sum17h0123456789abcdefE(i32 %a) {
  %r = add i32 %a, 1
  ret i32 %r
}
define available_externally i32 @_ZN4demo6sum_up17h0123456789abcdefE(i32 %a) {
  %r = call i32 @_ZN4demo3sum17h0123456789abcdefE(i32 %a)
  ret i32 %r
}
define internal void @plain() {
  %r = call i32 @_ZN4demo6sum_up17h0123456789abcdefE(i32 1)
  %s = call i32 @_ZN5other3sum17h0123456789abcdefE(i32 1)
  store ptr getelementptr (i8, ptr @_ZN4demo5TABLE17h0123456789abcdefE, i64 8), ptr null
  ret void
}
define i32 @promoted.llvm.77() {
  ret i32 0
}
declare i32 @_ZN5other3sum17h0123456789abcdefE(i32)
declare i32 @_ZN6unused3sum17h0123456789abcdefE(i32)
)";

FindResult find(llvm::StringRef Query, size_t Limit = 100) {
  const std::string Bitcode = bitcodeOf(Sample);
  return take(findSymbols("cgu.0", bufferOf(Bitcode), Query, Limit));
}

TEST(FindSymbols, tellsDefinitionsImportsAndReferencesInThatOrder) {
  const FindResult Result = find("sum");
  ASSERT_EQ(Result.Hits.size(), 3u);
  EXPECT_FALSE(Result.Truncated);

  const FindHit &Defined = Result.Hits[0];
  EXPECT_EQ(Defined.Module, "cgu.0");
  EXPECT_EQ(Defined.Symbol, "_ZN4demo3sum17h0123456789abcdefE");
  EXPECT_EQ(Defined.Demangled, "demo::sum");
  EXPECT_EQ(Defined.Role, "defined");
  EXPECT_EQ(Defined.Kind, "function");
  EXPECT_EQ(Defined.Linkage, "external");
  EXPECT_EQ(Defined.Instructions, 2u);

  EXPECT_EQ(Result.Hits[1].Demangled, "demo::sum_up");
  EXPECT_EQ(Result.Hits[1].Role, "imported");
  EXPECT_EQ(Result.Hits[1].Linkage, "available_externally");
  // An unused declaration is not a reference.
  EXPECT_EQ(Result.Hits[2].Demangled, "other::sum");
  EXPECT_EQ(Result.Hits[2].Role, "referenced");
  EXPECT_EQ(Result.Hits[2].UsedBy, std::vector<std::string>{"plain"});
}

TEST(FindSymbols, followsUsesThroughConstantsToFunctionsAndGlobals) {
  const FindHit Sum = find("_ZN4demo3sum17h0123456789abcdefE").Hits.at(0);
  const std::set<std::string> Users(Sum.UsedByDemangled.begin(), Sum.UsedByDemangled.end());
  EXPECT_EQ(Users, (std::set<std::string>{"again", "demo::TABLE", "demo::sum_up"}));
  const FindHit Table = find("TABLE").Hits.at(0);
  EXPECT_EQ(Table.Kind, "variable");
  EXPECT_EQ(Table.UsedBy, std::vector<std::string>{"plain"});
}

TEST(FindSymbols, putsWholeNamesFirst) {
  EXPECT_EQ(find("demo::sum_up").Hits.at(0).Role, "imported");
  EXPECT_EQ(find("other::sum").Hits.at(0).Demangled, "other::sum");
  EXPECT_EQ(find("promoted").Hits.at(0).Symbol, "promoted.llvm.77");
}

TEST(FindSymbols, isCaseSensitiveAndEmptyWhereNothingMatches) {
  EXPECT_TRUE(find("SUM").Hits.empty());
  EXPECT_EQ(find("again").Hits.at(0).Kind, "alias");
}

TEST(FindSymbols, stopsAtTheLimitAndSaysSo) {
  const FindResult Result = find("sum", 2);
  EXPECT_EQ(Result.Hits.size(), 2u);
  EXPECT_TRUE(Result.Truncated);
  EXPECT_EQ(Result.Hits[1].Role, "imported");
}

TEST(FindSymbols, namesAtMostTwentyUsers) {
  std::string Text = "declare void @used()\n";
  for (int Index = 0; Index != 30; ++Index)
    Text += "define void @f" + std::to_string(Index) + "() {\n call void @used()\n ret void\n}\n";
  const std::string Bitcode = bitcodeOf(Text);
  const FindResult Result = take(findSymbols("m", bufferOf(Bitcode), "used", 10));
  EXPECT_EQ(Result.Hits.at(0).UsedBy.size(), 20u);
}

TEST(FindSymbols, saysWhatIsWrongWithBrokenBitcode) {
  const std::string Broken = bitcodeOf(Sample).substr(0, 100);
  EXPECT_EQ(takeError(findSymbols("cgu.0", bufferOf(Broken), "sum", 10)).Name, "ParseBitcode");
}

} // namespace

} // namespace ir_find_test
