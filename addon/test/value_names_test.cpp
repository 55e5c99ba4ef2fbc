#include "lto/rustc/name_counts.h"
#include "lto/rustc/value_names.h"

#include "lto/rustc/in_memory_module.h"
#include "test/support/expected.h"
#include "test/support/modules.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/Support/raw_ostream.h"

namespace value_names_test {

using namespace llvm;
using namespace lto_inspector::support;
using namespace lto_inspector::pipeline;
using namespace lto_inspector::rustc;
using namespace lto_inspector::test;

namespace {

// The name `x1` is taken, so that a number is skipped.
const char *const Two = R"(
define i32 @one(i32 %x, i32 %x1) {
start:
  %0 = add i32 %x, %x1
  ret i32 %0
}
define void @two() {
start:
  ret void
})";

/// The output of rustc's second compilation for functions with these numbers.
std::string namedFrom(StringRef Text, const NameCounts &Counts) {
  LLVMContext Context;
  std::string Plain = plainBitcode(Text);
  std::unique_ptr<Module> M =
      valueOf(parseWithoutVerifying(Context, MemoryBufferRef(Plain, "a-cgu")));
  std::unique_ptr<TargetMachine> TM = valueOf(createTargetMachine({}, *M));
  setNameCounts(*M, Counts);
  std::atomic<bool> Never = false;
  succeeds(nameValues(*M, *TM, {}, Never));
  std::string Bytes;
  raw_string_ostream OS(Bytes);
  WriteBitcodeToFile(*M, OS);
  return Bytes;
}

struct Search {
  explicit Search(StringRef Text, const NameCounts &Counts) {
    Modules.push_back(moduleOf("a-cgu", plainBitcode(Two)));
    Modules[0].InMemory = true;
    Modules[0].WithNames = MemoryBuffer::getMemBufferCopy(namedFrom(Text, Counts), "named");
  }

  NameCounts found() {
    succeeds(takeNameCounts(Modules, {}, {}, {}, Warnings));
    return Modules[0].NamesSoFar;
  }

  std::vector<LtoModule> Modules;
  std::vector<std::string> Warnings;
};

TEST(ValueNames, AreCountedAsInRustcsFile) {
  Search S(Two, {{"one", 41}, {"two", 3}});
  EXPECT_EQ(S.found(), (NameCounts{{"one", 41}, {"two", 3}}));
  EXPECT_TRUE(S.Warnings.empty());
}

TEST(ValueNames, NeedNoCountWhereNoneWasMadeUnique) {
  Search S(Two, {});
  EXPECT_TRUE(S.found().empty());
  EXPECT_TRUE(S.Warnings.empty());
}

TEST(ValueNames, OfAnotherModuleAreAWarning) {
  Search S("define i32 @one(i32 %x) { ret i32 %x }", {{"one", 41}});
  EXPECT_TRUE(S.found().empty());
  ASSERT_EQ(S.Warnings.size(), 1u);
  EXPECT_TRUE(contains(S.Warnings[0], "2 functions came out different")) << S.Warnings[0];
}

TEST(ValueNames, ThatPassesMakeFollowTheCount) {
  EXPECT_TRUE(contains(disassemble(namedFrom(Two, {{"one", 41}})), "%i42 = "));
  EXPECT_TRUE(contains(disassemble(namedFrom(Two, {})), "%i1 = "));
}

TEST(ValueNames, ThatAreNoBitcodeAreAnErrorThatNamesTheModule) {
  Search S(Two, {});
  S.Modules[0].WithNames = MemoryBuffer::getMemBufferCopy("nothing", "named");
  ErrorReport Report = errorOf(takeNameCounts(S.Modules, {}, {}, {}, S.Warnings));
  EXPECT_EQ(Report.Name, "ParseBitcode");
  EXPECT_EQ(Report.Module, "a-cgu");
}

} // namespace

} // namespace value_names_test
