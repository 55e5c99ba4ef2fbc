#include "lto/rustc/session_target.h"

#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/SourceMgr.h"
#include <gtest/gtest.h>

namespace session_target_test {

using namespace lto_inspector::rustc;

static SessionTarget targetOf(const char *Text) {
  llvm::LLVMContext Context;
  llvm::SMDiagnostic Diagnostic;
  std::unique_ptr<llvm::Module> M = llvm::parseAssemblyString(Text, Diagnostic, Context);
  EXPECT_TRUE(M) << Diagnostic.getMessage().str();
  return sessionTargetOf(*M);
}

TEST(SessionTarget, OneFunctionsOwnFeaturesAreNotTheSessions) {
  // A crate with one #[target_feature(enable = "avx2")] function among plain ones, in any
  // order.
  SessionTarget Target =
      targetOf("define void @simd() #0 { ret void }\n"
               "define void @plain() #1 { ret void }\n"
               "attributes #0 = { \"target-cpu\"=\"x86-64\" \"target-features\"=\"+avx2\" }\n"
               "attributes #1 = { \"target-cpu\"=\"x86-64\" }\n");
  EXPECT_EQ(Target.Cpu, "x86-64");
  EXPECT_EQ(Target.featureString(), "");
}

TEST(SessionTarget, TheSessionsFeaturesStandFirstInEveryFunction) {
  SessionTarget Target =
      targetOf("define void @plain() #0 { ret void }\n"
               "define void @simd() #1 { ret void }\n"
               "declare void @elsewhere() #2\n"
               "attributes #0 = { \"target-features\"=\"+v8a,+outline-atomics\" }\n"
               "attributes #1 = { \"target-features\"=\"+v8a,+outline-atomics,+sve\" }\n"
               "attributes #2 = { \"target-features\"=\"+neon\" }\n");
  EXPECT_EQ(Target.featureString(), "+v8a,+outline-atomics");
  EXPECT_FALSE(Target.Cpu);
}

TEST(SessionTarget, FunctionsThatOlderRustcMakesUpSayNothing) {
  SessionTarget Target =
      targetOf("define void @__rust_dealloc() { ret void }\n"
               "define i32 @main() #1 { ret i32 0 }\n"
               "define void @plain() #0 { ret void }\n"
               "attributes #0 = { \"target-cpu\"=\"x86-64-v3\" \"target-features\"=\"+aes\" }\n"
               "attributes #1 = { \"target-cpu\"=\"x86-64-v3\" }\n");
  EXPECT_EQ(Target.Cpu, "x86-64-v3");
  EXPECT_EQ(Target.featureString(), "+aes");
}

TEST(SessionTarget, ModulesAreMergedToWhatAllHaveInCommon) {
  SessionTarget Common = targetOf("define void @f() #0 { ret void }\n"
                                  "attributes #0 = { \"target-features\"=\"+a,+b,+c\" }\n");
  mergeSessionTarget(Common, targetOf("declare void @none()\n"));
  EXPECT_EQ(Common.featureString(), "+a,+b,+c");
  mergeSessionTarget(
      Common, targetOf("define void @g() #0 { ret void }\n"
                       "attributes #0 = { \"target-cpu\"=\"z\" \"target-features\"=\"+a,+x\" }\n"));
  EXPECT_EQ(Common.featureString(), "+a");
  EXPECT_EQ(Common.Cpu, "z");
}

} // namespace session_target_test
