#include "lto/passes/function_texts.h"

#include "lto/rustc/optimize_thin_module.h"
#include "lto/rustc/stages.h"
#include "test/support/expected.h"
#include "test/support/modules.h"
#include "llvm/ADT/STLExtras.h"

namespace pass_trace_test {

using namespace llvm;
using namespace lto_inspector;
using namespace lto_inspector::passes;
using namespace lto_inspector::pipeline;
using namespace lto_inspector::rustc;
using namespace lto_inspector::test;

namespace {

/// Takes a module through the passes. Returns the hash of its bitcode, or nothing if that is not
/// wanted.
std::string optimize(StringRef Text, StageObserver *Observer, bool Saves = true) {
  std::vector<LtoModule> Modules;
  Modules.push_back(moduleOf("m", thinBitcode(Text)));
  SelfProfiler Profiler;
  std::vector<Timing> Timings;
  auto Shared = valueOf(runThin({}, std::move(Modules), Profiler, Timings));
  std::atomic<bool> Cancelled = false;
  OptimizeOptions Options;
  Options.Config.Level = OptLevel::O3;
  const LtoStage Stages[] = {ThinAfterPm};
  if (Saves)
    Options.Stages = Stages;
  Options.Observer = Observer;
  auto Made = valueOf(optimizeThinModule(*Shared, 0, Options, Cancelled, Profiler, Timings));
  return Saves ? Made.Stages.back().ContentHash : std::string();
}

/// A module's way through the passes, with a trace.
class Traced {
public:
  explicit Traced(StringRef Text, Finding How = Finding::Checked)
      : Trace(ThinAfterPm, How), Content(optimize(Text, &Trace)) {}

  /// The passes that changed a function, in order.
  std::vector<std::string> changesOf(StringRef Function) const {
    const std::vector<std::string> Names = Trace.functions();
    std::vector<std::string> Passes;
    for (const auto &[Run, Change] : Trace.changes())
      if (Names[Change.Function] == Function)
        Passes.push_back(Trace.passes()[Trace.runs()[Run].Pass]);
    return Passes;
  }

  /// Passes and functions.
  std::vector<std::string> missed() const {
    const std::vector<std::string> Names = Trace.functions();
    std::vector<std::string> Missed;
    for (const auto &[Run, Change] : Trace.missed())
      Missed.push_back(Trace.passes()[Trace.runs()[Run].Pass] + " " + Names[Change.Function]);
    return Missed;
  }

  /// The changes of a function, as texts of it are expected.
  std::vector<ExpectedChange> expectedOf(StringRef Function) const {
    const std::vector<std::string> Names = Trace.functions();
    std::vector<ExpectedChange> Expected;
    for (const auto &[Run, Change] : Trace.changes())
      if (Names[Change.Function] == Function)
        Expected.push_back({Trace.passes()[Trace.runs()[Run].Pass], Change.Hash});
    return Expected;
  }

  /// What ran on what, in order.
  std::vector<std::pair<uint32_t, uint32_t>> sequence() const {
    std::vector<std::pair<uint32_t, uint32_t>> Runs;
    for (const PassRun &Run : Trace.runs())
      Runs.push_back({Run.Pass, Run.Subject});
    return Runs;
  }

  PassTrace Trace;
  const std::string Content;
};

const char *const Program = R"(
@limit = internal global i32 10
declare i32 @elsewhere(i32)
declare void @use(ptr)
define internal i32 @small(i32 %x) { %y = mul i32 %x, 7 ret i32 %y }
define internal i32 @byref(ptr %p) noinline { %v = load i32, ptr %p %w = call i32 @elsewhere(i32 %v) ret i32 %w }
define i32 @limited() { %l = load i32, ptr @limit ret i32 %l }
define i32 @caller(i32 %x) {
  %p = alloca i32
  store i32 %x, ptr %p
  %a = call i32 @byref(ptr %p)
  %b = call i32 @small(i32 %a)
  ret i32 %b
}
define i32 @sum(ptr %p, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %j, %loop ]
  %s = phi i32 [ 0, %entry ], [ %t, %loop ]
  %at = getelementptr i32, ptr %p, i32 %i
  %v = load i32, ptr %at
  %t = add i32 %s, %v
  %j = add i32 %i, 1
  %more = icmp slt i32 %j, 16
  br i1 %more, label %loop, label %exit
exit:
  ret i32 %t
}
)";

