#include "lto/compat/guids.h"
#include "lto/rustc/thin_lto.h"
#include "lto/rustc/thin_lto_keys_map.h"
#include "test/support/expected.h"
#include "test/support/modules.h"
#include "test/support/objects.h"
#include "test/support/scratch.h"
#include "llvm/IR/GlobalValue.h"
#include <atomic>
#include <map>
#include <set>

namespace thin_lto_test {

using namespace llvm;
using namespace lto_inspector::support;
using namespace lto_inspector::pipeline;
using namespace lto_inspector::rustc;
using namespace lto_inspector::test;

namespace {

const char *const Main = R"(
declare i32 @_RNvC1u5small(i32)
define i32 @main(i32 %n) {
  %r = call i32 @_RNvC1u5small(i32 %n)
  ret i32 %r
}
)";

const char *const Small = R"(
define i32 @_RNvC1u5small(i32 %n) {
  %r = add i32 %n, 1
  ret i32 %r
}
)";

std::vector<LtoModule> two(bool Green = false) {
  std::vector<LtoModule> Modules;
  Modules.push_back(moduleOf("main-cgu", thinBitcode(Main), ModuleOrigin::Local, Green));
  Modules.push_back(moduleOf("small-cgu", thinBitcode(Small)));
  return Modules;
}

/// runThin with defaults for what most tests do not need.
Expected<std::unique_ptr<ThinShared>> run(std::vector<LtoModule> Modules,
                                          const ThinLtoOptions &Options = {},
                                          std::vector<Timing> *Timings = nullptr) {
  SelfProfiler Profiler;
  std::vector<Timing> Dropped;
  return runThin(Options, std::move(Modules), Profiler, Timings ? *Timings : Dropped);
}

std::vector<std::string> namesOf(const ThinShared &Shared) {
  std::vector<std::string> Names;
  for (const LtoModule &Module : Shared.Modules)
    Names.push_back(Module.Name);
  return Names;
}

ThinLtoOptions withRlib(const std::string &Path) {
  ThinLtoOptions Options;
  Options.Prepare.Rlibs.push_back({"u", Path, std::nullopt});
  return Options;
}

TEST(RunThin, OrdersModulesAsRustcDoes) {
  Scratch Folder;
  std::string Rlib = Folder.file(
      "libu.rlib", archiveOf({{"u2.rcgu.o", thinBitcode("")}, {"u1.rcgu.o", thinBitcode(Small)}}));
  std::vector<LtoModule> Modules;
  Modules.push_back(moduleOf("cached-1", thinBitcode(""), ModuleOrigin::Local, /*Green=*/true));
  Modules.push_back(moduleOf("local-2", thinBitcode(Main)));
  Modules.push_back(moduleOf("cached-0", thinBitcode(""), ModuleOrigin::Local, /*Green=*/true));
  Modules.push_back(moduleOf("allocator", thinBitcode(""), ModuleOrigin::Allocator));
  auto Shared = valueOf(run(std::move(Modules), withRlib(Rlib)));
  EXPECT_EQ(namesOf(*Shared), (std::vector<std::string>{"local-2", "allocator", "u2.rcgu.o",
                                                        "u1.rcgu.o", "cached-1", "cached-0"}));
  EXPECT_EQ(Shared->Modules[2].Origin, ModuleOrigin::Upstream);
  EXPECT_EQ(Shared->Modules[2].Crate, "u");
  EXPECT_EQ(Shared->Modules[2].File, Rlib);
  EXPECT_EQ(Shared->Modules[2].Member, "u2.rcgu.o");
  EXPECT_EQ(Shared->find("u1.rcgu.o"), 3u);
  EXPECT_EQ(Shared->find("absent"), std::nullopt);
}

TEST(FiguresOf, CountsOwnAndImportedInstructions) {
  auto Shared = valueOf(run(two()));
  ModuleFigures Main = figuresOf(*Shared->Data, "main-cgu");
  EXPECT_EQ(Main.Imports, 1u);
  EXPECT_EQ(Main.Instructions, 2u);
  EXPECT_EQ(Main.ImportedInstructions, 2u);
  ModuleFigures Small = figuresOf(*Shared->Data, "small-cgu");
  EXPECT_EQ(Small.Imports, 0u);
  EXPECT_EQ(Small.Instructions, 2u);
  EXPECT_EQ(Small.ImportedInstructions, 0u);
}

