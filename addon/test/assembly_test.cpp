#include "lto/llvm/assembler.h"
#include "lto/llvm/function_code.h"
#include "lto/llvm/targets.h"
#include "lto/pipeline/assembly.h"
#include "lto/pipeline/object_code.h"
#include "test/support/expected.h"
#include "test/support/modules.h"
#include "test/support/objects.h"

namespace assembly_test {

using namespace llvm;
using namespace lto_inspector::support;
using namespace lto_inspector::pipeline;
using namespace lto_inspector::test;

namespace {

/// A loop, whose beginning is aligned by instructions that do nothing; more values at once than
/// there are registers; constants; calls; and functions that need other features than the module.
const char *const Functions = R"(
declare void @use(ptr)
declare i64 @next(i64)
define i64 @loop(i64 %n) {
entry:
  br label %head
head:
  %i = phi i64 [ 0, %entry ], [ %more, %head ]
  %value = call i64 @next(i64 %i)
  %more = add i64 %i, %value
  %done = icmp ugt i64 %more, %n
  br i1 %done, label %out, label %head
out:
  ret i64 %more
}
define double @constant(double %x) {
  %y = fmul double %x, 3.25
  ret double %y
}
define i64 @spills(i64 %n) {
  %a = call i64 @next(i64 1)
  %b = call i64 @next(i64 2)
  %c = call i64 @next(i64 3)
  %d = call i64 @next(i64 4)
  %e = call i64 @next(i64 5)
  %f = call i64 @next(i64 6)
  %g = call i64 @next(i64 7)
  %h = call i64 @next(i64 8)
  %ab = mul i64 %a, %b
  %cd = mul i64 %c, %d
  %ef = mul i64 %e, %f
  %gh = mul i64 %g, %h
  %abcd = xor i64 %ab, %cd
  %efgh = sub i64 %ef, %gh
  %all = mul i64 %abcd, %efgh
  ret i64 %all
}
define void @stack() {
  %buffer = alloca [200 x i8]
  call void @use(ptr %buffer)
  ret void
}
define <8 x float> @wide(<8 x float> %x) #0 {
  %y = fadd <8 x float> %x, %x
  ret <8 x float> %y
}
attributes #0 = { "target-features"="+avx" }
)";

TargetSettings settings() {
  TargetSettings Settings;
  Settings.Level = OptLevel::O3;
  Settings.Cpu = "x86-64";
  return Settings;
}

ModuleAssembly assemblyOf(StringRef Text, const TargetSettings &Settings = settings(),
                          const StringSet<> *Only = nullptr) {
  initializeTargets();
  LLVMContext Context;
  std::unique_ptr<Module> M = parse(Context, Text);
  return valueOf(emitAssembly(*M, Settings, {}, Only));
}

std::string objectWith(StringRef Text, const TargetSettings &Settings, bool Listening) {
  initializeTargets();
  LLVMContext Context;
  std::unique_ptr<Module> M = parse(Context, Text);
  std::optional<CodegenListener> Listener;
  if (Listening)
    Listener.emplace(Context);
  ObjectCode Made = valueOf(emitObject(*M, Settings, {}));
  return std::string(Made.Object.begin(), Made.Object.end());
}

const FunctionAssembly &functionIn(const ModuleAssembly &Made, StringRef Symbol) {
  for (const FunctionAssembly &Function : Made.Functions)
    if (Function.Symbol == Symbol)
      return Function;
  ADD_FAILURE() << "no function " << Symbol.str();
  return Made.Functions.front();
}

TEST(EmitAssembly, IsTheCodeOfTheObject) {
  for (OptLevel Level : {OptLevel::O0, OptLevel::O2, OptLevel::O3, OptLevel::Os}) {
    TargetSettings Settings = settings();
    Settings.Level = Level;
    ModuleAssembly Made = assemblyOf(Functions, Settings);
    EXPECT_EQ(Made.NotAssembled, "");
    std::string Object = objectWith(Functions, Settings, /*Listening=*/false);
    StringMap<FunctionCode> Code = valueOf(functionCode(MemoryBufferRef(Object, "object")));
    ASSERT_EQ(Made.Functions.size(), 5u);
    ASSERT_EQ(Code.size(), 5u);
    for (const FunctionAssembly &Function : Made.Functions) {
      ASSERT_TRUE(Function.Code.has_value()) << Function.Symbol;
      EXPECT_EQ(Function.Code->Bytes, Code[Function.Symbol].Bytes) << Function.Symbol;
      EXPECT_EQ(Function.Code->Digest, Code[Function.Symbol].Digest) << Function.Symbol;
    }
  }
}

TEST(EmitAssembly, IsTheSameForOneFunctionAlone) {
  ModuleAssembly Whole = assemblyOf(Functions);
  ASSERT_EQ(Whole.Symbols.size(), 5u);
  for (const FunctionAssembly &Function : Whole.Functions) {
    StringSet<> Only;
    Only.insert(Function.Symbol);
    ModuleAssembly Alone = assemblyOf(Functions, settings(), &Only);
    EXPECT_EQ(Alone.Symbols, Whole.Symbols);
    ASSERT_EQ(Alone.Functions.size(), 1u) << Function.Symbol;
    EXPECT_EQ(Alone.Functions.front().Text, Function.Text);
    ASSERT_TRUE(Alone.Functions.front().Code.has_value()) << Function.Symbol;
    EXPECT_EQ(Alone.Functions.front().Code->Digest, Function.Code->Digest) << Function.Symbol;
  }
}