TEST(PassTrace, ChangesNothing) {
  const std::string Plain = optimize(Program, nullptr);
  EXPECT_EQ(Traced(Program, Finding::Quick).Content, Plain);
  EXPECT_EQ(Traced(Program).Content, Plain);
}

TEST(PassTrace, HasTheSameRunsAndChangesEveryTime) {
  const Traced One(Program, Finding::Quick), Other(Program, Finding::Quick);
  EXPECT_EQ(One.sequence(), Other.sequence());
  EXPECT_EQ(One.Trace.passes(), Other.Trace.passes());
  ASSERT_EQ(One.Trace.changes().size(), Other.Trace.changes().size());
  for (const auto &[Left, Right] : zip(One.Trace.changes(), Other.Trace.changes())) {
    EXPECT_EQ(Left.Run, Right.Run);
    EXPECT_EQ(Left.Change.Function, Right.Change.Function);
    EXPECT_EQ(Left.Change.Hash, Right.Change.Hash);
  }
}

TEST(PassTrace, MissesNoChange) {
  const Traced One(Program);
  EXPECT_EQ(One.missed(), std::vector<std::string>());
  EXPECT_FALSE(One.Trace.changes().empty());
}

/// A function with loops, so large that it is not looked at as a whole after each pass on each of
/// them.
std::string withLoops(unsigned Loops) {
  std::string Text = "define void @large(ptr %p, i64 %n) {\nentry:\n  br label %l0\n";
  for (unsigned I = 0; I < Loops; ++I) {
    const std::string N = std::to_string(I), Before = I ? "e" + std::to_string(I - 1) : "entry";
    // Some run a known number of times, some do nothing.
    const std::string End = I % 3 ? "%n" : "4";
    Text += "l" + N + ":\n  %i" + N + " = phi i64 [ 0, %" + Before + " ], [ %j" + N + ", %l" + N +
            " ]\n  %a" + N + " = getelementptr i64, ptr %p, i64 %i" + N + "\n";
    if (I % 5)
      Text += "  store i64 %i" + N + ", ptr %a" + N + "\n";
    Text += "  %j" + N + " = add nuw i64 %i" + N + ", 1\n  %c" + N + " = icmp ult i64 %j" + N +
            ", " + End + "\n  br i1 %c" + N + ", label %l" + N + ", label %e" + N + "\ne" + N +
            ":\n  br label %" + (I + 1 == Loops ? "end" : "l" + std::to_string(I + 1)) + "\n";
  }
  return Text + "end:\n  ret void\n}\n";
}

TEST(PassTrace, MissesNoChangeByLoopsOfALargeFunction) {
  const std::string Text = withLoops(120);
  const Traced One(Text);
  EXPECT_EQ(One.missed(), std::vector<std::string>());
  EXPECT_TRUE(is_contained(One.changesOf("large"), "LoopDeletionPass"));
  EXPECT_TRUE(is_contained(One.changesOf("large"), "LoopFullUnrollPass"));
  for (PassScope Scope : {PassScope::Related, PassScope::All}) {
    FunctionTexts Taken(ThinAfterPm, "large", One.expectedOf("large"), Scope);
    optimize(Text, &Taken, /*Saves=*/false);
    EXPECT_TRUE(Taken.asExpected());
  }
}

