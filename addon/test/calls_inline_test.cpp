#include "lto/calls/inline_ledger.h"
#include "lto/rustc/optimize_thin_module.h"
#include "lto/rustc/stages.h"
#include "test/support/expected.h"
#include "test/support/modules.h"

namespace calls_inline_test {

using namespace llvm;
using namespace lto_inspector;
using namespace lto_inspector::calls;
using namespace lto_inspector::pipeline;
using namespace lto_inspector::rustc;
using namespace lto_inspector::test;

namespace {

/// The decisions about one module, which is optimised alone.
class Inlined {
public:
  explicit Inlined(StringRef Text, Costs Computed = Costs::Full)
      : Ledger(ThinAfterPm, Anchors::All, Computed) {
    std::vector<LtoModule> Modules;
    Modules.push_back(moduleOf("m", thinBitcode(Text)));
    SelfProfiler Profiler;
    std::vector<Timing> Timings;
    auto Shared = valueOf(runThin({}, std::move(Modules), Profiler, Timings));
    std::atomic<bool> Cancelled = false;
    OptimizeOptions Options;
    Options.Config.Level = OptLevel::O3;
    MemorySink Sink;
    Options.Sink = &Sink;
    const LtoStage Stages[] = {ThinAfterPm};
    Options.Stages = Stages;
    valueOf(optimizeThinModule(*Shared, 0, Options, Cancelled, Profiler, Timings));
    Plain = Sink.Saved.begin()->second;
    Options.Stages = {};
    Options.Sink = nullptr;
    Options.Observer = &Ledger;
    valueOf(optimizeThinModule(*Shared, 0, Options, Cancelled, Profiler, Timings));
  }

  InlineDecision of(StringRef Caller, StringRef Callee) const {
    for (const InlineDecision &Decision : Ledger.decisions())
      if (Decision.Caller == Caller && Decision.Callee == Callee)
        return Decision;
    ADD_FAILURE() << "no decision on " << Callee.str() << " in " << Caller.str();
    return {};
  }

  bool codeIsEqual() const {
    auto Stage = valueOf(codeHashesOf(MemoryBufferRef(Plain, "m")));
    if (Stage.size() != Ledger.codeHashes().size())
      return false;
    return all_of(Stage, [&](const auto &Function) {
      return Ledger.codeHashes().lookup(Function.getKey()) == Function.second;
    });
  }

