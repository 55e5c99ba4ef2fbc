#include "lto/rustc/optimize_thin_module.h"
#include "lto/rustc/parse_module.h"
#include "lto/rustc/stages.h"
#include "test/support/expected.h"
#include "test/support/modules.h"

namespace stage_recorder_test {

using namespace llvm;
using namespace lto_inspector::support;
using namespace lto_inspector::pipeline;
using namespace lto_inspector::rustc;
using namespace lto_inspector::test;

namespace {

const char *const Text = R"(
define i32 @main(i32 %argument) {
  ret i32 %argument
}
)";

/// A recorder of one module, for any steps.
struct Trial {
  explicit Trial(std::vector<LtoStage> Wanted) : Wanted(std::move(Wanted)) {
    Options.Stages = this->Wanted;
    Options.Sink = &Sink;
  }

  Error parse() { return Recorder.adopt(parseModule(Recorder.context(), Of.buffer())); }
  Error nothing() { return Error::success(); }

  LtoModule Of = moduleOf("main-cgu", plainBitcode(Text));
  std::vector<LtoStage> Wanted;
  OptimizeOptions Options;
  std::atomic<bool> Cancelled = false;
  MemorySink Sink;
  StageRecorder Recorder{Of.recorded(), Options, Cancelled};
};

TEST(StageRecorder, MakesNothingAfterTheLastStageThatIsWanted) {
  Trial Some({ThinAfterRename, ThinInput});
  EXPECT_TRUE(Some.Recorder.makes(ThinInput));
  EXPECT_TRUE(Some.Recorder.makes(ThinAfterRename));
  EXPECT_FALSE(Some.Recorder.makes(ThinAfterResolve));
  EXPECT_TRUE(Trial({}).Recorder.makes(ThinAfterPm));
}

TEST(StageRecorder, SavesWhatIsWantedOnly) {
  Trial T({ThinAfterRename});
  succeeds(T.Recorder.makeStage(ThinInput, [&] { return T.parse(); }));
  EXPECT_TRUE(T.Sink.Saved.empty());
  succeeds(T.Recorder.makeStage(ThinAfterRename, [&] { return T.nothing(); }));
  OptimizedModule Made = valueOf(T.Recorder.finish());
  ASSERT_EQ(Made.Stages.size(), 1u);
  EXPECT_EQ(Made.Stages[0].Stage, ThinAfterRename);
  EXPECT_FALSE(Made.Stages[0].SameAsPrevious);
  EXPECT_EQ(Made.Stages[0].Functions, 1u);
  EXPECT_EQ(T.Sink.Saved.count(Made.Stages[0].ContentHash), 1u);
}

TEST(StageRecorder, TellsStagesThatAreAsTheOneBefore) {
  Trial T({ThinInput, ThinAfterRename, ThinAfterResolve, ThinAfterInternalize});
  succeeds(T.Recorder.makeStage(ThinInput, [&] { return T.parse(); }));
  succeeds(T.Recorder.makeStage(ThinAfterRename, [&] { return T.nothing(); }));
  succeeds(T.Recorder.makeStage(ThinAfterResolve, [&] { return T.nothing(); }));
  succeeds(T.Recorder.makeStage(ThinAfterInternalize, [&] {
    T.Recorder.module().getFunction("main")->setLinkage(GlobalValue::InternalLinkage);
    return T.nothing();
  }));
  std::vector<bool> Same;
  OptimizedModule Made = valueOf(T.Recorder.finish());
  for (const SavedStage &Stage : Made.Stages)
    Same.push_back(Stage.SameAsPrevious);
  EXPECT_EQ(Same, (std::vector<bool>{false, true, true, false}));
  EXPECT_EQ(T.Sink.Saved.size(), 2u);
}

TEST(StageRecorder, FailsWithWhatLlvmReported) {
  Trial T({ThinInput});
  ErrorReport Report = errorOf(T.Recorder.makeStage(ThinInput, [&] {
    T.Recorder.said().Errors.push_back("the words of LLVM");
    return T.nothing();
  }));
  EXPECT_EQ(Report.Name, "EngineFailed");
  EXPECT_EQ(Report.Module, "main-cgu");
  EXPECT_EQ(Report.Stage, "thin-lto-input");
  EXPECT_TRUE(contains(Report.Message, "the words of LLVM")) << Report.Message;
}

TEST(StageRecorder, SavesNothingOnceItIsCancelled) {
  Trial T({ThinInput});
  succeeds(T.Recorder.checkCancelled());
  ErrorReport Report = errorOf(T.Recorder.makeStage(ThinInput, [&] {
    T.Cancelled = true;
    return T.parse();
  }));
  EXPECT_EQ(Report.Name, "Cancelled");
  EXPECT_EQ(errorOf(T.Recorder.checkCancelled()).Name, "Cancelled");
  EXPECT_TRUE(T.Sink.Saved.empty());
}

TEST(StageRecorder, GivesTheStepsOwnErrorWithTheStage) {
  Trial T({ThinInput});
  T.Of.Bitcode = MemoryBuffer::getMemBufferCopy("no bitcode", "main-cgu");
  ErrorReport Report = errorOf(T.Recorder.makeStage(ThinInput, [&] { return T.parse(); }));
  EXPECT_EQ(Report.Name, "ParseBitcode");
  EXPECT_EQ(Report.Stage, "thin-lto-input");
}

} // namespace

} // namespace stage_recorder_test