TEST(PassTrace, NamesThePassesThatChangeAFunction) {
  const Traced One(Program);
  EXPECT_TRUE(is_contained(One.changesOf("limited"), "IPSCCPPass"));
  EXPECT_TRUE(is_contained(One.changesOf("caller"), "InlinerPass"));
  // The callee gets the value instead of the address, so its callers change too.
  EXPECT_TRUE(is_contained(One.changesOf("byref"), "ArgumentPromotionPass"));
  EXPECT_TRUE(is_contained(One.changesOf("caller"), "ArgumentPromotionPass"));
  EXPECT_TRUE(is_contained(One.changesOf("sum"), "LoopFullUnrollPass"));
}

TEST(PassTrace, NotesWhenAFunctionIsRemoved) {
  const Traced One(Program);
  const std::vector<std::string> Names = One.Trace.functions();
  size_t Removed = 0;
  for (const auto &[Run, Change] : One.Trace.changes())
    Removed += Change.Removed && Names[Change.Function] == "small";
  EXPECT_EQ(Removed, 1u);
}

TEST(PassTrace, TimesAddUp) {
  const Traced One(Program, Finding::Quick);
  uint64_t Sum = 0;
  for (const PassRun &Run : One.Trace.runs())
    Sum += Run.Nanos;
  EXPECT_GT(Sum, 0u);
  EXPECT_LE(Sum, One.Trace.totalNanos());
}

TEST(PassTrace, KnowsWhatRunsAllocate) {
  const Traced One(Program, Finding::Quick);
  if (!One.Trace.knowsMemory())
    GTEST_SKIP() << "this system does not tell";
  uint64_t Peak = 0;
  for (const RunMemory &Used : One.Trace.memory())
    Peak = std::max(Peak, Used.Peak);
  EXPECT_GT(Peak, 1000u);
}

TEST(FunctionTexts, AreThoseBetweenTheChangesOfATrace) {
  const Traced One(Program, Finding::Quick);
  const auto Take = [&](StringRef Function, PassScope Scope) {
    FunctionTexts Taken(ThinAfterPm, Function, One.expectedOf(Function), Scope);
    optimize(Program, &Taken, /*Saves=*/false);
    return std::pair(Taken.asExpected(), Taken.texts().size());
  };
  for (StringRef Function : {"caller", "byref", "sum", "limited"})
    for (PassScope Scope : {PassScope::Related, PassScope::All})
      EXPECT_EQ(Take(Function, Scope), std::pair(true, One.expectedOf(Function).size() + 1))
          << Function.str();
  // Removed, so its last change has no text. Its callers, which have to be optimised for that, are
  // not related to it.
  EXPECT_EQ(Take("small", PassScope::All), std::pair(true, One.expectedOf("small").size()));
  EXPECT_FALSE(Take("small", PassScope::Related).first);
}

TEST(FunctionTexts, ShowWhatAPassDid) {
  const Traced One(Program, Finding::Quick);
  FunctionTexts Taken(ThinAfterPm, "limited", One.expectedOf("limited"), PassScope::Related);
  optimize(Program, &Taken, /*Saves=*/false);
  ASSERT_FALSE(Taken.steps().empty());
  EXPECT_TRUE(StringRef(Taken.texts().front()).contains("load i32, ptr @limit"));
  const auto Folded = find_if(Taken.steps(), [](auto &Step) { return Step.Pass == "IPSCCPPass"; });
  ASSERT_NE(Folded, Taken.steps().end());
  EXPECT_TRUE(StringRef(Taken.texts()[*Folded->Text]).contains("ret i32 10"));
}

TEST(FunctionTexts, TellIfTheChangesAreOthers) {
  FunctionTexts Taken(ThinAfterPm, "limited", {{"InstCombinePass", 1}}, PassScope::All);
  optimize(Program, &Taken, /*Saves=*/false);
  EXPECT_FALSE(Taken.asExpected());
}

} // namespace

} // namespace pass_trace_test
