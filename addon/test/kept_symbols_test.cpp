#include "lto/rustc/kept_symbols.h"
#include "lto/rustc/thin_lto.h"
#include "test/support/expected.h"
#include "test/support/modules.h"
#include "test/support/scratch.h"

namespace kept_symbols_test {

using namespace llvm;
using namespace lto_inspector::pipeline;
using namespace lto_inspector::rustc;
using namespace lto_inspector::test;

namespace {

const char *const Main = "define i32 @main() { ret i32 0 }";
const char *const Hidden = "define hidden void @_RNvC1u4dead() { ret void }";
const char *const Internal = "define internal void @_RNvC1u4dead() { ret void }";

/// A program whose second module defines a function that nothing calls.
std::vector<LtoModule> program(std::string InternalizedFile, bool Green = false) {
  std::vector<LtoModule> Modules;
  Modules.push_back(moduleOf("main-cgu", thinBitcode(Main)));
  Modules.push_back(moduleOf("dead-cgu", thinBitcode(Hidden), ModuleOrigin::Local, Green));
  Modules.back().InternalizedFile = std::move(InternalizedFile);
  return Modules;
}

ThinLtoOptions thinLocal(CrateType Type = CrateType::Executable) {
  ThinLtoOptions Options;
  Options.Prepare.Permission.ThinLocal = true;
  Options.Prepare.Permission.CrateTypes = {Type};
  return Options;
}

std::unique_ptr<ThinShared> run(std::vector<LtoModule> Modules, const ThinLtoOptions &Options) {
  SelfProfiler Profiler;
  std::vector<Timing> Timings;
  return valueOf(runThin(Options, std::move(Modules), Profiler, Timings));
}

TEST(SymbolsKeptByRustc, AreThoseThatItsFileHasAsExternal) {
  Scratch Folder;
  std::string Kept = Folder.file("kept.bc", thinBitcode(Hidden));
  std::string Lost = Folder.file("lost.bc", thinBitcode(Internal));
  EXPECT_EQ(run(program(Kept), thinLocal())->LocalSymbols, 2u);
  EXPECT_EQ(run(program(Lost), thinLocal())->LocalSymbols, 1u);
  EXPECT_EQ(run(program(Folder.path("gone.bc")), thinLocal())->LocalSymbols, 1u);
  EXPECT_EQ(run(program(Folder.file("damaged.bc", "BC")), thinLocal())->LocalSymbols, 1u);
}

TEST(SymbolsKeptByRustc, AreNotAskedForOutsideOfThinLocalProgramsAndCLikeLibraries) {
  Scratch Folder;
  std::string Kept = Folder.file("kept.bc", thinBitcode(Hidden));
  EXPECT_EQ(run(program(Kept), thinLocal(CrateType::Cdylib))->LocalSymbols, 2u);
  EXPECT_EQ(run(program(Kept), thinLocal(CrateType::Rlib))->LocalSymbols, 1u);
  ThinLtoOptions Whole = thinLocal();
  Whole.Prepare.Permission.ThinLocal = false;
  EXPECT_EQ(run(program(Kept), Whole)->LocalSymbols, 1u);
}

TEST(SymbolsKeptByRustc, AreNotThoseThatAreLive) {
  Scratch Folder;
  const char *const Calls = R"(
    declare void @_RNvC1u4dead()
    define i32 @main() { call void @_RNvC1u4dead() ret i32 0 }
  )";
  std::vector<LtoModule> Modules = program(Folder.file("kept.bc", thinBitcode(Hidden)));
  Modules[0] = moduleOf("main-cgu", thinBitcode(Calls));
  EXPECT_EQ(run(std::move(Modules), thinLocal())->LocalSymbols, 1u);
}

TEST(SymbolsKeptByRustc, OfAReUsedModuleAreThoseThatItsKeyNeeds) {
  Scratch Folder;
  std::string Keys = Folder.path("keys.bin");
  ThinLtoOptions First = thinLocal();
  First.Session = SessionFiles{std::nullopt, Keys};
  run(program(Folder.file("kept.bc", thinBitcode(Hidden))), First);

  ThinLtoOptions Again = thinLocal();
  Again.Session = SessionFiles{Keys, std::nullopt};
  std::unique_ptr<ThinShared> Shared = run(program("", /*Green=*/true), Again);
  EXPECT_EQ(Shared->LocalSymbols, 2u);
  EXPECT_EQ(Shared->Decisions[*Shared->find("dead-cgu")].Outcome, Verdict::ReUsed);
}

} // namespace

} // namespace kept_symbols_test
