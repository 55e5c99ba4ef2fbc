#include "lto/rustc/no_builtins.h"

#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/SourceMgr.h"
#include <gtest/gtest.h>

namespace no_builtins_test {

using namespace lto_inspector::rustc;

static const char *const OfApp = "_RNvCs1234_3app4main";
static const char *const OfOtherApp = "_RNvCs5_3app4copy";
static const char *const OfNb = "_RINvCs_2nb4copyNtCs1234_3app4TypeECs1234_3app";

struct Outcome {
  bool NoBuiltins = false;
  std::vector<std::string> Warnings;
};

static Outcome outcomeOf(std::vector<const char *> Marked, std::vector<const char *> Unmarked,
                         const LocalCrate &Crate = {"app", 246208, std::nullopt}) {
  std::string Text = "declare void @_RNvCs1234_3app8declared() #0\n"
                     "attributes #0 = { \"no-builtins\" }\n";
  for (const char *Name : Marked)
    Text += std::string("define void @\"") + Name + "\"() #0 { ret void }\n";
  for (const char *Name : Unmarked)
    Text += std::string("define void @\"") + Name + "\"() { ret void }\n";
  llvm::LLVMContext Context;
  llvm::SMDiagnostic Diagnostic;
  std::unique_ptr<llvm::Module> M = llvm::parseAssemblyString(Text, Diagnostic, Context);
  EXPECT_TRUE(M) << Diagnostic.getMessage().str();
  NoBuiltinsMarks Marks;
  addNoBuiltinsMarks(*M, Crate, Marks);
  Outcome Found;
  Found.NoBuiltins = isNoBuiltinsCrate(Crate, Marks, Found.Warnings);
  return Found;
}

TEST(NoBuiltins, FunctionsOfOtherCratesDoNotCount) {
  EXPECT_FALSE(outcomeOf({OfNb, OfOtherApp}, {OfApp}).NoBuiltins);
  EXPECT_TRUE(outcomeOf({OfApp}, {OfNb, OfOtherApp, "main"}).NoBuiltins);
  EXPECT_TRUE(outcomeOf({OfApp}, {OfOtherApp}).Warnings.empty());
}

TEST(NoBuiltins, UnmangledFunctionsAreTheCratesOwn) {
  EXPECT_TRUE(outcomeOf({"lib_total"}, {}).NoBuiltins);
  EXPECT_FALSE(outcomeOf({}, {"lib_total"}).NoBuiltins);
}

TEST(NoBuiltins, WarnsIfCratesOfOneNameCannotBeToldApart) {
  Outcome Found = outcomeOf({OfApp}, {OfOtherApp}, {"app", std::nullopt, std::nullopt});
  EXPECT_TRUE(Found.NoBuiltins);
  ASSERT_EQ(Found.Warnings.size(), 1u);
  EXPECT_NE(Found.Warnings[0].find("whether the crate app is #![no_builtins]"), std::string::npos);
}

TEST(NoBuiltins, WhatTheCaptureKnowsDecides) {
  Outcome Found = outcomeOf({OfApp}, {OfOtherApp}, {"app", std::nullopt, false});
  EXPECT_FALSE(Found.NoBuiltins);
  EXPECT_TRUE(Found.Warnings.empty());
}

} // namespace no_builtins_test
