#include "lto/rustc/use_lists.h"

#include "lto/rustc/pass_manager.h"
#include "test/support/expected.h"
#include "test/support/modules.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/Support/raw_ostream.h"

namespace use_lists_test {

using namespace llvm;
using namespace lto_inspector::support;
using namespace lto_inspector::rustc;
using namespace lto_inspector::test;

namespace {

const char *const Several = R"(
define i32 @several(i32 %x) {
  %a = add i32 %x, 1
  %b = mul i32 %x, %a
  %c = sub i32 %b, %x
  ret i32 %c
})";

/// The module with all use-lists of its arguments reversed, and their order written.
std::string turnedRound(StringRef Text) {
  LLVMContext Context;
  std::unique_ptr<Module> M = parse(Context, Text);
  for (Function &F : *M)
    for (Argument &A : F.args())
      A.reverseUseList();
  std::string Bytes;
  raw_string_ostream OS(Bytes);
  WriteBitcodeToFile(*M, OS, /*ShouldPreserveUseListOrder=*/true);
  return Bytes;
}

MemoryBufferRef named(const std::string &Bitcode) { return MemoryBufferRef(Bitcode, "a-cgu"); }

/// The first user of the first argument of the module's only function.
unsigned firstUser(MemoryBufferRef Bitcode) {
  LLVMContext Context;
  std::unique_ptr<Module> M = valueOf(parseBitcodeFile(Bitcode, Context));
  return cast<Instruction>(*M->begin()->arg_begin()->user_begin())->getOpcode();
}

LtoModule moduleWith(std::string Bitcode, std::string Ordered) {
  LtoModule Module = moduleOf("a-cgu", std::move(Bitcode));
  Module.InMemory = true;
  Module.WithUseLists = MemoryBuffer::getMemBufferCopy(Ordered, "a-cgu.use-lists");
  return Module;
}

TEST(UseLists, AreAllThatTwoModulesMayDifferIn) {
  std::string Plain = plainBitcode(Several), Ordered = turnedRound(Several);
  EXPECT_NE(Plain, Ordered);
  EXPECT_NE(firstUser(named(Plain)), firstUser(named(Ordered)));
  EXPECT_TRUE(valueOf(equalButForUseLists(named(Plain), named(Ordered))));
  std::string Other = turnedRound("define i32 @several(i32 %x) { ret i32 %x }");
  EXPECT_FALSE(valueOf(equalButForUseLists(named(Plain), named(Other))));
}

TEST(UseLists, MayBeThoseOfAModuleWithUpgradedIntrinsics) {
  const char *Text = R"(
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
define void @caller(ptr %x, ptr %y) {
  call void @llvm.memcpy.p0.p0.i64(ptr %x, ptr %y, i64 8, i1 false)
  call void @llvm.memcpy.p0.p0.i64(ptr %y, ptr %x, i64 1, i1 false)
  ret void
})";
  // The name from before pointers were opaque. LLVM's parser of text would upgrade it.
  LLVMContext Context;
  std::unique_ptr<Module> M = parse(Context, Text);
  M->getFunction("llvm.memcpy.p0.p0.i64")->setName("llvm.memcpy.p0i8.p0i8.i64");
  std::string Old, Upgraded;
  raw_string_ostream OldStream(Old), UpgradedStream(Upgraded);
  WriteBitcodeToFile(*M, OldStream);
  upgradeIntrinsics(*M);
  EXPECT_TRUE(M->getFunction("llvm.memcpy.p0.p0.i64"));
  WriteBitcodeToFile(*M, UpgradedStream, /*ShouldPreserveUseListOrder=*/true);
  EXPECT_TRUE(valueOf(equalButForUseLists(named(Old), named(Upgraded))));
}

TEST(UseLists, AreTakenWhereTheModulesAreEqual) {
  std::vector<LtoModule> Modules;
  Modules.push_back(moduleWith(plainBitcode(Several), turnedRound(Several)));
  Modules.push_back(moduleOf("without", plainBitcode(Several)));
  std::string Untouched = Modules[1].Bitcode->getBuffer().str();
  std::vector<std::string> Warnings;
  succeeds(takeUseLists(Modules, {}, Warnings));
  EXPECT_EQ(Modules[0].Bitcode->getBuffer(), turnedRound(Several));
  EXPECT_EQ(Modules[1].Bitcode->getBuffer(), Untouched);
  EXPECT_TRUE(Warnings.empty());
}

TEST(UseLists, OfAnotherModuleAreLeftOutWithAWarning) {
  std::vector<LtoModule> Modules;
  Modules.push_back(
      moduleWith(plainBitcode(Several), turnedRound("define void @f(i32 %x) { ret void }")));
  std::vector<std::string> Warnings;
  succeeds(takeUseLists(Modules, {}, Warnings));
  EXPECT_EQ(Modules[0].Bitcode->getBuffer(), plainBitcode(Several));
  ASSERT_EQ(Warnings.size(), 1u);
  EXPECT_TRUE(contains(Warnings[0], "1 codegen units came out different")) << Warnings[0];
}

TEST(UseLists, ThatAreNoBitcodeAreAnErrorThatNamesTheModule) {
  std::vector<LtoModule> Modules;
  Modules.push_back(moduleWith(plainBitcode(Several), "nothing"));
  std::vector<std::string> Warnings;
  ErrorReport Report = errorOf(takeUseLists(Modules, {}, Warnings));
  EXPECT_EQ(Report.Name, "ParseBitcode");
  EXPECT_EQ(Report.Module, "a-cgu");
}

} // namespace

} // namespace use_lists_test
