#include "lto/llvm/parallel.h"
#include "lto/rustc/optimize_thin_module.h"
#include "lto/rustc/stages.h"
#include "lto/rustc/thin_buffer.h"
#include "test/support/expected.h"
#include "test/support/modules.h"
#include "test/support/scratch.h"

namespace optimize_thin_module_test {

using namespace llvm;
using namespace lto_inspector::support;
using namespace lto_inspector::pipeline;
using namespace lto_inspector::rustc;
using namespace lto_inspector::test;

namespace {

// Three CGUs: `main` calls a small function of another crate, which calls a local one there.
const char *const Main = R"(
declare i32 @_RNvC1u5small(i32)
declare i32 @_RNvC1u5large(i32)
@table = private constant [2 x i32] [i32 1, i32 2]
define i32 @main(i32 %argument) {
  %called = call i32 @_RNvC1u5small(i32 %argument)
  %again = call i32 @_RNvC1u5large(i32 %called)
  ret i32 %again
}
define linkonce_odr i32 @_RNvC1m6shared(i32 %n) {
  ret i32 %n
}
!llvm.ident = !{!0}
!0 = !{!"rustc of the importer"}
)";

const char *const Small = R"(
@_RNvC1u7COUNTER = internal global i32 0
define i32 @_RNvC1u5small(i32 %number) {
  %helped = call i32 @_RNvC1u6helper(i32 %number)
  ret i32 %helped
}
define internal i32 @_RNvC1u6helper(i32 %number) noinline {
  %old = load i32, ptr @_RNvC1u7COUNTER
  %new = add i32 %old, %number
  store i32 %new, ptr @_RNvC1u7COUNTER
  ret i32 %new
}
define linkonce_odr i32 @_RNvC1m6shared(i32 %n) {
  ret i32 %n
}
!llvm.ident = !{!0}
!0 = !{!"rustc of the exporter"}
)";

/// A function that is too large to import.
std::string large() {
  std::string Body;
  for (int I = 0; I < 400; ++I)
    Body +=
        "  %v" + std::to_string(I + 1) + " = call i32 @opaque(i32 %v" + std::to_string(I) + ")\n";
  return "declare i32 @opaque(i32)\n"
         "define i32 @_RNvC1u5large(i32 %v0) {\n" +
         Body + "  ret i32 %v400\n}\n";
}

std::unique_ptr<ThinShared> analysed(std::optional<uint64_t> PromotionSuffix = std::nullopt) {
  std::vector<LtoModule> Modules;
  Modules.push_back(moduleOf("main-cgu", thinBitcode(Main)));
  Modules.push_back(moduleOf("small-cgu", thinBitcode(Small), ModuleOrigin::Upstream));
  Modules.push_back(moduleOf("large-cgu", thinBitcode(large()), ModuleOrigin::Upstream));
  Modules[1].PromotionSuffix = PromotionSuffix;
  SelfProfiler Profiler;
  std::vector<Timing> Timings;
  return valueOf(runThin({}, std::move(Modules), Profiler, Timings));
}

const std::vector<LtoStage> AllStages = [] {
  std::vector<LtoStage> Stages;
  for (size_t I = 0; I < RustcThin.Stages.size(); ++I)
    Stages.emplace_back(RustcThin, I);
  return Stages;
}();

/// One optimised module with its stages as text.
struct Trial {
  explicit Trial(const ThinShared &Shared, StringRef Module = "main-cgu") : Shared(Shared) {
    Index = *Shared.find(Module);
    Options.Target.Level = Options.Config.Level = OptLevel::O3;
    Options.Stages = AllStages;
    Options.Sink = &Sink;
  }

