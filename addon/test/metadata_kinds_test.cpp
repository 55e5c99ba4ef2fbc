#include "lto/rustc/metadata_kinds.h"
#include "lto/rustc/thin_buffer.h"
#include "test/support/expected.h"
#include "test/support/modules.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/SourceMgr.h"

namespace metadata_kinds_test {

using namespace llvm;
using namespace lto_inspector::rustc;
using namespace lto_inspector::test;

namespace {

/// The kinds that reading a buffer adds to a context.
SmallVector<StringRef> kindsAfterReading(LLVMContext &Context, const MemoryBuffer &Buffer) {
  std::unique_ptr<Module> M = valueOf(getLazyBitcodeModule(Buffer.getMemBufferRef(), Context));
  SmallVector<StringRef> Kinds;
  Context.getMDKindNames(Kinds);
  return Kinds;
}

/// Writes a module in a context with three additional kinds.
std::unique_ptr<MemoryBuffer> written(StringRef Text) {
  LLVMContext Context;
  for (StringRef Kind : {"before", "heapallocsite", "behind"})
    Context.getMDKindID(Kind);
  SMDiagnostic Problem;
  std::unique_ptr<Module> M = parseAssemblyString(Text, Problem, Context);
  EXPECT_TRUE(M) << Problem.getMessage().str();
  return prepareThin(*M);
}

TEST(ForgetHeapAllocSite, TakesItOutWhereNothingUsesIt) {
  std::unique_ptr<MemoryBuffer> Buffer =
      written("declare void @g()\ndefine void @f() { call void @g() ret void }");
  LLVMContext Context;
  SmallVector<StringRef> Kinds = kindsAfterReading(Context, *Buffer);
  EXPECT_TRUE(is_contained(Kinds, "before"));
  EXPECT_TRUE(is_contained(Kinds, "behind"));
  EXPECT_FALSE(is_contained(Kinds, "heapallocsite"));
  LLVMContext Whole;
  EXPECT_TRUE(valueOf(parseBitcodeFile(Buffer->getMemBufferRef(), Whole))->getFunction("f"));
}

TEST(ForgetHeapAllocSite, KeepsItWhereItIsUsed) {
  // Without a debug info version, LLVM drops the metadata.
  std::unique_ptr<MemoryBuffer> Buffer = written(R"(
    declare void @g()
    define void @f() {
      call void @g(), !heapallocsite !0
      ret void
    }
    !llvm.module.flags = !{!1}
    !0 = !{}
    !1 = !{i32 2, !"Debug Info Version", i32 3}
  )");
  LLVMContext Context;
  EXPECT_TRUE(is_contained(kindsAfterReading(Context, *Buffer), "heapallocsite"));
}

TEST(ForgetHeapAllocSite, LeavesOtherBytesAlone) {
  SmallVector<char, 0> Bytes;
  for (StringRef Text : {"", "BC", "no bitcode at all, but longer than its magic"}) {
    Bytes.assign(Text.begin(), Text.end());
    LLVMContext Context;
    Module M("m", Context);
    forgetHeapAllocSite(Bytes, M);
    EXPECT_EQ(StringRef(Bytes.data(), Bytes.size()), Text);
  }
}

} // namespace

} // namespace metadata_kinds_test