  InlineLedger Ledger;

private:
  std::string Plain;
};

const char *const Calls = R"(
declare i32 @elsewhere(i32)
define internal i32 @small(i32 %x) { %y = mul i32 %x, 7 ret i32 %y }
define i32 @kept(i32 %x) noinline { %y = mul i32 %x, 9 ret i32 %y }
define i32 @featured(i32 %x) "target-features"="+avx2" { %y = add i32 %x, 9 ret i32 %y }
define i32 @always(i32 %x) alwaysinline { %y = xor i32 %x, 12 ret i32 %y }
define i32 @outer(i32 %x) {
  %a = call i32 @elsewhere(i32 %x)
  %b = call i32 @small(i32 %a)
  ret i32 %b
}
define i32 @main(i32 %x, ptr %f) {
  %a = call i32 @kept(i32 %x)
  %b = call i32 @featured(i32 %a)
  %c = call i32 @always(i32 %b)
  %d = call i32 %f(i32 %c)
  %e = call i32 @outer(i32 %d)
  ret i32 %e
}
)";

TEST(InlineLedger, SaysWhyACallIsNotInlined) {
  Inlined M(Calls);
  InlineDecision Kept = M.of("main", "kept");
  EXPECT_FALSE(Kept.Inlined);
  EXPECT_EQ(Kept.Remark, "NeverInline");
  EXPECT_EQ(Kept.Reason, "noinline function attribute");
  EXPECT_EQ(M.of("main", "featured").Reason, "conflicting attributes");
  EXPECT_EQ(M.of("main", "").Remark, "Indirect");
  EXPECT_EQ(M.of("outer", "elsewhere").Remark, "NoDefinition");
}

TEST(InlineLedger, HasTheCostOfWhatIsInlined) {
  Inlined M(Calls);
  InlineDecision Small = M.of("outer", "small");
  EXPECT_TRUE(Small.Inlined);
  ASSERT_TRUE(Small.Cost && Small.Threshold);
  EXPECT_LT(*Small.Cost, *Small.Threshold);
  InlineDecision Always = M.of("main", "always");
  EXPECT_TRUE(Always.Inlined);
  EXPECT_FALSE(Always.Cost);
}

TEST(InlineLedger, NamesCallsByTheirOrdinalWithoutDebugInfo) {
  Inlined M(Calls);
  EXPECT_EQ(M.of("main", "featured").At, (std::vector<CallPlace>{{"main", "", 2, 0}}));
  EXPECT_EQ(M.of("outer", "small").At, (std::vector<CallPlace>{{"outer", "", 2, 0}}));
  EXPECT_EQ(M.of("main", "").At, (std::vector<CallPlace>{{"main", "", 4, 0}}));
}

TEST(InlineLedger, HasTheWayOverInlinedFunctions) {
  Inlined M(Calls);
  // The first call of `outer`, which is inlined into `main` as its fifth.
  EXPECT_EQ(M.of("main", "elsewhere").At,
            (std::vector<CallPlace>{{"outer", "", 1, 0}, {"main", "", 5, 0}}));
  EXPECT_TRUE(M.of("main", "elsewhere").WholeWay);
}

TEST(InlineLedger, ChangesNoCode) { EXPECT_TRUE(Inlined(Calls).codeIsEqual()); }

TEST(InlineLedger, NamesTheSourceLineWhereThereIsOne) {
  Inlined M(R"(
define i32 @kept(i32 %x) noinline { ret i32 %x }
define i32 @main(i32 %x) !dbg !4 {
  %a = call i32 @kept(i32 %x), !dbg !6
  ret i32 %a, !dbg !6
}
!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2}
!0 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !1, emissionKind: LineTablesOnly)
!1 = !DIFile(filename: "src/main.rs", directory: "/ws")
!2 = !{i32 2, !"Debug Info Version", i32 3}
!4 = distinct !DISubprogram(name: "main", linkageName: "main", scope: !1, file: !1, line: 10, type: !5, spFlags: DISPFlagDefinition, unit: !0)
!5 = !DISubroutineType(types: !{})
!6 = !DILocation(line: 12, column: 5, scope: !4)
)");
  EXPECT_EQ(M.of("main", "kept").At, (std::vector<CallPlace>{{"main", "/ws/src/main.rs", 12, 5}}));
  EXPECT_TRUE(M.codeIsEqual());
}

TEST(InlineLedger, CountsCallsThatTheLineTableLeavesOut) {
  Inlined M(R"(
define i32 @kept(i32 %x) noinline { ret i32 %x }
define internal i32 @small(i32 %x) { %y = mul i32 %x, 7 ret i32 %y }
define i32 @main(i32 %x) !dbg !4 {
  %a = call i32 @kept(i32 %x), !dbg !6
  %b = call i32 @kept(i32 %a), !dbg !7
  %c = call i32 @small(i32 %b), !dbg !7
  ret i32 %c, !dbg !6
}
!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2}
!0 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !1, emissionKind: LineTablesOnly)
!1 = !DIFile(filename: "src/main.rs", directory: "/ws")
!2 = !{i32 2, !"Debug Info Version", i32 3}
!4 = distinct !DISubprogram(name: "main", linkageName: "main", scope: !1, file: !1, line: 10, type: !5, spFlags: DISPFlagDefinition, unit: !0)
!5 = !DISubroutineType(types: !{})
!6 = !DILocation(line: 12, column: 5, scope: !4)
!7 = !DILocation(line: 0, scope: !4)
)");
  std::vector<CallPlace> Kept;
  for (const InlineDecision &Decision : M.Ledger.decisions())
    if (Decision.Callee == "kept")
      Kept.push_back(Decision.At.front());
  EXPECT_EQ(Kept, (std::vector<CallPlace>{{"main", "/ws/src/main.rs", 12, 5}, {"main", "", 2, 0}}));
  EXPECT_EQ(M.of("main", "small").At, (std::vector<CallPlace>{{"main", "", 3, 0}}));
  EXPECT_TRUE(M.codeIsEqual());
}