// A call of a local function must not become one of a function that is defined elsewhere.
TEST(EmitAssembly, LeavesOtherFunctionsDefined) {
  const char *const Text = R"(
    target triple = "x86_64-unknown-linux-gnu"
    define internal i32 @local.llvm.1(i32 %x) noinline {
      %y = mul i32 %x, 3
      ret i32 %y
    }
    define i32 @calls(i32 %x) {
      %y = call i32 @local.llvm.1(i32 %x)
      %z = add i32 %y, 1
      ret i32 %z
    }
    !llvm.module.flags = !{!0}
    !0 = !{i32 8, !"PIC Level", i32 2}
  )";
  ModuleAssembly Whole = assemblyOf(Text);
  StringSet<> Calls, Local;
  Calls.insert("calls");
  Local.insert("local");
  ModuleAssembly First = assemblyOf(Text, settings(), &Calls);
  EXPECT_EQ(functionIn(First, "calls").Text, functionIn(Whole, "calls").Text);
  ModuleAssembly Second = assemblyOf(Text, settings(), &Local);
  EXPECT_EQ(functionIn(Second, "local.llvm.1").Text, functionIn(Whole, "local.llvm.1").Text);
}

TEST(EmitAssembly, ListeningChangesNoCode) {
  EXPECT_EQ(objectWith(Functions, settings(), true), objectWith(Functions, settings(), false));
}

TEST(EmitAssembly, HasTheFiguresOfCodeGeneration) {
  ModuleAssembly Made = assemblyOf(Functions);
  const CodegenFigures &Stack = functionIn(Made, "stack").Figures;
  EXPECT_GE(Stack.StackBytes.value_or(0), 200u);
  EXPECT_EQ(Stack.Spills, 0u);
  const CodegenFigures &Spills = functionIn(Made, "spills").Figures;
  EXPECT_GT(Spills.Spills, 0u);
  EXPECT_GT(Spills.Reloads, 0u);
  EXPECT_GE(Spills.SpillBytes, 8 * Spills.Spills);
  EXPECT_EQ(Spills.Mix.at("callq"), 8u);
  uint64_t Sum = 0;
  for (const auto &[_, Times] : Spills.Mix)
    Sum += Times;
  EXPECT_EQ(Spills.Instructions, Sum);
}

TEST(EmitAssembly, HasConstantsWithTheirSection) {
  ModuleAssembly Made = assemblyOf(Functions);
  StringRef Text = functionIn(Made, "constant").Text;
  EXPECT_TRUE(Text.starts_with("\t.section\t.rodata"));
  EXPECT_TRUE(Text.contains(".LCPI"));
  EXPECT_FALSE(Text.contains("spills"));
}

TEST(EmitAssembly, TakesNamesWithLineBreaks) {
  StringRef Text = "define void @\"one\\0Atwo\"() {\n  ret void\n}\n"
                   "define void @\"one\\0Athree\"() {\n  ret void\n}\n"
                   "define void @\"\\01plain\"() {\n  ret void\n}\n";
  ModuleAssembly Made = assemblyOf(Text);
  ASSERT_EQ(Made.Functions.size(), 3u);
  EXPECT_EQ(Made.Functions[0].Symbol, "one\ntwo");
  EXPECT_EQ(Made.Functions[1].Symbol, "one\nthree");
  EXPECT_EQ(Made.Functions[2].Symbol, "plain");
  // LLVM's assembler may refuse or change such names; what it leaves is the object's code.
  std::string Object = objectWith(Text, settings(), /*Listening=*/false);
  StringMap<FunctionCode> Code = valueOf(functionCode(MemoryBufferRef(Object, "object")));
  for (const FunctionAssembly &Function : Made.Functions) {
    if (Function.Code) {
      EXPECT_EQ(Function.Code->Digest, Code[Function.Symbol].Digest) << Function.Symbol;
    }
  }
  EXPECT_TRUE(!Made.NotAssembled.empty() || Made.Functions[2].Code);
}

TEST(Assemble, SaysWhatLlvmRefuses) {
  initializeTargets();
  AssemblerOptions Options;
  Options.Triple = Triple("x86_64-unknown-linux-gnu");
  ErrorReport Report = errorOf(assemble("\tnonsense\t%rax\n", Options));
  EXPECT_EQ(Report.Name, "EngineFailed");
  EXPECT_TRUE(contains(Report.Message, "nonsense"));
  Options.Triple = Triple("nothing-at-all");
  EXPECT_EQ(errorOf(assemble("", Options)).Name, "EngineFailed");
}

TEST(FunctionCode, CountsRelocationsByName) {
  auto CodeOf = [](StringRef Callee) {
    std::string Object =
        objectOf(("declare void @" + Callee + "()\ndefine void @caller() {\n  tail call void @" +
                  Callee + "()\n  ret void\n}\n")
                     .str());
    return valueOf(functionCode(MemoryBufferRef(Object, "object")))["caller"];
  };
  EXPECT_EQ(CodeOf("one").Bytes, CodeOf("two").Bytes);
  EXPECT_NE(CodeOf("one").Digest, CodeOf("two").Digest);
}

TEST(FunctionCode, RefusesWhatIsNoObject) {
  EXPECT_EQ(errorOf(functionCode(MemoryBufferRef("text", "/file"))).Name, "UnreadableFile");
  std::string Other = machoObject("__bitcode", "x");
  EXPECT_EQ(errorOf(functionCode(MemoryBufferRef(Other, "/file"))).Name, "UnreadableFile");
}

} // namespace

} // namespace assembly_test
