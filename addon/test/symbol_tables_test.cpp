#include "lto/compat/value_symbol_table.h"
#include "lto/rustc/symbol_tables.h"

#include "lto/rustc/in_memory_module.h"
#include "test/support/expected.h"
#include "test/support/modules.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/ValueSymbolTable.h"
#include "llvm/Support/raw_ostream.h"

namespace symbol_tables_test {

using namespace llvm;
using namespace lto_inspector::support;
using namespace lto_inspector::compat;
using namespace lto_inspector::rustc;
using namespace lto_inspector::test;

namespace {

// With sixteen buckets, both names belong into the last; the second one wraps around the end.
const char *const First = "start", *const Second = "_4";

std::string written(Module &M) {
  std::string Bytes;
  raw_string_ostream OS(Bytes);
  WriteBitcodeToFile(M, OS);
  return Bytes;
}

/// A function with this many values, with their names in an unusual order.
std::string namedBackwards(size_t Values) {
  std::string Text = "define i32 @f(i32 %0) {\n";
  for (size_t I = 0; I < Values; ++I)
    Text += "  %" + std::to_string(I + 2) + " = add i32 %0, " + std::to_string(I) + "\n";
  LLVMContext Context;
  std::unique_ptr<Module> M = parse(Context, Text + "  ret i32 %0\n}");
  std::vector<Value *> All;
  for (Instruction &I : M->begin()->front())
    if (!I.getType()->isVoidTy())
      All.push_back(&I);
  for (size_t I = All.size(); I-- > 0;)
    All[I]->setName("_" + std::to_string(I * 7 % 1000));
  M->begin()->front().setName(First);
  return written(*M);
}

TEST(SymbolTables, CollideAsTheyAreExpectedTo) {
  EXPECT_EQ(StringMapImpl::hash(First) & 15, StringMapImpl::hash(Second) & 15);
}

TEST(SymbolTables, OrderOfInsertionFollowsFromTheOrderOfBuckets) {
  using Order = std::vector<size_t>;
  // All belong into 3: the second moves to 4, and the third to 6 (since LLVM 23 to 5).
  EXPECT_EQ(insertionOrder({3, 3, 3}, 16), (Order{0, 1, 2}));
  // The name in the last bucket moved the one in the first around the end.
  EXPECT_EQ(insertionOrder({15, 9, 15}, 16), (Order{1, 2, 0}));
  // Nothing is in the bucket that would have moved the second.
  EXPECT_EQ(insertionOrder({9, 3}, 16), std::nullopt);
  EXPECT_EQ(insertionOrder({}, 16), Order());
}

TEST(SymbolTables, AreRestoredAsTheFileHasThem) {
  for (size_t Values : {1u, 3u, 12u, 13u, 40u, 700u}) {
    std::string File = namedBackwards(Values);
    MemoryBufferRef Bitcode(File, "test");
    LLVMContext Context;
    std::unique_ptr<Module> M = valueOf(parseWithoutVerifying(Context, Bitcode));
    EXPECT_EQ(valueOf(restoreSymbolTables(*M, Bitcode)), 0u) << Values;
    EXPECT_EQ(written(*M), File) << Values;
  }
}

TEST(SymbolTables, KeepNamesThatGoRoundTheEnd) {
  for (bool Turned : {false, true}) {
    LLVMContext Context;
    std::unique_ptr<Module> M = parse(Context, "define i32 @f(i32 %0) { ret i32 %0 }");
    Function &F = *M->begin();
    std::array<Value *, 2> Values{&F.front(), F.getArg(0)};
    for (Value *V : Values)
      V->setName("");
    Values[Turned]->setName(Turned ? Second : First);
    Values[!Turned]->setName(Turned ? First : Second);
    std::string File = written(*M);
    MemoryBufferRef Bitcode(File, "test");
    LLVMContext Other;
    std::unique_ptr<Module> Read = valueOf(parseWithoutVerifying(Other, Bitcode));
    EXPECT_EQ(valueOf(restoreSymbolTables(*Read, Bitcode)), 0u);
    EXPECT_EQ(written(*Read), File);
  }
}

TEST(SymbolTables, OfAnotherModuleAreCountedAndLeft) {
  std::string File = namedBackwards(5), Other = namedBackwards(4);
  LLVMContext Context;
  std::unique_ptr<Module> M =
      valueOf(parseWithoutVerifying(Context, MemoryBufferRef(File, "test")));
  std::string Before = written(*M);
  EXPECT_EQ(valueOf(restoreSymbolTables(*M, MemoryBufferRef(Other, "test"))), 1u);
  EXPECT_EQ(written(*M), Before);
}

TEST(SymbolTables, OfDamagedBitcodeAreAnError) {
  std::string File = namedBackwards(5);
  EXPECT_FALSE(bool(
      takeReport(namesInFile(MemoryBufferRef("nothing", "test")).takeError()).Message.empty()));
  EXPECT_EQ(valueOf(namesInFile(MemoryBufferRef(File, "test"))).size(), 1u);
}

} // namespace

} // namespace symbol_tables_test
