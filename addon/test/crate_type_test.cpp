#include "lto/rustc/crate_type.h"
#include "lto/rustc/symbol_export.h"
#include "test/support/expected.h"

namespace crate_type_test {

using namespace lto_inspector::rustc;
using namespace lto_inspector::test;

namespace {

TEST(ParseCrateType, KnowsTheWordsOfCrateType) {
  EXPECT_EQ(parseCrateType("bin"), CrateType::Executable);
  EXPECT_EQ(parseCrateType("lib"), CrateType::Rlib);
  EXPECT_EQ(parseCrateType("rlib"), CrateType::Rlib);
  EXPECT_EQ(parseCrateType("dylib"), CrateType::Dylib);
  EXPECT_EQ(parseCrateType("cdylib"), CrateType::Cdylib);
  EXPECT_EQ(parseCrateType("staticlib"), CrateType::Staticlib);
  EXPECT_EQ(parseCrateType("proc-macro"), CrateType::ProcMacro);
  EXPECT_EQ(parseCrateType("sdylib"), CrateType::Sdylib);
  EXPECT_EQ(parseCrateType("exe"), std::nullopt);
  EXPECT_EQ(parseCrateType(""), std::nullopt);
}

TEST(CrateTypeAllowsLto, AllButAnRlib) {
  for (CrateType Type : {CrateType::Executable, CrateType::Dylib, CrateType::Staticlib,
                         CrateType::Cdylib, CrateType::ProcMacro, CrateType::Sdylib})
    EXPECT_TRUE(crateTypeAllowsLto(Type));
  EXPECT_FALSE(crateTypeAllowsLto(CrateType::Rlib));
}

struct Refusal {
  std::vector<CrateType> Types;
  bool PreferDynamic;
  bool DylibLto;
  bool LinkerPluginLto;
  /// Empty: allowed.
  const char *Across;
  const char *ThinLocal;
};

class CheckLtoAllowed : public testing::TestWithParam<Refusal> {};

TEST_P(CheckLtoAllowed, RefusesWhatRustcRefuses) {
  const Refusal &Case = GetParam();
  for (bool ThinLocal : {false, true}) {
    LtoPermission Permission;
    Permission.CrateTypes = Case.Types;
    Permission.ThinLocal = ThinLocal;
    Permission.PreferDynamic = Case.PreferDynamic;
    Permission.DylibLto = Case.DylibLto;
    Permission.LinkerPluginLto = Case.LinkerPluginLto;
    std::string Expected = ThinLocal ? Case.ThinLocal : Case.Across;
    if (Expected.empty())
      succeeds(checkLtoAllowed(Permission));
    else
      EXPECT_EQ(errorOf(checkLtoAllowed(Permission)).Name, Expected);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, CheckLtoAllowed,
    testing::Values(
        Refusal{{CrateType::Executable}, false, false, false, "", ""},
        Refusal{{CrateType::Cdylib}, false, false, false, "", ""},
        Refusal{{CrateType::Staticlib}, false, false, false, "", ""},
        Refusal{{CrateType::Cdylib, CrateType::Staticlib}, false, false, false, "", ""},
        Refusal{{CrateType::Sdylib}, false, false, false, "", ""},
        Refusal{{}, false, false, false, "", ""},
        Refusal{{CrateType::Rlib}, false, false, false, "LtoDisallowed", ""},
        Refusal{{CrateType::Rlib}, false, true, false, "LtoDisallowed", ""},
        Refusal{{CrateType::Cdylib, CrateType::Rlib}, false, false, false, "LtoDisallowed", ""},
        Refusal{{CrateType::Dylib}, false, false, false, "LtoDylib", ""},
        Refusal{{CrateType::Dylib}, false, true, false, "", ""},
        // The first refused type decides.
        Refusal{{CrateType::Dylib, CrateType::Rlib}, false, false, false, "LtoDylib", ""},
        Refusal{{CrateType::ProcMacro}, false, false, false, "LtoProcMacro", ""},
        Refusal{{CrateType::ProcMacro}, false, true, false, "", ""},
        Refusal{{CrateType::Executable}, true, false, false, "DynamicLinkingWithLTO", ""},
        Refusal{{CrateType::Executable}, true, true, false, "", ""},
        Refusal{{CrateType::Rlib}, true, false, false, "LtoDisallowed", ""},
        Refusal{
            {CrateType::Executable}, false, false, true, "LinkerPluginLto", "LinkerPluginLto"}));

TEST(CheckLtoAllowed, KeepsItsOwnCopyOfTheCrateTypes) {
  LtoPermission Permission;
  {
    std::vector<CrateType> Types = {CrateType::Rlib};
    Permission.CrateTypes = Types;
    Types[0] = CrateType::Executable;
  }
  EXPECT_EQ(errorOf(checkLtoAllowed(Permission)).Name, "LtoDisallowed");
}

TEST(CratesExportThreshold, RustAsSoonAsOneTypeIsARustLibrary) {
  using enum CrateType;
  for (CrateType Type : {Executable, Staticlib, Cdylib, ProcMacro})
    EXPECT_EQ(cratesExportThreshold(Type), SymbolExportLevel::C);
  for (CrateType Type : {Rlib, Dylib, Sdylib})
    EXPECT_EQ(cratesExportThreshold(Type), SymbolExportLevel::Rust);
  EXPECT_EQ(cratesExportThreshold({Executable, Cdylib}), SymbolExportLevel::C);
  EXPECT_EQ(cratesExportThreshold({Cdylib, Rlib}), SymbolExportLevel::Rust);
  EXPECT_EQ(cratesExportThreshold({}), SymbolExportLevel::C);
}

TEST(AnyRustLibrary, CountsProcMacrosToo) {
  using enum CrateType;
  for (CrateType Type : {Rlib, Dylib, Sdylib, ProcMacro})
    EXPECT_TRUE(anyRustLibrary(Type));
  for (CrateType Type : {Executable, Staticlib, Cdylib})
    EXPECT_FALSE(anyRustLibrary(Type));
}

} // namespace

} // namespace crate_type_test
