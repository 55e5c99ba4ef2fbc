#include "lto/rustc/fat_lto.h"
#include "lto/rustc/stages.h"
#include "test/support/expected.h"
#include "test/support/modules.h"
#include "test/support/scratch.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/ProfileData/InstrProfWriter.h"

namespace fat_lto_test {

using namespace llvm;
using namespace lto_inspector::support;
using namespace lto_inspector::pipeline;
using namespace lto_inspector::rustc;
using namespace lto_inspector::test;

namespace {

// A program that calls another crate, which calls a function of its own.
const char *const Main = R"(
declare i32 @_RNvC1u5small(i32)
define i32 @main(i32 %argument) {
  %called = call i32 @_RNvC1u5small(i32 %argument)
  ret i32 %called
}
)";

const char *const Small = R"(
declare i32 @_RNvC1u6helper(i32)
define i32 @_RNvC1u5small(i32 %number) {
  %helped = call i32 @_RNvC1u6helper(i32 %number)
  ret i32 %helped
}
)";

const char *const Helper = R"(
declare i32 @foreign(i32)
define i32 @_RNvC1u6helper(i32 %number) {
  %twice = add i32 %number, %number
  %said = call i32 @foreign(i32 %twice)
  ret i32 %said
}
)";

LtoModule inMemory(StringRef Name, StringRef Text) {
  LtoModule Module = moduleOf(Name, plainBitcode(Text));
  Module.InMemory = true;
  return Module;
}

/// A run over the given local and upstream modules.
struct Trial {
  explicit Trial(std::vector<LtoModule> Modules, FatLtoOptions Given = {},
                 OptLevel Level = OptLevel::O3)
      : Level(Level) {
    Given.Target.Level = Given.Config.Level = Level;
    Result.emplace(runFat(Given, std::move(Modules), Profiler, Timings));
  }

  const FatShared &shared() {
    if (!Shared)
      Shared = valueOf(std::move(*Result));
    return *Shared;
  }

  std::vector<std::string> names() {
    std::vector<std::string> Names;
    for (const LtoModule &Module : shared().Modules)
      Names.push_back(Module.Name);
    return Names;
  }

  Expected<OptimizedModule> optimize() {
    Options.Target = shared().Target;
    Options.Target.Level = Options.Config.Level = Level;
    Options.Stages = Stages;
    Options.Sink = &Sink;
    return fatLto(shared(), Options, Cancelled, Profiler, Timings);
  }

  std::string text(LtoStage Stage) {
    if (Done.Stages.empty())
      Done = valueOf(optimize());
    for (const SavedStage &Saved : Done.Stages)
      if (Saved.Stage == Stage)
        return disassemble(Sink.Saved[Saved.ContentHash]);
    ADD_FAILURE() << "no stage " << Stage.tag().str();
    return {};
  }

  std::vector<LtoStage> Stages = {FatInput, FatAfterRestriction, FatAfterPm};
  OptLevel Level;
  OptimizeOptions Options;
  std::atomic<bool> Cancelled = false;
  MemorySink Sink;
  SelfProfiler Profiler;
  std::vector<Timing> Timings;
  std::optional<Expected<std::unique_ptr<FatShared>>> Result;
  std::unique_ptr<FatShared> Shared;
  OptimizedModule Done;
};

std::vector<LtoModule> program() {
  std::vector<LtoModule> Modules;
  Modules.push_back(moduleOf("main-cgu", plainBitcode(Main)));
  Modules.push_back(moduleOf("small-cgu", plainBitcode(Small)));
  Modules.push_back(moduleOf("helper-cgu", plainBitcode(Helper)));
  return Modules;
}

TEST(ModuleCost, CountsDeclarationsToo) {
  LLVMContext Context;
  EXPECT_EQ(moduleCost(*parse(Context, Main)), 2u);
}

TEST(RunFat, TakesTheFirstSerialisedModuleWhenNothingIsInMemory) {
  Trial Fresh(program());
  EXPECT_EQ(Fresh.names(), std::vector<std::string>({"main-cgu", "helper-cgu", "small-cgu"}));
  EXPECT_TRUE(Fresh.shared().Warnings.empty());
  // Cached modules come before those that this session wrote.
  std::vector<LtoModule> Modules = program();
  Modules[1].Green = true;
  Trial Cached(std::move(Modules));
  EXPECT_EQ(Cached.names(), std::vector<std::string>({"small-cgu", "helper-cgu", "main-cgu"}));
}