  Expected<OptimizedModule> optimize() {
    return optimizeThinModule(Shared, Index, Options, Cancelled, Profiler, Timings);
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

  const ThinShared &Shared;
  size_t Index = 0;
  MemorySink Sink;
  OptimizeOptions Options;
  std::atomic<bool> Cancelled = false;
  SelfProfiler Profiler;
  std::vector<Timing> Timings;
  OptimizedModule Done;
};

TEST(OptimizeThinModule, SavesAllStagesInOrder) {
  auto Shared = analysed();
  Trial R(*Shared);
  OptimizedModule Done = valueOf(R.optimize());
  ASSERT_EQ(Done.Stages.size(), AllStages.size());
  for (size_t I = 0; I < AllStages.size(); ++I) {
    const SavedStage &Saved = Done.Stages[I];
    EXPECT_EQ(Saved.Stage, AllStages[I]);
    ASSERT_EQ(R.Sink.Saved.count(Saved.ContentHash), 1u);
    EXPECT_EQ(R.Sink.Saved[Saved.ContentHash].size(), Saved.Bytes);
    EXPECT_EQ(Saved.ContentHash.size(), 64u);
    EXPECT_GE(Saved.Millis, 0);
    bool Same = I > 0 && Saved.ContentHash == Done.Stages[I - 1].ContentHash;
    EXPECT_EQ(Saved.SameAsPrevious, Same);
  }
  EXPECT_EQ(Done.Stages[0].Functions, 2u);
  EXPECT_EQ(Done.Stages[0].Instructions, 4u);
  EXPECT_TRUE(Done.Diagnostics.empty());
}

// A stage that is requested alone is always serialised.
TEST(OptimizeThinModule, GivesEachStageTheContentThatItHasAlone) {
  auto Shared = analysed();
  for (size_t Index = 0; Index < Shared->Modules.size(); ++Index) {
    Trial All(*Shared);
    All.Index = Index;
    OptimizedModule Together = valueOf(All.optimize());
    ASSERT_EQ(Together.Stages.size(), AllStages.size());
    for (size_t I = 0; I < AllStages.size(); ++I) {
      Trial One(*Shared);
      One.Index = Index;
      One.Options.Stages = ArrayRef(AllStages).slice(I, 1);
      OptimizedModule Alone = valueOf(One.optimize());
      ASSERT_EQ(Alone.Stages.size(), 1u);
      EXPECT_EQ(Together.Stages[I].ContentHash, Alone.Stages[0].ContentHash);
      EXPECT_EQ(Together.Stages[I].Instructions, Alone.Stages[0].Instructions);
      EXPECT_EQ(Together.Stages[I].Functions, Alone.Stages[0].Functions);
    }
  }
}

TEST(OptimizeThinModule, ImportsWhatIsSmall) {
  auto Shared = analysed();
  Trial R(*Shared);
  EXPECT_TRUE(contains(R.text(ThinAfterInternalize), "declare i32 @_RNvC1u5small(i32)"));
  std::string Imported = R.text(ThinAfterImport);
  EXPECT_TRUE(contains(Imported, "define available_externally i32 @_RNvC1u5small(i32"));
  EXPECT_FALSE(contains(Imported, "define available_externally i32 @_RNvC1u5large(i32"));
  std::string Optimized = R.text(ThinAfterPm);
  EXPECT_FALSE(contains(Optimized, "@_RNvC1u5small")) << "inlined and gone";
  EXPECT_TRUE(contains(Optimized, "@_RNvC1u5large"));
}

TEST(OptimizeThinModule, DoesNotImportTheIdentOfOthers) {
  auto Shared = analysed();
  Trial R(*Shared);
  EXPECT_TRUE(contains(R.text(ThinAfterImport), "rustc of the importer"));
  EXPECT_FALSE(contains(R.text(ThinAfterImport), "rustc of the exporter"));
}

TEST(OptimizeThinModule, InternalizesWhatNobodyElseNeeds) {
  auto Shared = analysed();
  Trial Main(*Shared), Small(*Shared, "small-cgu");
  // Two copies of a linkonce_odr function: one prevails, the other is available externally.
  std::string Here = Main.text(ThinAfterInternalize), There = Small.text(ThinAfterInternalize);
  EXPECT_TRUE(contains(Main.text(ThinInput), "define linkonce_odr i32 @_RNvC1m6shared"));
  EXPECT_NE(contains(Here, "linkonce_odr i32 @_RNvC1m6shared") ||
                contains(Here, "weak_odr i32 @_RNvC1m6shared"),
            contains(There, "linkonce_odr i32 @_RNvC1m6shared") ||
                contains(There, "weak_odr i32 @_RNvC1m6shared"));
}

TEST(OptimizeThinModule, PromotesLocalsThatOthersImport) {
  auto Shared = analysed();
  Trial R(*Shared, "small-cgu");
  EXPECT_TRUE(contains(R.text(ThinInput), "define internal i32 @_RNvC1u6helper("));
  std::string Renamed = R.text(ThinAfterRename);
  EXPECT_TRUE(contains(Renamed, "define hidden i32 @_RNvC1u6helper.llvm."));
  Trial Importer(*Shared);
  EXPECT_TRUE(contains(Importer.text(ThinAfterImport), "@_RNvC1u6helper.llvm."));
}

TEST(OptimizeThinModule, PromotesUnderTheSuffixThatRustcUsed) {
  auto Shared = analysed(/*PromotionSuffix=*/1234567890123456789);
  Trial Exporter(*Shared, "small-cgu"), Importer(*Shared);
  const char *Name = "@_RNvC1u6helper.llvm.1234567890123456789";
  EXPECT_TRUE(contains(Exporter.text(ThinAfterRename), Name));
  EXPECT_TRUE(contains(Importer.text(ThinAfterImport), Name));
}

TEST(OptimizeThinModule, StopsAfterTheLastStageThatIsWanted) {
  auto Shared = analysed();
  Trial R(*Shared);
  std::vector<LtoStage> Wanted = {ThinAfterResolve, ThinInput};
  std::vector<LtoStage> Entered;
  auto OnStage = [&](LtoStage Stage) { Entered.push_back(Stage); };
  R.Options.Stages = Wanted;
  R.Options.OnStage = OnStage;
  OptimizedModule Done = valueOf(R.optimize());
  ASSERT_EQ(Done.Stages.size(), 2u);
  EXPECT_EQ(Done.Stages[0].Stage, ThinInput);
  EXPECT_EQ(Done.Stages[1].Stage, ThinAfterResolve);
  EXPECT_EQ(Entered, (std::vector<LtoStage>{ThinInput, ThinAfterRename, ThinAfterResolve}));
}

TEST(OptimizeThinModule, MakesOneStageLikeAllOfThem) {
  auto Shared = analysed();
  Trial All(*Shared);
  OptimizedModule Whole = valueOf(All.optimize());
  for (size_t I = 0; I < AllStages.size(); ++I) {
    Trial One(*Shared);
    One.Options.Stages = AllStages[I];
    OptimizedModule Done = valueOf(One.optimize());
    ASSERT_EQ(Done.Stages.size(), 1u);
    EXPECT_EQ(Done.Stages[0].ContentHash, Whole.Stages[I].ContentHash) << AllStages[I].tag().str();
    EXPECT_FALSE(Done.Stages[0].SameAsPrevious);
  }
}

TEST(OptimizeThinModule, RunsAllAndSavesNothingWhenNoStageIsNamed) {
  auto Shared = analysed();
  Trial R(*Shared);
  R.Options.Stages = {};
  EXPECT_TRUE(valueOf(R.optimize()).Stages.empty());
  EXPECT_TRUE(R.Sink.Saved.empty());
  EXPECT_EQ(R.Timings.size(), AllStages.size());
}

TEST(OptimizeThinModule, MeasuresStagesWithoutASink) {
  auto Shared = analysed();
  Trial R(*Shared);
  R.Options.Sink = nullptr;
  OptimizedModule Done = valueOf(R.optimize());
  ASSERT_EQ(Done.Stages.size(), AllStages.size());
  EXPECT_EQ(Done.Stages.back().ContentHash.size(), 64u);
}

TEST(OptimizeThinModule, PassesOnThatAStageCannotBeSaved) {
  struct Broken : StageSink {
    Error save(StringRef, StringRef) override {
      return makeError("DiskFull", "no space", "/full/disk");
    }
  } Sink;
  auto Shared = analysed();
  Trial R(*Shared);
  R.Options.Sink = &Sink;
  ErrorReport Report = errorOf(R.optimize());
  EXPECT_EQ(Report.Name, "DiskFull");
  EXPECT_EQ(Report.File, "/full/disk");
  EXPECT_EQ(Report.Module, "main-cgu");
  EXPECT_EQ(Report.Stage, "thin-lto-input");
}

TEST(OptimizeThinModule, DoesNothingWhenItIsCancelledBefore) {
  auto Shared = analysed();
  Trial R(*Shared);
  R.Cancelled = true;
  ErrorReport Report = errorOf(R.optimize());
  EXPECT_EQ(Report.Name, "Cancelled");
  EXPECT_EQ(Report.Module, "main-cgu");
  EXPECT_TRUE(R.Sink.Saved.empty());
  EXPECT_TRUE(R.Timings.empty());
}

TEST(OptimizeThinModule, KeepsTheStagesBeforeItWasCancelled) {
  for (size_t At = 0; At < AllStages.size(); ++At) {
    auto Shared = analysed();
    Trial R(*Shared);
    auto OnStage = [&](LtoStage Stage) {
      if (Stage == AllStages[At])
        R.Cancelled = true;
    };
    R.Options.OnStage = OnStage;
    ErrorReport Report = errorOf(R.optimize());
    EXPECT_EQ(Report.Name, "Cancelled");
    EXPECT_EQ(Report.Stage, AllStages[At].tag());
    // The module after cancelled passes is never saved.
    EXPECT_LE(R.Sink.Saved.size(), At);
  }
}

TEST(OptimizeThinModule, MarksTheModuleAsOlderRustcDoes) {
  auto Shared = analysed();
  Trial With(*Shared), Without(*Shared);
  With.Options.Config.AddLtoPostLink = true;
  EXPECT_TRUE(contains(With.text(ThinAfterPm), "!\"LTOPostLink\", i32 1"));
  EXPECT_FALSE(contains(With.text(ThinAfterImport), "LTOPostLink"));
  EXPECT_FALSE(contains(Without.text(ThinAfterPm), "LTOPostLink"));
}

TEST(OptimizeThinModule, KeepsOrDiscardsValueNames) {
  auto Shared = analysed();
  Trial Fewer(*Shared), All(*Shared);
  All.Options.FewerNames = false;
  EXPECT_FALSE(contains(Fewer.text(ThinInput), "%argument"));
  EXPECT_TRUE(contains(All.text(ThinInput), "%argument"));
  EXPECT_TRUE(contains(All.text(ThinAfterPm), "%argument"));
}

TEST(OptimizeThinModule, OptimizesAtEveryLevel) {
  auto Shared = analysed();
  for (OptLevel Level :
       {OptLevel::O0, OptLevel::O1, OptLevel::O2, OptLevel::O3, OptLevel::Os, OptLevel::Oz}) {
    Trial R(*Shared);
    R.Options.Target.Level = R.Options.Config.Level = Level;
    bool Inlined = !contains(R.text(ThinAfterPm), "call i32 @_RNvC1u5small(");
    EXPECT_EQ(Inlined, Level != OptLevel::O0) << static_cast<int>(Level);
  }
}

TEST(OptimizeThinModule, RunsNoPassesWhenToldSo) {
  auto Shared = analysed();
  Trial R(*Shared);
  R.Options.Config.NoPrepopulatePasses = true;
  OptimizedModule Done = valueOf(R.optimize());
  EXPECT_TRUE(Done.Stages[5].SameAsPrevious);
}

TEST(OptimizeThinModule, RunsExtraPasses) {
  auto Shared = analysed();
  Trial R(*Shared);
  R.Options.Config.NoPrepopulatePasses = true;
  R.Options.Config.ExtraPasses = "strip,globaldce";
  EXPECT_FALSE(valueOf(R.optimize()).Stages[5].SameAsPrevious);
}

TEST(OptimizeThinModule, SaysThatAPassIsUnknown) {
  auto Shared = analysed();
  Trial R(*Shared);
  R.Options.Config.ExtraPasses = "no-such-pass";
  ErrorReport Report = errorOf(R.optimize());
  EXPECT_EQ(Report.Name, "EngineFailed");
  EXPECT_EQ(Report.Stage, "thin-lto-after-pm");
  EXPECT_TRUE(contains(Report.Message, "no-such-pass")) << Report.Message;
}

TEST(OptimizeThinModule, LeavesTheKeysInPlaceWhenItFails) {
  Scratch Folder;
  ThinLtoOptions Options;
  Options.Session = SessionFiles{std::nullopt, Folder.path("keys.bin")};
  std::vector<LtoModule> Modules;
  Modules.push_back(moduleOf("main-cgu", thinBitcode(Main)));
  SelfProfiler Profiler;
  std::vector<Timing> Timings;
  auto Shared = valueOf(runThin(Options, std::move(Modules), Profiler, Timings));
  // Saved after deciding and before optimising.
  std::string Saved = contentOf(Folder.path("keys.bin"));
  EXPECT_EQ(Saved, "main-cgu " + *Shared->Decisions[0].Key + "\n");
  Trial R(*Shared);
  R.Options.Config.ExtraPasses = "no-such-pass";
  errorOf(R.optimize());
  EXPECT_EQ(contentOf(Folder.path("keys.bin")), Saved);
}

TEST(OptimizeThinModule, SaysThatATargetIsUnknown) {
  auto Shared = analysed();
  Trial R(*Shared);
  R.Options.Target.Triple = "z80-zilog-cpm";
  ErrorReport Report = errorOf(R.optimize());
  EXPECT_EQ(Report.Name, "EngineFailed");
  EXPECT_EQ(Report.Module, "main-cgu");
  EXPECT_TRUE(contains(Report.Message, "z80-zilog-cpm")) << Report.Message;
}

TEST(OptimizeThinModule, MeasuresUnderRustcsNamesWithTheModule) {
  auto Shared = analysed();
  Trial R(*Shared);
  OptimizedModule Done = valueOf(R.optimize());
  std::vector<std::string> Activities;
  for (const Timing &Measured : R.Timings) {
    Activities.push_back(Measured.Activity);
    EXPECT_EQ(Measured.Argument, "main-cgu");
  }
  EXPECT_EQ(Activities,
            (std::vector<std::string>{"thin-lto-input", "LLVM_thin_lto_rename",
                                      "LLVM_thin_lto_resolve_weak", "LLVM_thin_lto_internalize",
                                      "LLVM_thin_lto_import", "LLVM_lto_optimize"}));
  ASSERT_EQ(Done.Stages.size(), R.Timings.size());
  for (size_t I = 0; I < R.Timings.size(); ++I)
    EXPECT_LE(R.Timings[I].DurationMicros, Done.Stages[I].Millis * 1000 + 1) << Activities[I];
}

TEST(OptimizeThinModule, DoesNotDependOnThreads) {
  auto Shared = analysed();
  auto HashesOf = [&](size_t Module) {
    Trial R(*Shared, Shared->Modules[Module].Name);
    std::string Hashes;
    for (const SavedStage &Saved : valueOf(R.optimize()).Stages)
      Hashes += Saved.ContentHash + "\n";
    return Hashes;
  };
  std::vector<std::string> OneByOne;
  for (size_t I = 0; I < Shared->Modules.size(); ++I)
    OneByOne.push_back(HashesOf(I));
  // Every module on four threads at once.
  std::vector<std::string> AtOnce(4 * Shared->Modules.size());
  std::vector<std::thread> Threads;
  for (size_t I = 0; I < AtOnce.size(); ++I)
    Threads.emplace_back([&, I] { AtOnce[I] = HashesOf(I % OneByOne.size()); });
  for (std::thread &Thread : Threads)
    Thread.join();
  for (size_t I = 0; I < AtOnce.size(); ++I)
    EXPECT_EQ(AtOnce[I], OneByOne[I % OneByOne.size()]);
}

TEST(PrepareThin, GivesASummaryToBitcodeWithoutOne) {
  std::string Plain = plainBitcode(Small);
  std::unique_ptr<MemoryBuffer> Thin = valueOf(prepareThin(MemoryBufferRef(Plain, "small")));
  EXPECT_EQ(Thin->getBuffer(), thinBitcode(Small));
  EXPECT_EQ(Thin->getBufferIdentifier(), "small");
}

TEST(PrepareThin, SaysThatBitcodeCannotBeParsed) {
  ErrorReport Report = errorOf(prepareThin(MemoryBufferRef("not bitcode", "m")));
  EXPECT_EQ(Report.Name, "ParseBitcode");
  EXPECT_EQ(Report.Module, "m");
}

} // namespace

} // namespace optimize_thin_module_test
