#include "lto/rustc/symbol_crate.h"

#include <gtest/gtest.h>

namespace symbol_crate_test {

using namespace lto_inspector::rustc;

/// "name id", or "none".
static std::string crateOf(llvm::StringRef Symbol) {
  std::optional<SymbolCrate> Crate = crateOfSymbol(Symbol);
  if (!Crate)
    return "none";
  std::string Id = Crate->StableId ? std::to_string(*Crate->StableId) : "?";
  return Crate->Name.str() + " " + Id;
}

TEST(CrateOfSymbol, ReadsPathsOfTheV0Scheme) {
  EXPECT_EQ(crateOf("_RNvCs1234_3app4main"), "app 246208");
  EXPECT_EQ(crateOf("_RNvC3app4main"), "app 0");
  EXPECT_EQ(crateOf("_RNvC4__app4main"), "_app 0");
  EXPECT_EQ(crateOf("_RNCNvCs1234_3app4main0B3_"), "app 246208");
  EXPECT_EQ(crateOf("_RNvMs_NtCs_2nb5innerNtB4_4Type3new.llvm.123"), "nb 1");
}

TEST(CrateOfSymbol, IsWhereTheItemIsDefined) {
  EXPECT_EQ(crateOf("_RINvCs_2nb4copyNtCs1234_3app4TypeECs1234_3app"), "nb 1");
  EXPECT_EQ(crateOf("_RNvXs_Cs1234_3appNtB4_4TypeNtNtCs5_4core3fmt7Display3fmt"), "app 246208");
  EXPECT_EQ(crateOf("_RNvYNtCs1234_3app4TypeNtCs_2nb5Trait6method"), "none");
}

TEST(CrateOfSymbol, ReadsPathsOfTheLegacyScheme) {
  EXPECT_EQ(crateOf("_ZN3app4main17h0123456789abcdefE"), "app ?");
  EXPECT_EQ(crateOf("_ZN3app4main17h0123456789abcdefE.llvm.123"), "app ?");
  EXPECT_EQ(
      crateOf("_ZN48_$LT$app..Type$u20$as$u20$core..fmt..Display$GT$3fmt17h0123456789abcdefE"),
      "none");
}

TEST(CrateOfSymbol, RefusesWhatIsNoPath) {
  for (llvm::StringRef Symbol : {"main", "_ZN3foo3barEv", "_R", "_RNv", "_RNvC", "_RNvC9app",
                                 "_RNvB_1a", "_RNvB9_1a", "_RNvCs!_3app", "_RNvCs12"})
    EXPECT_EQ(crateOf(Symbol), "none") << Symbol.str();
}

} // namespace symbol_crate_test
