#include "lto/calls/inline_ledger.h"
#include "lto/rustc/optimize_thin_module.h"
#include "lto/rustc/stages.h"
#include "test/support/expected.h"
#include "test/support/modules.h"

namespace calls_fates_test {

using namespace llvm;
using namespace lto_inspector::calls;
using namespace lto_inspector::pipeline;
using namespace lto_inspector::rustc;
using namespace lto_inspector::test;

namespace {

/// What becomes of the definitions of "m", whose `main` is preserved, beside a module "other".
class Followed {
public:
  Followed(StringRef Text, StringRef Other) : Ledger(ThinAfterPm) {
    std::vector<LtoModule> Modules;
    Modules.push_back(moduleOf("m", thinBitcode(Text)));
    Modules.push_back(moduleOf("other", thinBitcode(Other)));
    SelfProfiler Profiler;
    std::vector<Timing> Timings;
    ThinLtoOptions Analysis;
    Analysis.Prepare.CrateSymbols = std::vector<std::string>{"main"};
    auto Shared = valueOf(runThin(Analysis, std::move(Modules), Profiler, Timings));
    std::atomic<bool> Cancelled = false;
    OptimizeOptions Options;
    Options.Config.Level = OptLevel::O3;
    Options.Config.MergeFunctions = true;
    Options.Observer = &Ledger;
    valueOf(optimizeThinModule(*Shared, *Shared->find("m"), Options, Cancelled, Profiler, Timings));
  }

  SymbolFate of(StringRef Name) const {
    for (const SymbolFate &Symbol : Ledger.fates())
      if (Symbol.Name == Name)
        return Symbol;
    ADD_FAILURE() << "nothing is known of " << Name.str();
    return {};
  }

private:
  InlineLedger Ledger;
};

const char *const Text = R"(
@table = internal constant [2 x i32] [i32 3, i32 4]
declare i32 @imported(i32)
declare i32 @elsewhere(i32)
define internal i32 @once(i32 %x) { %y = mul i32 %x, 7 ret i32 %y }
define internal i32 @kept(i32 %x) noinline { %y = udiv i32 %x, 9 ret i32 %y }
define internal i32 @twin_one(i32 %x) unnamed_addr noinline {
  %a = call i32 @imported(i32 %x)
  %b = udiv i32 %a, 11
  %c = call i32 @elsewhere(i32 %b)
  %d = xor i32 %c, %x
  %e = call i32 @elsewhere(i32 %d)
  ret i32 %e
}
define internal i32 @twin_two(i32 %x) unnamed_addr noinline {
  %a = call i32 @imported(i32 %x)
  %b = udiv i32 %a, 11
  %c = call i32 @elsewhere(i32 %b)
  %d = xor i32 %c, %x
  %e = call i32 @elsewhere(i32 %d)
  ret i32 %e
}
define i32 @unused(i32 %x) { %y = udiv i32 %x, 13 ret i32 %y }
define internal i32 @second(i32 %x, i32 %nothing) noinline { %y = udiv i32 %x, 15 ret i32 %y }
define i32 @main(i32 %x) {
  %a = call i32 @once(i32 %x)
  %b = call i32 @kept(i32 %a)
  %p = call i32 @elsewhere(i32 %b)
  %c = call i32 @twin_one(i32 %p)
  %q = call i32 @elsewhere(i32 %c)
  %d = call i32 @twin_two(i32 %q)
  %e = call i32 @imported(i32 %d)
  %f = call i32 @second(i32 %e, i32 5)
  %g = load i32, ptr @table
  %h = add i32 %f, %g
  ret i32 %h
}
)";

const char *const Other = "define i32 @imported(i32 %x) { %y = mul i32 %x, 5 ret i32 %y }";

TEST(FateWatch, KnowsWhatIsKept) {
  Followed M(Text, Other);
  EXPECT_EQ(M.of("main").Became, Fate::KeptExternal);
  EXPECT_EQ(M.of("kept").Became, Fate::KeptLocal);
  EXPECT_TRUE(M.of("kept").Pass.empty());
}

TEST(FateWatch, NamesThePassThatEndedADefinition) {
  Followed M(Text, Other);
  EXPECT_EQ(M.of("once").Became, Fate::Gone);
  EXPECT_FALSE(M.of("once").Pass.empty());
  EXPECT_EQ(M.of("once").Users, std::vector<std::string>{"main"});
  EXPECT_EQ(M.of("unused").Became, Fate::Gone);
  EXPECT_TRUE(M.of("unused").Users.empty());
  EXPECT_TRUE(M.of("unused").WasLocal);
  EXPECT_EQ(M.of("table").Became, Fate::Gone);
  EXPECT_FALSE(M.of("table").LastUsePass.empty()) << M.of("table").Pass;
  EXPECT_EQ(M.of("table").LastUser, "main");
  EXPECT_TRUE(M.of("table").IsVariable);
}

TEST(FateWatch, FollowsAMergedFunction) {
  Followed M(Text, Other);
  std::vector<SymbolFate> Twins = {M.of("twin_one"), M.of("twin_two")};
  llvm::erase_if(Twins, [](const SymbolFate &Twin) { return Twin.Became != Fate::Merged; });
  ASSERT_EQ(Twins.size(), 1u);
  EXPECT_EQ(Twins.front().Pass, "MergeFunctionsPass");
  EXPECT_EQ(Twins.front().Into, Twins.front().Name == "twin_one" ? "twin_two" : "twin_one");
}

TEST(FateWatch, FollowsANewSignatureByItsName) {
  EXPECT_EQ(Followed(Text, Other).of("second").Became, Fate::NewSignature);
}

TEST(FateWatch, KnowsAnImportedCopy) {
  SymbolFate Copy = Followed(Text, Other).of("imported");
  EXPECT_TRUE(Copy.WasCopy);
  EXPECT_EQ(Copy.Became, Fate::Gone);
}

} // namespace

} // namespace calls_fates_test
