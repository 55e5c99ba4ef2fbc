#include "lto/pipeline/global_state.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/SourceMgr.h"
#include "gtest/gtest.h"
#include <functional>

namespace global_state_test {

using namespace llvm;
using namespace lto_inspector::pipeline;

namespace {

const char *const Text = R"(
$c = comdat any
@v = global i32 1, comdat($c)
@w = constant i32 2
@a = alias i32, ptr @v
define void @f() comdat($c) {
  ret void
}
declare void @g()
)";

struct Change {
  const char *What;
  std::function<void(Module &)> Make;
};

std::unique_ptr<Module> parse(LLVMContext &Context) {
  SMDiagnostic Problem;
  std::unique_ptr<Module> M = parseAssemblyString(Text, Problem, Context);
  EXPECT_NE(M, nullptr) << Problem.getMessage().str();
  return M;
}

} // namespace

TEST(GlobalState, IsEqualWhereNothingChanged) {
  LLVMContext Context;
  std::unique_ptr<Module> M = parse(Context);
  GlobalState Before(*M);
  EXPECT_EQ(Before, GlobalState(*M));
}

TEST(GlobalState, SeesWhatTheStepsCanChange) {
  const Change Changes[] = {
      {"linkage", [](Module &M) { M.getFunction("f")->setLinkage(GlobalValue::InternalLinkage); }},
      {"visibility",
       [](Module &M) { M.getNamedValue("v")->setVisibility(GlobalValue::HiddenVisibility); }},
      {"preemption", [](Module &M) { M.getFunction("g")->setDSOLocal(true); }},
      {"comdat", [](Module &M) { M.getFunction("f")->setComdat(nullptr); }},
      {"selection of a comdat",
       [](Module &M) { M.getOrInsertComdat("c")->setSelectionKind(Comdat::NoDeduplicate); }},
      {"attribute of a function", [](Module &M) { M.getFunction("f")->setDoesNotRecurse(); }},
      {"attribute of a variable",
       [](Module &M) { M.getGlobalVariable("v")->addAttribute("thinlto-internalize"); }},
      {"body dropped", [](Module &M) { M.getFunction("f")->deleteBody(); }},
      {"initialiser dropped", [](Module &M) { M.getGlobalVariable("w")->setInitializer(nullptr); }},
      {"constant", [](Module &M) { M.getGlobalVariable("w")->setConstant(false); }},
      {"unnamed_addr",
       [](Module &M) { M.getFunction("f")->setUnnamedAddr(GlobalValue::UnnamedAddr::Global); }},
      {"alias gone", [](Module &M) { M.getNamedAlias("a")->eraseFromParent(); }},
      {"new global",
       [](Module &M) {
         new GlobalVariable(M, Type::getInt32Ty(M.getContext()), false,
                            GlobalValue::ExternalLinkage, nullptr, "n");
       }},
  };
  for (const Change &Each : Changes) {
    LLVMContext Context;
    std::unique_ptr<Module> M = parse(Context);
    GlobalState Before(*M);
    Each.Make(*M);
    EXPECT_NE(Before, GlobalState(*M)) << Each.What;
  }
}

} // namespace global_state_test
