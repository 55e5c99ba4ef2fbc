#include "lto/compat/guids.h"
#include "lto/rustc/pass_manager.h"
#include "test/support/expected.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

namespace pass_manager_test {

using namespace llvm;
using namespace lto_inspector::pipeline;
using namespace lto_inspector::rustc;
using namespace lto_inspector::test;

namespace {

std::string printed(const Module &M) {
  std::string Text;
  raw_string_ostream OS(Text);
  M.print(OS, nullptr);
  return Text;
}

// An unnamed global, an alias of an alias and a function without a GUID, which no thin buffer can
// have.
constexpr const char *Unready = R"(
target triple = "x86_64-unknown-linux-gnu"
@0 = private constant i32 7
@all = constant [2 x ptr] [ptr @0, ptr @second]
@first = alias void (), ptr @f
@second = alias void (), ptr @first
define void @f() {
  ret void
}
)";

TEST(RunPassManager, ReadiesAModuleForAThinBufferWhereRustcDoes) {
  auto After = [](OptStage Stage, bool SummaryAfterFatLto) {
    LLVMContext Context;
    SMDiagnostic Problem;
    std::unique_ptr<Module> M = parseAssemblyString(Unready, Problem, Context);
    TargetSettings Target;
    std::unique_ptr<TargetMachine> TM = valueOf(createTargetMachine(Target, *M));
    ModuleConfig Config;
    Config.NoPrepopulatePasses = true;
    Config.SummaryAfterFatLto = SummaryAfterFatLto;
    std::atomic<bool> Cancelled = false;
    succeeds(runPassManager(*M, *TM, Config, Stage, Cancelled));
    std::string Text = printed(*M);
    lto_inspector::compat::assignGuids(*M);
    return std::pair(Text, printed(*M) == Text);
  };
  for (auto [Text, HasGuids] : {After(OptStage::ThinLto, false), After(OptStage::FatLto, true)}) {
    EXPECT_TRUE(contains(Text, "@anon.")) << Text;
    EXPECT_TRUE(contains(Text, "@second = alias void (), ptr @f")) << Text;
    EXPECT_TRUE(HasGuids) << Text;
  }
  EXPECT_FALSE(contains(After(OptStage::FatLto, false).first, "@anon."));
}

} // namespace

} // namespace pass_manager_test