TEST(RunFat, TakesTheCostliestModuleInMemory) {
  std::vector<LtoModule> Modules;
  Modules.push_back(inMemory("main-cgu", Main));
  Modules.push_back(inMemory("large-cgu", R"(
    declare void @a()
    declare void @b()
    define void @_RNvC1u5large() {
      call void @a()
      call void @b()
      ret void
    })"));
  Modules.push_back(moduleOf("allocator", plainBitcode(R"(
    declare void @c()
    declare void @d()
    declare void @e()
    define void @_RNvC7___rustc12___rust_alloc() { ret void }
    )"),
                             ModuleOrigin::Allocator));
  Modules.push_back(moduleOf("upstream-cgu", plainBitcode(Small), ModuleOrigin::Upstream));
  Trial R(std::move(Modules));
  EXPECT_EQ(R.names(),
            std::vector<std::string>({"large-cgu", "allocator", "main-cgu", "upstream-cgu"}));
  EXPECT_TRUE(R.shared().base().InMemory);
  EXPECT_TRUE(R.shared().Warnings.empty());
}

TEST(RunFat, CountsFunctionsAfterThePassesBeforeLto) {
  // More expensive before its passes, which remove unused functions.
  std::vector<LtoModule> Modules;
  Modules.push_back(inMemory("shrinking-cgu", R"(
    define i32 @main() { ret i32 0 }
    define internal void @unused1() { ret void }
    define internal void @unused2() { ret void }
    define internal void @unused3() { ret void })"));
  Modules.push_back(inMemory("a-cgu", Small));
  EXPECT_EQ(Trial(std::move(Modules)).names().front(), "a-cgu");
}

TEST(RunFat, SaysWhereTheRuleCannotDecide) {
  auto Modules = [] {
    std::vector<LtoModule> Modules;
    Modules.push_back(inMemory("first-cgu", Main));
    Modules.push_back(inMemory("last-cgu", Small));
    return Modules;
  };
  Trial Alone(Modules());
  EXPECT_EQ(Alone.names().front(), "last-cgu");
  ASSERT_EQ(Alone.shared().Warnings.size(), 1u);
  EXPECT_TRUE(contains(Alone.shared().Warnings[0], "2 codegen units cost the same"));
  FatLtoOptions Options;
  Options.BaseWhereTied = "first-cgu";
  Trial Told(Modules(), Options);
  EXPECT_EQ(Told.names().front(), "first-cgu");
  EXPECT_TRUE(contains(Told.shared().Warnings[0], "because rustc names it"));
}

TEST(RunFat, DoesNotTakeAnyNamedBaseThatIsCheaper) {
  std::vector<LtoModule> Modules;
  Modules.push_back(inMemory("cheap-cgu", "define i32 @main() { ret i32 0 }"));
  Modules.push_back(inMemory("dear-cgu", Small));
  FatLtoOptions Options;
  Options.BaseWhereTied = "cheap-cgu";
  EXPECT_EQ(Trial(std::move(Modules), Options).names().front(), "dear-cgu");
}

TEST(RunFat, RefusesWhenThereIsNothingToLink) {
  EXPECT_EQ(errorOf(std::move(*Trial({}).Result)).Name, "NoBitcode");
}

TEST(RunFat, DigestChangesWithModulesAndSymbols) {
  std::string Plain = Trial(program()).shared().Digest;
  EXPECT_EQ(Plain.size(), 40u);
  EXPECT_EQ(Trial(program()).shared().Digest, Plain);
  FatLtoOptions Options;
  Options.Prepare.Preserve = {"_RNvC1u5small"};
  EXPECT_NE(Trial(program(), Options).shared().Digest, Plain);
  std::vector<LtoModule> Fewer = program();
  Fewer.pop_back();
  EXPECT_NE(Trial(std::move(Fewer)).shared().Digest, Plain);
}

TEST(FatLto, SavesThreeStagesInOrder) {
  Trial R(program());
  OptimizedModule Done = valueOf(R.optimize());
  ASSERT_EQ(Done.Stages.size(), 3u);
  for (size_t I = 0; I < 3; ++I) {
    EXPECT_EQ(Done.Stages[I].Stage, R.Stages[I]);
    EXPECT_EQ(R.Sink.Saved.count(Done.Stages[I].ContentHash), 1u);
  }
  EXPECT_EQ(Done.Stages[0].Functions, 3u);
  EXPECT_FALSE(Done.Stages[1].SameAsPrevious);
  EXPECT_EQ(Done.Stages[2].Functions, 1u) << "all is inlined into main";
}

TEST(FatLto, StopsAfterTheLastStageThatIsWanted) {
  Trial R(program());
  R.Stages = {FatInput};
  EXPECT_EQ(valueOf(R.optimize()).Stages.size(), 1u);
  for (const Timing &Measured : R.Timings)
    EXPECT_NE(Measured.Activity, "LLVM_lto_optimize");
}

TEST(FatLto, MakesInternalWhatIsNotPreserved) {
  FatLtoOptions Options;
  Options.Prepare.Preserve = {"_RNvC1u5small"};
  Trial R(program(), Options);
  EXPECT_TRUE(contains(R.text(FatInput), "define i32 @_RNvC1u6helper("));
  std::string Restricted = R.text(FatAfterRestriction);
  EXPECT_TRUE(contains(Restricted, "define internal i32 @_RNvC1u6helper("));
  EXPECT_TRUE(contains(Restricted, "define i32 @_RNvC1u5small("));
  EXPECT_TRUE(contains(Restricted, "define i32 @main("));
}

TEST(FatLto, KeepsWhatTheAddressSanitizerNeeds) {
  std::vector<LtoModule> Modules;
  Modules.push_back(moduleOf("main-cgu", plainBitcode(R"(
    @___asan_globals_registered = common hidden global i64 0
    define i32 @main() { ret i32 0 })")));
  EXPECT_TRUE(contains(Trial(std::move(Modules)).text(FatAfterRestriction),
                       "@___asan_globals_registered = common hidden global"));
}

TEST(FatLto, LinksWhatWasInMemoryAfterItsPasses) {
  std::vector<LtoModule> Modules;
  Modules.push_back(inMemory("main-cgu", Main));
  Modules.push_back(inMemory("other-cgu", R"(
    define i32 @_RNvC1u5small(i32 %number) {
      %twice = add i32 %number, 0
      ret i32 %twice
    })"));
  std::string Linked = Trial(std::move(Modules)).text(FatInput);
  EXPECT_FALSE(contains(Linked, "add i32")) << "folded before linking";
  EXPECT_TRUE(contains(Linked, "call i32 @_RNvC1u5small"));
}

TEST(RunFat, PreparesAsNewerRustcDoes) {
  // The pre-link pipeline of fat LTO unrolls this loop; that of thin LTO leaves it for later.
  const char *const Loop = R"(
    declare i32 @foreign(i32)
    define i32 @main(i32 %n) {
    start:
      br label %loop
    loop:
      %i = phi i32 [ 0, %start ], [ %next, %loop ]
      %sum = phi i32 [ 0, %start ], [ %new, %loop ]
      %square = mul i32 %i, %i
      %new = xor i32 %sum, %square
      %next = add nuw i32 %i, 1
      %done = icmp eq i32 %next, %n
      br i1 %done, label %end, label %loop
    end:
      ret i32 %new
    })";
  auto Instructions = [&](bool ThinPreLink) {
    std::vector<LtoModule> Modules;
    Modules.push_back(inMemory("main-cgu", Loop));
    FatLtoOptions Given;
    Given.Config.VectorizeLoops = true;
    Given.Config.ThinPreLink = ThinPreLink;
    Trial R(std::move(Modules), Given);
    R.Options.Config = Given.Config;
    R.Stages = {FatInput};
    return valueOf(R.optimize()).Stages[0].Instructions;
  };
  EXPECT_GT(Instructions(false), Instructions(true));
}

// rustc up to 1.89 writes the module after the passes with the writer of thin LTO.
TEST(FatLto, WritesASummaryWhereRustcDoes) {
  for (bool WithSummary : {false, true}) {
    Trial R(program());
    R.Options.Config.SummaryAfterFatLto = WithSummary;
    OptimizedModule Done = valueOf(R.optimize());
    for (const SavedStage &Saved : Done.Stages) {
      MemoryBufferRef Bitcode(R.Sink.Saved[Saved.ContentHash], "stage");
      bool Expected = WithSummary && Saved.Stage == FatAfterPm;
      EXPECT_EQ(valueOf(getBitcodeLTOInfo(Bitcode)).HasSummary, Expected)
          << Saved.Stage.tag().str();
    }
  }
}

/// A profile of a program that shares no function with these.
std::string emptyProfile() {
  InstrProfWriter Writer;
  succeeds(Writer.mergeProfileKind(InstrProfKind::IRInstrumentation));
  return Writer.writeBuffer()->getBuffer().str();
}

TEST(RunFat, FollowsAProfileBeforeLto) {
  Scratch Folder;
  auto Linked = [](const std::string &Profile) {
    std::vector<LtoModule> Modules;
    Modules.push_back(inMemory("main-cgu", Main));
    FatLtoOptions Given;
    Given.Config.Profile = Profile;
    Trial R(std::move(Modules), Given);
    R.Options.Config = Given.Config;
    R.Options.Config.Level = OptLevel::O3;
    R.Stages = {FatInput};
    return R.text(FatInput);
  };
  std::string File = Folder.file("a.profdata", emptyProfile());
  EXPECT_TRUE(contains(Linked(File), "ProfileSummary"));
}

TEST(RunFat, RefusesWhatIsNoProfile) {
  Scratch Folder;
  FatLtoOptions Given;
  Given.Config.Profile = Folder.file("a.profdata", "nothing");
  ErrorReport Report = errorOf(std::move(*Trial(program(), Given).Result));
  EXPECT_EQ(Report.Name, "UnreadableFile");
  EXPECT_EQ(Report.File, *Given.Config.Profile);
  Given.Config.Profile = Folder.path("none");
  EXPECT_EQ(errorOf(std::move(*Trial(program(), Given).Result)).Name, "UnreadableFile");
}

TEST(FatLto, NamesTheModuleThatCannotBeLoaded) {
  Trial R(program());
  R.shared();
  std::string Broken = plainBitcode(Helper);
  R.Shared->Modules[1].Bitcode =
      MemoryBuffer::getMemBufferCopy(StringRef(Broken).take_front(Broken.size() / 2 & ~3ull));
  ErrorReport Report = errorOf(R.optimize());
  EXPECT_EQ(Report.Name, "LoadBitcode");
  EXPECT_EQ(Report.Module, "helper-cgu");
  EXPECT_EQ(Report.Stage, "lto.input");
  EXPECT_TRUE(contains(Report.Message, "failed to load bitcode of module \"helper-cgu\""));
}

TEST(FatLto, PassesOnWhatTheLinkerSays) {
  std::vector<LtoModule> Modules = program();
  Modules.push_back(moduleOf("zz-again-cgu", plainBitcode(Main)));
  ErrorReport Report = errorOf(Trial(std::move(Modules)).optimize());
  EXPECT_EQ(Report.Name, "LoadBitcode");
  EXPECT_EQ(Report.Module, "zz-again-cgu");
  EXPECT_TRUE(contains(Report.Message, "symbol multiply defined")) << Report.Message;
  EXPECT_TRUE(contains(Report.Message, "main-cgu defines it, and so does zz-again-cgu"))
      << Report.Message;
}

TEST(FatLto, MeasuresUnderRustcsNames) {
  Trial R(program());
  valueOf(R.optimize());
  std::vector<std::string> Measured;
  for (const Timing &One : R.Timings)
    Measured.push_back(One.Activity + (One.Argument ? " " + *One.Argument : ""));
  std::vector<std::string> Expected = {"lto_generate_symbols_below_threshold",
                                       "lto_generate_symbols_below_threshold",
                                       "LLVM_fat_lto_link_module helper-cgu",
                                       "LLVM_fat_lto_link_module small-cgu",
                                       "lto.input main-cgu",
                                       "lto.after-restriction main-cgu",
                                       "LLVM_fat_lto_build_monolithic_module",
                                       "LLVM_lto_optimize main-cgu"};
  EXPECT_EQ(Measured, Expected);
}

TEST(FatLto, CanBeCancelledInEveryStage) {
  size_t Before = 0;
  for (LtoStage Last : {FatInput, FatAfterRestriction, FatAfterPm}) {
    Trial R(program());
    auto OnStage = [&](LtoStage Stage) { R.Cancelled = Stage == Last; };
    R.Options.OnStage = OnStage;
    EXPECT_EQ(errorOf(R.optimize()).Name, "Cancelled");
    EXPECT_EQ(R.Sink.Saved.size(), Before++);
  }
}

TEST(FatLto, MarksTheModuleAsOlderRustcDoes) {
  Trial R(program());
  R.Options.Config.AddLtoPostLink = true;
  EXPECT_TRUE(contains(R.text(FatAfterPm), "LTOPostLink"));
  EXPECT_FALSE(contains(R.text(FatAfterRestriction), "LTOPostLink"));
}

TEST(FatLto, OptimizesAtEveryLevel) {
  for (OptLevel Level : {OptLevel::O0, OptLevel::O1, OptLevel::O2, OptLevel::Os, OptLevel::Oz}) {
    std::vector<LtoModule> Modules = program();
    Modules.push_back(inMemory("memory-cgu", "define void @more() { ret void }"));
    Trial R(std::move(Modules), {}, Level);
    EXPECT_EQ(valueOf(R.optimize()).Stages.size(), 3u);
  }
}

} // namespace

} // namespace fat_lto_test