TEST(FiguresOf, LeavesOutDeadFunctions) {
  std::vector<LtoModule> Modules;
  Modules.push_back(moduleOf("main-cgu", thinBitcode("define i32 @main() { ret i32 0 }\n"
                                                     "define i32 @_RNvC1u4dead() { ret i32 0 }")));
  EXPECT_EQ(figuresOf(*valueOf(run(std::move(Modules)))->Data, "main-cgu").Instructions, 1u);
}

TEST(RunThin, DigestsTheContentOfModulesAndOfWhatTheyImport) {
  std::vector<LtoModule> Other = two();
  // The file's own statements stay the same, but its content does not.
  std::string Edited = Other[1].Bitcode->getBuffer().str();
  Edited.append(4, '\0');
  Other[1].Bitcode = MemoryBuffer::getMemBufferCopy(Edited, "small-cgu");
  auto Shared = valueOf(run(two()));
  auto Again = valueOf(run(two()));
  auto Different = valueOf(run(std::move(Other)));
  EXPECT_EQ(Shared->ContentDigests, Again->ContentDigests);
  EXPECT_EQ(Shared->Decisions[0].Key, Different->Decisions[0].Key);
  ASSERT_EQ(Shared->ContentDigests.size(), 2u);
  // main-cgu imports from small-cgu.
  EXPECT_NE(Shared->ContentDigests[0], Different->ContentDigests[0]);
  EXPECT_NE(Shared->ContentDigests[1], Different->ContentDigests[1]);
}