TEST(InlineLedger, SaysHowFarACallIsFromTheThreshold) {
  std::string Large = "define i32 @large(ptr %p) {\n";
  for (int I = 0; I < 400; ++I) {
    std::string N = std::to_string(I);
    Large += "  %v" + N + " = load volatile i32, ptr %p\n";
  }
  Large += "  ret i32 %v0\n}\n"
           "define i32 @main(ptr %p) {\n  %a = call i32 @large(ptr %p)\n"
           "  %b = call i32 @large(ptr %p)\n  ret i32 %a\n}\n";
  Inlined M(Large);
  InlineDecision Decision = M.of("main", "large");
  EXPECT_EQ(Decision.Remark, "TooCostly");
  ASSERT_TRUE(Decision.Cost && Decision.Threshold);
  EXPECT_GT(*Decision.Cost, *Decision.Threshold);
  EXPECT_TRUE(M.codeIsEqual());

  // As LLVM does when nobody listens, it stops counting at the threshold.
  Inlined Compiled(Large, Costs::AsCompiled);
  InlineDecision Least = Compiled.of("main", "large");
  EXPECT_EQ(Least.Remark, "TooCostly");
  ASSERT_TRUE(Least.Cost && Least.Threshold);
  EXPECT_GE(*Least.Cost, *Least.Threshold);
  EXPECT_LT(*Least.Cost, *Decision.Cost);
  EXPECT_TRUE(Compiled.codeIsEqual());
}

const char *const Recursion = R"(
define i32 @sum(i32 %n, i32 %all) noinline {
  %done = icmp eq i32 %n, 0
  br i1 %done, label %end, label %more
more:
  %less = sub i32 %n, 1
  %next = add i32 %all, %n
  %result = tail call i32 @sum(i32 %less, i32 %next)
  ret i32 %result
end:
  ret i32 %all
}
define i32 @calls(i32 %n) { %r = call i32 @sum(i32 %n, i32 0) ret i32 %r }
)";

TEST(InlineLedger, HasWhatOtherPassesSay) {
  for (Costs Computed : {Costs::Full, Costs::AsCompiled}) {
    Inlined M(Recursion, Computed);
    EXPECT_TRUE(M.codeIsEqual());
    const PassRemark *Found = nullptr;
    for (const PassRemark &Remark : M.Ledger.remarks()) {
      EXPECT_NE(Remark.Pass, "inline");
      if (Remark.Pass == "tailcallelim")
        Found = &Remark;
    }
    ASSERT_TRUE(Found);
    EXPECT_EQ(Found->Name, "tailcall-recursion");
    EXPECT_EQ(Found->Kind, RemarkKind::Passed);
    EXPECT_EQ(Found->Function, "sum");
    EXPECT_TRUE(Found->At.empty());
    EXPECT_EQ(Found->Text, "transforming tail recursion into loop");
  }
}

const char *const Branches = R"(
declare i32 @elsewhere(i32)
define i32 @both(i1 %c, i32 %x) {
  br i1 %c, label %a, label %b
a:
  %p = call i32 @elsewhere(i32 %x)
  br label %end
b:
  %q = call i32 @elsewhere(i32 %x)
  br label %end
end:
  %r = phi i32 [ %p, %a ], [ %q, %b ]
  ret i32 %r
}
)";

TEST(InlineLedger, NamesTheCallsOfWhichPassesMadeOne) {
  Inlined M(Branches);
  InlineDecision Decision = M.of("both", "elsewhere");
  EXPECT_EQ(Decision.Remark, "NoDefinition");
  EXPECT_EQ(Decision.OneOf, (std::vector<CallPlace>{{"both", "", 1, 0}, {"both", "", 2, 0}}));
}

const char *const InlinedBranches = R"(
declare i32 @elsewhere(i32)
define internal i32 @left(i32 %x) {
  %p = call i32 @elsewhere(i32 %x)
  ret i32 %p
}
define internal i32 @right(i32 %x) {
  %q = call i32 @elsewhere(i32 %x)
  ret i32 %q
}
define internal i32 @middle(i1 %c, i32 %x) {
  br i1 %c, label %a, label %b
a:
  %p = call i32 @left(i32 %x)
  br label %end
b:
  %q = call i32 @right(i32 %x)
  br label %end
end:
  %r = phi i32 [ %p, %a ], [ %q, %b ]
  ret i32 %r
}
define i32 @outer(i1 %c, i32 %x) {
  %r = call i32 @middle(i1 %c, i32 %x)
  ret i32 %r
}
)";

TEST(InlineLedger, NamesThemIfTheyCameWithWhatWasInlined) {
  Inlined M(InlinedBranches);
  EXPECT_EQ(M.of("outer", "elsewhere").OneOf,
            (std::vector<CallPlace>{{"left", "", 1, 0}, {"right", "", 1, 0}}));
}

} // namespace

} // namespace calls_inline_test