TEST(RunThin, DigestsDoNotDependOnTheOrderOfModules) {
  const auto Digests = [](bool Green) {
    std::vector<LtoModule> Modules;
    Modules.push_back(moduleOf("caller", thinBitcode(R"(
declare i32 @_RNvC1u5small(i32)
declare i32 @_RNvC1v5other(i32)
define i32 @main(i32 %n) {
  %r = call i32 @_RNvC1u5small(i32 %n)
  %s = call i32 @_RNvC1v5other(i32 %r)
  ret i32 %s
}
)")));
    // rustc puts modules that it could re-use behind the others.
    Modules.push_back(moduleOf("small", thinBitcode(Small), ModuleOrigin::Local, Green));
    Modules.push_back(moduleOf("other", thinBitcode(R"(
define i32 @_RNvC1v5other(i32 %n) {
  %r = mul i32 %n, 3
  ret i32 %r
}
)")));
    auto Shared = valueOf(run(std::move(Modules)));
    StringMap<std::string> Found;
    for (auto [Module, Digest] : llvm::zip_equal(Shared->Modules, Shared->ContentDigests))
      Found[Module.Name] = Digest;
    return Found;
  };
  const StringMap<std::string> First = Digests(false), Second = Digests(true);
  for (const char *Name : {"caller", "small", "other"})
    EXPECT_EQ(First.lookup(Name), Second.lookup(Name)) << Name;
}

TEST(RunThin, PreservesWhatRustcShowedInPlaceOfWhatTheRulesFind) {
  ThinLtoOptions Options;
  Options.Prepare.Permission.CrateTypes = {CrateType::Executable};
  Options.Prepare.Permission.ThinLocal = true;
  Options.Prepare.CrateSymbols = {"main", "in_no_module", "by_rustc"};
  Options.Prepare.Preserve = {"by_hand", "by_rustc"};
  std::vector<LtoModule> Modules;
  Modules.push_back(moduleOf("main-cgu", thinBitcode("define i32 @main() { ret i32 0 }\n"
                                                     "define void @also() { ret void }")));
  auto Shared = valueOf(run(std::move(Modules), Options));
  EXPECT_EQ(
      Shared->SymbolsBelowThreshold,
      (std::vector<std::string>{"main", "in_no_module", "by_rustc", "by_hand",
                                "___asan_globals_registered", "__llvm_profile_counter_bias"}));
  EXPECT_EQ(Shared->LocalSymbols, 3u);
}

TEST(RunThin, PreservesLocalSymbolsFirst) {
  Scratch Folder;
  std::string Rlib = Folder.file(
      "libu.rlib",
      archiveOf({{"u.rcgu.o",
                  thinBitcode(std::string(Small) + "define void @exported_upstream() { ret "
                                                   "void }\ndefine i32 @main2() { ret i32 0 }")}}));
  ThinLtoOptions Options = withRlib(Rlib);
  Options.Prepare.Permission.CrateTypes = {CrateType::Executable};
  Options.Prepare.Preserve = {"by_hand", "main"};
  std::vector<LtoModule> Modules;
  Modules.push_back(moduleOf("main-cgu", thinBitcode(Main)));
  auto Shared = valueOf(run(std::move(Modules), Options));
  EXPECT_EQ(
      Shared->SymbolsBelowThreshold,
      (std::vector<std::string>{"main", "exported_upstream", "main2", "by_hand",
                                "___asan_globals_registered", "__llvm_profile_counter_bias"}));
  EXPECT_EQ(Shared->LocalSymbols, 1u);
  EXPECT_TRUE(
      Shared->Data->PreservedGuids.count(lto_inspector::compat::guidOfName("exported_upstream")));
}

TEST(RunThin, ThinLocalLeavesUpstreamCratesOut) {
  ThinLtoOptions Options = withRlib("/nowhere/libu.rlib");
  Options.Prepare.Permission.ThinLocal = true;
  Options.Prepare.Permission.CrateTypes = {CrateType::Rlib};
  auto Shared = valueOf(run(two(), Options));
  EXPECT_EQ(Shared->Modules.size(), 2u);
  // The Rust level: mangled symbols of default visibility too.
  EXPECT_EQ(Shared->SymbolsBelowThreshold,
            (std::vector<std::string>{"main", "_RNvC1u5small", "___asan_globals_registered",
                                      "__llvm_profile_counter_bias"}));
}

TEST(RunThin, NamesTheProfilersSymbolsWhereABuildIsInstrumented) {
  ThinLtoOptions Options;
  Options.Prepare.ProfilerRuntime = true;
  auto Shared = valueOf(run(two(), Options));
  EXPECT_EQ(
      Shared->SymbolsBelowThreshold,
      (std::vector<std::string>{"main", "__llvm_profile_raw_version", "__llvm_profile_filename",
                                "___asan_globals_registered", "__llvm_profile_counter_bias"}));
  // rustc counts the crate's own symbols before it adds these.
  EXPECT_EQ(Shared->LocalSymbols, 1u);

  // As long as every crate exported them, they were among its own.
  std::vector<std::string> Before = Shared->SymbolsBelowThreshold;
  Options.Prepare.CountsProfilerSymbols = true;
  Shared = valueOf(run(two(), Options));
  EXPECT_EQ(Shared->SymbolsBelowThreshold, Before);
  EXPECT_EQ(Shared->LocalSymbols, 3u);
}

TEST(RunThin, CountsTheMemorySanitizersSymbolsWhereRustcDoes) {
  for (bool Counted : {false, true}) {
    ThinLtoOptions Options;
    Options.Prepare.CountsProfilerSymbols = Counted;
    std::vector<LtoModule> Modules;
    Modules.push_back(
        moduleOf("main-cgu", thinBitcode("@__msan_track_origins = weak_odr constant i32 2\n"
                                         "@__msan_keep_going = weak_odr constant i32 1\n"
                                         "define i32 @main() { ret i32 0 }")));
    auto Shared = valueOf(run(std::move(Modules), Options));
    EXPECT_EQ(Shared->LocalSymbols, Counted ? 3u : 1u);
    for (StringRef Symbol : {"__msan_track_origins", "__msan_keep_going"})
      EXPECT_TRUE(is_contained(Shared->SymbolsBelowThreshold, Symbol)) << Symbol.str();
  }
}

TEST(RunThin, PreservesWhatTheAddressSanitizerNeedsWhereRustcDoes) {
  ThinLtoOptions Options;
  Options.Prepare.PreservesAsanGlobals = false;
  auto Shared = valueOf(run(two(), Options));
  EXPECT_EQ(Shared->SymbolsBelowThreshold,
            (std::vector<std::string>{"main", "__llvm_profile_counter_bias"}));
}

TEST(RunThin, PreservesNoSymbolsOfStdsOwnInAnExecutable) {
  auto Preserved = [](std::vector<std::string> RustLevelNames) {
    ThinLtoOptions Options;
    Options.Prepare.Permission.CrateTypes = {CrateType::Executable};
    Options.Prepare.RustLevelNames = std::move(RustLevelNames);
    std::vector<LtoModule> Modules;
    Modules.push_back(moduleOf("main-cgu", thinBitcode("define i32 @main() { ret i32 0 }\n"
                                                       "define void @rust_panic() { ret void }")));
    return valueOf(run(std::move(Modules), Options))->LocalSymbols;
  };
  EXPECT_EQ(Preserved({}), 2u);
  EXPECT_EQ(Preserved({"rust_panic"}), 1u);
}

TEST(RunThin, RefusesBeforeItReadsAnything) {
  ThinLtoOptions Options = withRlib("/nowhere/libu.rlib");
  Options.Prepare.Permission.CrateTypes = {CrateType::Rlib};
  EXPECT_EQ(errorOf(run(two(), Options)).Name, "LtoDisallowed");
}

TEST(RunThin, LeavesCompilerBuiltinsAndNoBuiltinsCratesOut) {
  Scratch Folder;
  std::string Marked =
      thinBitcode("define void @memcpy() #0 { ret void }\nattributes #0 = { \"no-builtins\" }");
  std::string Unmarked = thinBitcode("define void @f() { ret void }");
  ThinLtoOptions Options;
  Options.Prepare.Rlibs = {
      {"compiler_builtins",
       Folder.file("libcompiler_builtins.rlib", archiveOf({{"cb.rcgu.o", Unmarked}})),
       std::nullopt},
      {"no_builtins", Folder.file("libnb.rlib", archiveOf({{"nb.rcgu.o", Marked}})), std::nullopt},
      {"mixed",
       Folder.file("libm.rlib", archiveOf({{"m1.rcgu.o", Marked}, {"m2.rcgu.o", Unmarked}})),
       std::nullopt}};
  auto Shared = valueOf(run({}, Options));
  EXPECT_EQ(namesOf(*Shared), (std::vector<std::string>{"m1.rcgu.o", "m2.rcgu.o"}));
}

TEST(RunThin, ReadsTheMembersThatTheBuildNamed) {
  Scratch Folder;
  std::string Rlib = Folder.file("libu.rlib", archiveOf({{"a.rcgu.o", thinBitcode("")},
                                                         {"b.rcgu.o", thinBitcode(Small)},
                                                         {"c.rcgu.o", thinBitcode("")}}));
  ThinLtoOptions Options;
  Options.Prepare.Rlibs.push_back({"u", Rlib, std::vector<std::string>{"c.rcgu.o", "b.rcgu.o"}});
  EXPECT_EQ(namesOf(*valueOf(run({}, Options))),
            (std::vector<std::string>{"c.rcgu.o", "b.rcgu.o"}));

  Options.Prepare.Rlibs[0].Members = {"gone.rcgu.o"};
  ErrorReport Report = errorOf(run({}, Options));
  EXPECT_EQ(Report.Name, "LtoBitcodeFromRlib");
  EXPECT_EQ(Report.Module, "gone.rcgu.o");
  EXPECT_EQ(Report.File, Rlib);
}

TEST(RunThin, RefusesTwoModulesOfOneName) {
  std::vector<LtoModule> Modules = two();
  Modules[1].Name = "main-cgu";
  ErrorReport Report = errorOf(run(std::move(Modules)));
  EXPECT_EQ(Report.Name, "DuplicateModule");
  EXPECT_EQ(Report.Module, "main-cgu");
  EXPECT_EQ(Report.File, "small-cgu.bc");
}

TEST(RunThin, RefusesBitcodeWithoutASummary) {
  std::vector<LtoModule> Modules = two();
  Modules.push_back(moduleOf("no-summary", plainBitcode("define void @f() { ret void }")));
  ErrorReport Report = errorOf(run(std::move(Modules)));
  EXPECT_EQ(Report.Name, "PrepareThinLtoContext");
  EXPECT_EQ(Report.Module, "no-summary");
  EXPECT_TRUE(contains(Report.Message, "no summary")) << Report.Message;
}

TEST(RunThin, TakesASummaryForFullLtoToo) {
  std::vector<LtoModule> Modules = two();
  Modules.push_back(moduleOf("from-c", fullLtoBitcode("define void @f() { ret void }")));
  EXPECT_EQ(valueOf(run(std::move(Modules)))->Decisions.size(), 3u);
}

TEST(RunThin, DecidesWithoutASession) {
  Scratch Folder;
  auto Shared = valueOf(run(two()));
  for (const Decision &Decided : Shared->Decisions) {
    EXPECT_EQ(Decided.Outcome, Verdict::ReCompiled);
    EXPECT_EQ(Decided.Reason, ReasonKind::NoSession);
    ASSERT_TRUE(Decided.Key);
    EXPECT_EQ(Decided.Key->size(), 40u);
    EXPECT_EQ(Decided.PreviousKey, std::nullopt);
  }
  EXPECT_TRUE(Shared->Warnings.empty());
  EXPECT_TRUE(Folder.files().empty());
}

TEST(RunThin, ReUsesInTheSecondSessionWhatDidNotChange) {
  Scratch Folder;
  std::string Keys = Folder.path("keys.bin");
  ThinLtoOptions Options;
  Options.Session = SessionFiles{std::nullopt, Keys};
  auto First = valueOf(run(two(), Options));
  for (const Decision &Decided : First->Decisions)
    EXPECT_EQ(Decided.Reason, ReasonKind::NoPreviousKeys);
  // A first session misses no keys.
  EXPECT_TRUE(First->Warnings.empty());

  std::string NextKeys = Folder.path("next.bin");
  Options.Session = SessionFiles{Keys, NextKeys};
  auto Second = valueOf(run(two(/*Green=*/true), Options));
  std::optional<size_t> Cached = Second->find("main-cgu"), Fresh = Second->find("small-cgu");
  EXPECT_EQ(Second->Decisions[*Cached].Outcome, Verdict::ReUsed);
  EXPECT_EQ(Second->Decisions[*Cached].Reason, ReasonKind::KeyEqual);
  EXPECT_EQ(Second->Decisions[*Fresh].Outcome, Verdict::ReCompiled);
  EXPECT_EQ(Second->Decisions[*Fresh].Reason, ReasonKind::KeyEqualButNotGreen);
  EXPECT_EQ(contentOf(Keys), contentOf(NextKeys));
}

TEST(RunThin, ReCompilesTheImporterOfWhatChanged) {
  Scratch Folder;
  std::string Keys = Folder.path("keys.bin");
  ThinLtoOptions Options;
  Options.Session = SessionFiles{std::nullopt, Keys};
  valueOf(run(two(), Options));

  Options.Session = SessionFiles{Keys, Keys};
  std::vector<LtoModule> Edited;
  Edited.push_back(moduleOf("main-cgu", thinBitcode(Main), ModuleOrigin::Local, /*Green=*/true));
  Edited.push_back(moduleOf("small-cgu", thinBitcode(R"(
define i32 @_RNvC1u5small(i32 %n) {
  %r = add i32 %n, 2
  ret i32 %r
}
)")));
  auto Shared = valueOf(run(std::move(Edited), Options));
  EXPECT_EQ(Shared->Decisions[*Shared->find("main-cgu")].Reason, ReasonKind::KeyChanged);
}

TEST(RunThin, WarnsOfKeysThatAreMissing) {
  Scratch Folder;
  ThinLtoOptions Options;
  Options.Session = SessionFiles{Folder.path("gone.bin"), std::nullopt};
  auto Shared = valueOf(run(two(/*Green=*/true), Options));
  ASSERT_EQ(Shared->Warnings.size(), 1u);
  EXPECT_TRUE(contains(Shared->Warnings[0], "gone.bin")) << Shared->Warnings[0];
  for (const Decision &Decided : Shared->Decisions)
    EXPECT_EQ(Decided.Reason, ReasonKind::NoPreviousKeys);
}

TEST(RunThin, WarnsOfAMalformedLineWithItsNumber) {
  Scratch Folder;
  ThinLtoOptions Options;
  Options.Session = SessionFiles{
      Folder.file("keys.bin", "main-cgu " + std::string(40, 'A') + "\nbroken\n"), std::nullopt};
  auto Shared = valueOf(run(two(/*Green=*/true), Options));
  ASSERT_EQ(Shared->Warnings.size(), 1u);
  EXPECT_TRUE(contains(Shared->Warnings[0], "line 2")) << Shared->Warnings[0];
  for (const Decision &Decided : Shared->Decisions)
    EXPECT_EQ(Decided.Outcome, Verdict::ReCompiled);
}

TEST(RunThin, FailsWhenTheKeysCannotBeWritten) {
  Scratch Folder;
  ThinLtoOptions Options;
  Options.Session = SessionFiles{std::nullopt, Folder.path("absent/keys.bin")};
  EXPECT_EQ(errorOf(run(two(), Options)).Name, "WriteThinLtoKey");
}

TEST(RunThin, SavesNoKeysWhenTheAnalysisFails) {
  Scratch Folder;
  ThinLtoOptions Options;
  Options.Session = SessionFiles{std::nullopt, Folder.path("keys.bin")};
  std::vector<LtoModule> Modules = two();
  Modules[1].Name = Modules[0].Name;
  errorOf(run(std::move(Modules), Options));
  EXPECT_TRUE(Folder.files().empty());
}

TEST(RunThin, KeysDoNotDependOnTheOrderOfModules) {
  auto Forward = valueOf(run(two()));
  std::vector<LtoModule> Turned = two();
  std::swap(Turned[0], Turned[1]);
  auto Backward = valueOf(run(std::move(Turned)));
  EXPECT_EQ(Forward->Decisions[0].Key, Backward->Decisions[1].Key);
  EXPECT_EQ(Forward->Decisions[1].Key, Backward->Decisions[0].Key);
}

TEST(RunThin, MeasuresUnderRustcsNames) {
  Scratch Folder;
  std::vector<Timing> Timings;
  std::string Rlib = Folder.file("libu.rlib", archiveOf({{"u.rcgu.o", thinBitcode("")}}));
  valueOf(run(two(), withRlib(Rlib), &Timings));
  std::vector<std::string> Activities;
  for (const Timing &Measured : Timings) {
    Activities.push_back(Measured.Activity);
    EXPECT_EQ(Measured.Argument, std::nullopt);
  }
  EXPECT_EQ(Activities, (std::vector<std::string>{"lto_generate_symbols_below_threshold",
                                                  "lto_generate_symbols_below_threshold",
                                                  "LLVM_thin_lto_global_analysis"}));
}

TEST(RunThin, IsCancelled) {
  SelfProfiler Profiler;
  std::vector<Timing> Timings;
  std::atomic<bool> Cancelled{true};
  ThinLtoOptions Options;
  Options.Control.Cancelled = &Cancelled;
  EXPECT_EQ(errorOf(runThin(Options, two(), Profiler, Timings)).Name, "Cancelled");
}

TEST(RunThin, SaysWhichModuleIsUnderWay) {
  /// Remembers every module that was entered.
  struct Watch : ModuleWatch {
    struct Entered : Scope {
      explicit Entered(std::atomic<int> &Open) : Open(Open) { ++Open; }
      ~Entered() override { --Open; }
      std::atomic<int> &Open;
    };
    std::unique_ptr<Scope> enter(StringRef Module, StringRef Doing) override {
      std::lock_guard<std::mutex> Lock(Mutex);
      Steps[Module.str()].insert(Doing.str());
      return std::make_unique<Entered>(Open);
    }
    std::mutex Mutex;
    std::map<std::string, std::set<std::string>> Steps;
    std::atomic<int> Open = 0;
  };
  Watch Seen;
  SelfProfiler Profiler;
  std::vector<Timing> Timings;
  ThinLtoOptions Options;
  Options.Control.Watch = &Seen;
  valueOf(runThin(Options, two(), Profiler, Timings));
  std::set<std::string> All = {"analysis", "reading"};
  EXPECT_EQ(Seen.Steps,
            (std::map<std::string, std::set<std::string>>{{"main-cgu", All}, {"small-cgu", All}}));
  EXPECT_EQ(Seen.Open, 0);
}

} // namespace

} // namespace thin_lto_test
