#include "ir_test_support.h"
#include "lto/compat/guids.h"
#include "lto/compat/ir_syntax.h"
#include "lto/ir/functions.h"

namespace ir_functions_test {

using namespace lto_inspector::ir;
using namespace lto_inspector::support;
using namespace lto_inspector::test;

namespace {

FunctionInfo only(const std::string &Text, llvm::StringRef Name) {
  const std::string Bitcode = bitcodeOf(Text);
  for (FunctionInfo &F : take(listFunctions(bufferOf(Bitcode))).Functions)
    if (F.Name == Name)
      return std::move(F);
  ADD_FAILURE() << "no function " << Name.str();
  return {};
}

/// Declarations and types that the bodies below refer to.
constexpr const char *Around = R"(
%pair = type { i32, i32 }
%other = type { i32, i32 }
@g = external global i32
@h = external global i32
declare i32 @callee(i32)
declare i32 @other(i32)
declare void @pf(ptr, ...)
declare i32 @personality(...)
declare void @llvm.assume(i1)
declare i1 @llvm.type.test(ptr, metadata)
declare i64 @llvm.read_register.i64(metadata)
)";

FunctionInfo withBody(const std::string &Body, const std::string &After = "") {
  return only(std::string(Around) +
                  "define i32 @f(i32 %a, i32 %b, ptr %p, float %x, <4 x i32> %v) "
                  "personality ptr @personality {\n" +
                  Body + "\n}\n" + After,
              "f");
}

struct Pair {
  const char *Name;
  const char *One;
  const char *Another;
};

std::ostream &operator<<(std::ostream &OS, const Pair &P) { return OS << P.Name; }

class DifferentCode : public testing::TestWithParam<Pair> {};

TEST_P(DifferentCode, hashesDiffer) {
  using namespace lto_inspector::compat;
  if (!KnowsSameSign && GetParam().Name == std::string("sameSign"))
    GTEST_SKIP() << "this LLVM has no icmp samesign";
  if (!KnowsElementwise && GetParam().Name == std::string("atomicElementwise"))
    GTEST_SKIP() << "this LLVM has no atomicrmw elementwise";
  const FunctionInfo One = withBody(GetParam().One);
  const FunctionInfo Another = withBody(GetParam().Another);
  EXPECT_NE(One.Hash, Another.Hash);
  EXPECT_NE(One.TextHash, Another.TextHash);
  EXPECT_EQ(One.HeaderHash, Another.HeaderHash);
}

INSTANTIATE_TEST_SUITE_P(
    Hash, DifferentCode,
    testing::Values(
        Pair{"constant", "ret i32 1", "ret i32 2"},
        Pair{"wideConstant", "%r = trunc i128 1 to i32\nret i32 %r",
             "%r = trunc i128 18446744073709551617 to i32\nret i32 %r"},
        Pair{"undef", "ret i32 undef", "ret i32 poison"},
        Pair{"opcode", "%r = add i32 %a, %b\nret i32 %r", "%r = sub i32 %a, %b\nret i32 %r"},
        Pair{"operandOrder", "%r = sub i32 %a, %b\nret i32 %r", "%r = sub i32 %b, %a\nret i32 %r"},
        Pair{"wrapFlags", "%r = add nsw i32 %a, %b\nret i32 %r",
             "%r = add nuw i32 %a, %b\nret i32 %r"},
        Pair{"exact", "%r = udiv exact i32 %a, %b\nret i32 %r", "%r = udiv i32 %a, %b\nret i32 %r"},
        Pair{"disjoint", "%r = or disjoint i32 %a, %b\nret i32 %r",
             "%r = or i32 %a, %b\nret i32 %r"},
        Pair{"fastMath", "%y = fadd nnan float %x, %x\nret i32 0",
             "%y = fadd float %x, %x\nret i32 0"},
        Pair{"predicate", "%c = icmp slt i32 %a, %b\n%r = zext i1 %c to i32\nret i32 %r",
             "%c = icmp ult i32 %a, %b\n%r = zext i1 %c to i32\nret i32 %r"},
        Pair{"sameSign", "%c = icmp samesign ult i32 %a, %b\nret i32 0",
             "%c = icmp ult i32 %a, %b\nret i32 0"},
        Pair{"nonNegative", "%c = zext nneg i32 %a to i64\nret i32 0",
             "%c = zext i32 %a to i64\nret i32 0"},
        Pair{"castTarget", "%c = zext i32 %a to i64\nret i32 0",
             "%c = zext i32 %a to i63\nret i32 0"},
        Pair{"floatConstant", "%y = fadd float %x, 0.0\nret i32 0",
             "%y = fadd float %x, -0.0\nret i32 0"},
        Pair{"vectorConstant", "%y = add <4 x i32> %v, <i32 1, i32 2, i32 3, i32 4>\nret i32 0",
             "%y = add <4 x i32> %v, <i32 1, i32 2, i32 3, i32 5>\nret i32 0"},
        Pair{"shuffleMask",
             "%y = shufflevector <4 x i32> %v, <4 x i32> %v, <2 x i32> <i32 0, i32 1>\nret i32 0",
             "%y = shufflevector <4 x i32> %v, <4 x i32> %v, <2 x i32> <i32 0, i32 2>\nret i32 0"},
        Pair{"extractIndex", "%r = extractvalue {i32, i32} {i32 1, i32 2}, 0\nret i32 %r",
             "%r = extractvalue {i32, i32} {i32 1, i32 2}, 1\nret i32 %r"},
        Pair{"insertIndex", "%r = insertvalue {i32, i32} poison, i32 %a, 0\nret i32 0",
             "%r = insertvalue {i32, i32} poison, i32 %a, 1\nret i32 0"},
        Pair{"loadAlign", "%r = load i32, ptr %p, align 4\nret i32 %r",
             "%r = load i32, ptr %p, align 8\nret i32 %r"},
        Pair{"loadVolatile", "%r = load volatile i32, ptr %p\nret i32 %r",
             "%r = load i32, ptr %p\nret i32 %r"},
        Pair{"loadOrdering", "%r = load atomic i32, ptr %p acquire, align 4\nret i32 %r",
             "%r = load atomic i32, ptr %p monotonic, align 4\nret i32 %r"},
        Pair{
            "loadScope",
            "%r = load atomic i32, ptr %p syncscope(\"singlethread\") acquire, align 4\nret i32 %r",
            "%r = load atomic i32, ptr %p acquire, align 4\nret i32 %r"},
        Pair{"storeAlign", "store i32 %a, ptr %p, align 4\nret i32 0",
             "store i32 %a, ptr %p, align 1\nret i32 0"},
        Pair{"storeVolatile", "store volatile i32 %a, ptr %p\nret i32 0",
             "store i32 %a, ptr %p\nret i32 0"},
        Pair{"fence", "fence acquire\nret i32 0", "fence seq_cst\nret i32 0"},
        Pair{"atomicOperation", "%r = atomicrmw add ptr %p, i32 1 seq_cst\nret i32 0",
             "%r = atomicrmw sub ptr %p, i32 1 seq_cst\nret i32 0"},
        Pair{"atomicElementwise",
             "%r = atomicrmw elementwise add ptr %p, <4 x i32> %v monotonic, align 16\nret i32 0",
             "%r = atomicrmw add ptr %p, <4 x i32> %v monotonic, align 16\nret i32 0"},
        Pair{"exchangeWeak", "%r = cmpxchg weak ptr %p, i32 0, i32 1 seq_cst seq_cst\nret i32 0",
             "%r = cmpxchg ptr %p, i32 0, i32 1 seq_cst seq_cst\nret i32 0"},
        Pair{"exchangeFailure", "%r = cmpxchg ptr %p, i32 0, i32 1 seq_cst monotonic\nret i32 0",
             "%r = cmpxchg ptr %p, i32 0, i32 1 seq_cst acquire\nret i32 0"},
        Pair{"allocaType", "%s = alloca i32\nret i32 0", "%s = alloca float\nret i32 0"},
        Pair{"allocaAlign", "%s = alloca i32, align 4\nret i32 0",
             "%s = alloca i32, align 16\nret i32 0"},
        Pair{"gepType", "%q = getelementptr i32, ptr %p, i64 1\nret i32 0",
             "%q = getelementptr i64, ptr %p, i64 1\nret i32 0"},
        Pair{"gepInbounds", "%q = getelementptr inbounds i32, ptr %p, i64 1\nret i32 0",
             "%q = getelementptr i32, ptr %p, i64 1\nret i32 0"},
        Pair{"gepConstant", "%r = load i32, ptr getelementptr (i8, ptr @g, i64 4)\nret i32 %r",
             "%r = load i32, ptr getelementptr (i8, ptr @g, i64 8)\nret i32 %r"},
        Pair{"gepConstantRange",
             "%r = load i32, ptr getelementptr inrange(0, 4) (i8, ptr @g, i64 4)\nret i32 %r",
             "%r = load i32, ptr getelementptr inrange(0, 8) (i8, ptr @g, i64 4)\nret i32 %r"},
        Pair{"typeName", "%q = getelementptr %pair, ptr %p, i64 1\nret i32 0",
             "%q = getelementptr %other, ptr %p, i64 1\nret i32 0"},
        Pair{"globalName", "%r = load i32, ptr @g\nret i32 %r",
             "%r = load i32, ptr @h\nret i32 %r"},
        Pair{"callee", "%r = call i32 @callee(i32 %a)\nret i32 %r",
             "%r = call i32 @other(i32 %a)\nret i32 %r"},
        Pair{"callConvention", "%r = call fastcc i32 @callee(i32 %a)\nret i32 %r",
             "%r = call i32 @callee(i32 %a)\nret i32 %r"},
        Pair{"tailCall", "%r = tail call i32 @callee(i32 %a)\nret i32 %r",
             "%r = call i32 @callee(i32 %a)\nret i32 %r"},
        Pair{"callAttribute", "%r = call i32 @callee(i32 %a) nounwind\nret i32 %r",
             "%r = call i32 @callee(i32 %a)\nret i32 %r"},
        Pair{"argumentAttribute", "%r = call i32 @callee(i32 noundef %a)\nret i32 %r",
             "%r = call i32 @callee(i32 %a)\nret i32 %r"},
        Pair{"returnAttribute", "%r = call range(i32 0, 4) i32 @callee(i32 %a)\nret i32 %r",
             "%r = call range(i32 0, 5) i32 @callee(i32 %a)\nret i32 %r"},
        Pair{"callType", "call void (ptr, ...) @pf(ptr %p)\nret i32 0",
             "call void @pf(ptr %p)\nret i32 0"},
        Pair{"bundleTag", "call void @llvm.assume(i1 true) [\"align\"(ptr %p, i32 8)]\nret i32 0",
             "call void @llvm.assume(i1 true) [\"dereferenceable\"(ptr %p, i32 8)]\nret i32 0"},
        Pair{
            "bundleSplit",
            "call void @llvm.assume(i1 true) [\"nonnull\"(ptr %p), \"nonnull\"(ptr @g)]\nret i32 0",
            "call void @llvm.assume(i1 true) [\"nonnull\"(ptr %p, ptr @g)]\nret i32 0"},
        Pair{"assembly", "call void asm sideeffect \"nop\", \"\"()\nret i32 0",
             "call void asm sideeffect \"pause\", \"\"()\nret i32 0"},
        Pair{"assemblyClobber", "call void asm sideeffect \"nop\", \"~{memory}\"()\nret i32 0",
             "call void asm sideeffect \"nop\", \"\"()\nret i32 0"},
        Pair{"assemblyDialect", "call void asm inteldialect \"nop\", \"\"()\nret i32 0",
             "call void asm \"nop\", \"\"()\nret i32 0"},
        Pair{"typeIdentifier", "%c = call i1 @llvm.type.test(ptr %p, metadata !\"A\")\nret i32 0",
             "%c = call i1 @llvm.type.test(ptr %p, metadata !\"B\")\nret i32 0"},
        Pair{"branchOrder",
             "%c = trunc i32 %a to i1\nbr i1 %c, label %t, label %e\nt:\nret i32 1\ne:\nret i32 2",
             "%c = trunc i32 %a to i1\nbr i1 %c, label %e, label %t\nt:\nret i32 1\ne:\nret i32 2"},
        Pair{"caseValue", "switch i32 %a, label %e [i32 1, label %t]\nt:\nret i32 1\ne:\nret i32 2",
             "switch i32 %a, label %e [i32 7, label %t]\nt:\nret i32 1\ne:\nret i32 2"},
        Pair{"phiBlocks",
             "%c = trunc i32 %a to i1\nbr i1 %c, label %t, label %e\nt:\nbr label %j\ne:\nbr label "
             "%j\n"
             "j:\n%r = phi i32 [ 1, %t ], [ 2, %e ]\nret i32 %r",
             "%c = trunc i32 %a to i1\nbr i1 %c, label %t, label %e\nt:\nbr label %j\ne:\nbr label "
             "%j\n"
             "j:\n%r = phi i32 [ 1, %e ], [ 2, %t ]\nret i32 %r"},
        Pair{"landingPad",
             "%r = invoke i32 @callee(i32 1) to label %n unwind label %u\nn:\nret i32 %r\n"
             "u:\n%l = landingpad { ptr, i32 } cleanup\nresume { ptr, i32 } %l",
             "%r = invoke i32 @callee(i32 1) to label %n unwind label %u\nn:\nret i32 %r\n"
             "u:\n%l = landingpad { ptr, i32 } catch ptr null\nresume { ptr, i32 } %l"},
        Pair{"landingPadCleanup",
             "%r = invoke i32 @callee(i32 1) to label %n unwind label %u\nn:\nret i32 %r\n"
             "u:\n%l = landingpad { ptr, i32 } cleanup catch ptr null\nresume { ptr, i32 } %l",
             "%r = invoke i32 @callee(i32 1) to label %n unwind label %u\nn:\nret i32 %r\n"
             "u:\n%l = landingpad { ptr, i32 } catch ptr null\nresume { ptr, i32 } %l"},
        Pair{"blockAddress",
             "indirectbr ptr blockaddress(@f, %t), [label %t, label %e]\nt:\nret i32 1\ne:\nret "
             "i32 2",
             "indirectbr ptr blockaddress(@f, %e), [label %t, label %e]\nt:\nret i32 1\ne:\nret "
             "i32 2"}),
    [](const testing::TestParamInfo<Pair> &Info) { return std::string(Info.param.Name); });

TEST(Hash, ignoresNamesOfLocalsAndNumbers) {
  const FunctionInfo Named = withBody("%sum = add i32 %a, %b\nbr label %end\nend:\nret i32 %sum");
  const FunctionInfo Numbered = withBody("%1 = add i32 %a, %b\nbr label %2\n2:\nret i32 %1");
  EXPECT_EQ(Named.Hash, Numbered.Hash);
  EXPECT_NE(Named.TextHash, Numbered.TextHash);
}

TEST(Hash, ignoresMetadataButItsTextHashDoesNot) {
  const char *Body = "%r = load i32, ptr %p, align 4, !range !0\nret i32 %r";
  const FunctionInfo Plain = withBody("%r = load i32, ptr %p, align 4\nret i32 %r");
  const FunctionInfo Four = withBody(Body, "!0 = !{i32 0, i32 4}");
  const FunctionInfo Five = withBody(Body, "!0 = !{i32 0, i32 5}");
  EXPECT_EQ(Plain.Hash, Four.Hash);
  EXPECT_EQ(Four.Hash, Five.Hash);
  EXPECT_NE(Plain.TextHash, Four.TextHash);
  EXPECT_NE(Four.TextHash, Five.TextHash);
}

TEST(Hash, leavesOutGuids) {
  const char *Text = "@g = global i32 7\n"
                     "define internal i32 @f(ptr %p) !prof !0 {\n"
                     "  %r = load i32, ptr %p, !range !1\n  ret i32 %r\n}\n"
                     "!0 = !{!\"function_entry_count\", i64 7}\n!1 = !{i32 0, i32 4}\n";
  llvm::LLVMContext Context;
  llvm::SMDiagnostic Problem;
  const std::unique_ptr<llvm::Module> M = llvm::parseAssemblyString(Text, Problem, Context);
  ASSERT_TRUE(M);
  lto_inspector::compat::assignGuids(*M);
  std::string Bitcode;
  llvm::raw_string_ostream OS(Bitcode);
  llvm::WriteBitcodeToFile(*M, OS);
  const FunctionsResult Given = take(listFunctions(bufferOf(Bitcode)));
  const std::string Plain = bitcodeOf(Text);
  const FunctionsResult Without = take(listFunctions(bufferOf(Plain)));
  ASSERT_EQ(Given.Functions.size(), 1U);
  EXPECT_EQ(Given.Functions[0].TextHash, Without.Functions[0].TextHash);
  EXPECT_EQ(Given.Globals[0].Hash, Without.Globals[0].Hash);
}

TEST(Hash, doesNotDependOnNumbersOfMetadataAndAttributeGroups) {
  const FunctionInfo One =
      withBody("%r = load i32, ptr %p, !range !0\n%s = call i32 @callee(i32 %r) #0\nret i32 %s",
               "attributes #0 = { nounwind }\n!0 = !{i32 0, i32 4}");
  const FunctionInfo Another = withBody(
      "%r = load i32, ptr %p, !range !7\n%s = call i32 @callee(i32 %r) #3\nret i32 %s",
      "define void @g2() #1 {\n ret void\n}\nattributes #1 = { cold }\n"
      "attributes #3 = { nounwind }\n!named = !{!2}\n!2 = !{!\"x\"}\n!7 = !{i32 0, i32 4}");
  EXPECT_EQ(One.Hash, Another.Hash);
  EXPECT_EQ(One.TextHash, Another.TextHash);
}

TEST(Hash, seesTheContentOfNodesThatReferToThemselves) {
  const char *Body = "store i32 1, ptr %p, !alias.scope !0\nret i32 0";
  const std::string Scopes =
      "!0 = !{!1}\n!1 = distinct !{!1, !2, !\"first\"}\n!2 = distinct !{!2, !\"d\"}";
  const FunctionInfo One = withBody(Body, Scopes);
  const FunctionInfo Same = withBody(
      Body, "!0 = !{!9}\n!2 = distinct !{!2, !\"d\"}\n!9 = distinct !{!9, !2, !\"first\"}");
  const FunctionInfo Another = withBody(
      Body, "!0 = !{!1}\n!1 = distinct !{!1, !2, !\"second\"}\n!2 = distinct !{!2, !\"d\"}");
  EXPECT_EQ(One.TextHash, Same.TextHash);
  EXPECT_NE(One.TextHash, Another.TextHash);
}

std::string withDebugInfo(unsigned Line) {
  return R"(
    define i32 @f(i32 %a) !dbg !4 {
        #dbg_value(i32 %a, !7, !DIExpression(), !8)
      ret i32 %a, !dbg !8
    }
    !llvm.dbg.cu = !{!0}
    !llvm.module.flags = !{!2}
    !0 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !1, producer: "test")
    !1 = !DIFile(filename: "a.rs", directory: "/")
    !2 = !{i32 2, !"Debug Info Version", i32 3}
    !3 = !DISubroutineType(types: !{})
    !4 = distinct !DISubprogram(name: "f", scope: !1, file: !1, line: 1, type: !3, unit: !0,
                                spFlags: DISPFlagDefinition)
    !5 = !DIBasicType(name: "u32", size: 32, encoding: DW_ATE_unsigned)
    !7 = !DILocalVariable(name: "a", arg: 1, scope: !4, file: !1, line: 1, type: !5)
    !8 = !DILocation(line: )" +
         std::to_string(Line) + ", column: 3, scope: !4)\n";
}

TEST(Hash, ignoresDebugInfoButItsTextHashDoesNot) {
  const FunctionInfo Without = only("define i32 @f(i32 %a) {\n ret i32 %a\n}", "f");
  const FunctionInfo Two = only(withDebugInfo(2), "f");
  const FunctionInfo Three = only(withDebugInfo(3), "f");
  EXPECT_EQ(Without.Hash, Two.Hash);
  EXPECT_EQ(Two.Hash, Three.Hash);
  EXPECT_NE(Without.TextHash, Two.TextHash);
  EXPECT_NE(Two.TextHash, Three.TextHash);
  EXPECT_EQ(Two.Instructions, 1u);
}

TEST(Hash, tellsUnnamedGlobalsApartByOrderAndContent) {
  const auto Load = [](const char *First, const char *Second, const char *Globals) {
    return only(std::string(Globals) + "define i32 @f() {\n %x = load i32, ptr " + First +
                    "\n %y = load i32, ptr " + Second + "\n %r = sub i32 %x, %y\n ret i32 %r\n}",
                "f");
  };
  const char *Two = "@0 = global i32 1\n@1 = global i32 2\n";
  EXPECT_NE(Load("@0", "@1", Two).Hash, Load("@1", "@0", Two).Hash);
  EXPECT_NE(Load("@0", "@1", Two).Hash, Load("@0", "@0", Two).Hash);
  const char *Shifted = "@0 = global i64 9\n@1 = global i32 1\n@2 = global i32 2\n";
  EXPECT_EQ(Load("@0", "@1", Two).Hash, Load("@1", "@2", Shifted).Hash);
}

TEST(Hash, takesTheNamesThatLlvmGivesToNamelessGlobalsForNone) {
  auto Using = [](const std::string &Name, const char *Content) {
    return only("@" + Name + " = private constant [2 x i8] c\"" + Content +
                    "\"\ndefine ptr @f() { ret ptr @" + Name + " }",
                "f");
  };
  const FunctionInfo One = Using("anon.0e8d18b0fef556c7d23ce5b91a0e655e.1", "ab");
  EXPECT_EQ(One.Hash, Using("anon.cd4c2c36e8f33581053d5036b3e5acca.0", "ab").Hash);
  EXPECT_NE(One.Hash, Using("anon.0e8d18b0fef556c7d23ce5b91a0e655e.1", "cd").Hash);
  EXPECT_NE(Using("anon.short.1", "ab").Hash, Using("anon.short.2", "ab").Hash);
}

TEST(HeaderHash, differsWhileTheBodyIsTheSame) {
  const char *Plain = "define void @f() {";
  for (const char *Other :
       {"define internal void @f() {", "define hidden void @f() {", "define dso_local void @f() {",
        "define fastcc void @f() {", "define void @f() nounwind {",
        "define void @f() unnamed_addr {", "define void @f() section \"s\" {",
        "define void @f() align 32 {", "define void @f() gc \"g\" {",
        "define void @f() \"target-cpu\"=\"znver4\" {", "define void @f() prefix i32 1 {",
        "$c = comdat any\ndefine void @f() comdat($c) {", "define void @f(i32 %a) {"}) {
    const FunctionInfo One = only(std::string(Plain) + "\n ret void\n}", "f");
    const FunctionInfo Another = only(std::string(Other) + "\n ret void\n}", "f");
    EXPECT_NE(One.HeaderHash, Another.HeaderHash) << Other;
    EXPECT_NE(One.TextHash, Another.TextHash) << Other;
  }
}

TEST(ListFunctions, tellsFunctionsAndGlobals) {
  const std::string Bitcode = bitcodeOf(R"(
    @v = internal constant i32 1
    @e = external global i32
    @a = alias i32, ptr @v
    define internal fastcc void @_ZN3foo3bar17h05af221e174051e9E() {
      call void @d()
      ret void
    }
    define available_externally void @imported() {
      ret void
    }
    define linkonce_odr void @once() {
      ret void
    }
    declare void @d()
  )");
  const FunctionsResult Result = take(listFunctions(bufferOf(Bitcode)));
  ASSERT_EQ(Result.Functions.size(), 4u);
  const FunctionInfo &Bar = Result.Functions[0];
  EXPECT_EQ(Bar.Demangled, "foo::bar");
  EXPECT_EQ(Bar.Linkage, "internal");
  EXPECT_EQ(Bar.Instructions, 2u);
  EXPECT_FALSE(Bar.Declaration);
  EXPECT_EQ(Bar.Hash.size(), 32u);
  EXPECT_EQ(Result.Functions[1].Linkage, "available_externally");
  EXPECT_EQ(Result.Functions[2].Linkage, "linkonce_odr");
  EXPECT_TRUE(Result.Functions[3].Declaration);
  EXPECT_EQ(Result.Functions[3].Hash, "");
  EXPECT_EQ(Result.Functions[3].Linkage, "external");

  ASSERT_EQ(Result.Globals.size(), 3u);
  EXPECT_EQ(Result.Globals[0].Kind, "variable");
  EXPECT_EQ(Result.Globals[0].Linkage, "internal");
  EXPECT_TRUE(Result.Globals[1].Declaration);
  EXPECT_EQ(Result.Globals[2].Kind, "alias");
}

TEST(ListFunctions, hashesWhatVariablesHold) {
  auto HashOf = [](const char *Text) {
    const std::string Bitcode = bitcodeOf(Text);
    return take(listFunctions(bufferOf(Bitcode))).Globals.at(0).Hash;
  };
  const std::string Hash = HashOf("@v = internal constant i32 1");
  EXPECT_EQ(Hash.size(), 32u);
  EXPECT_EQ(Hash, HashOf("@v = internal constant i32 1\n@w = global i32 3"));
  EXPECT_NE(Hash, HashOf("@v = internal constant i32 2"));
  EXPECT_NE(Hash, HashOf("@v = internal global i32 1"));
  EXPECT_NE(Hash, HashOf("@v = constant i32 1"));
  EXPECT_EQ(HashOf("@v = external global i32"), "");
}

TEST(ListFunctions, saysWhereAFunctionBeginsInTheSource) {
  const std::string Text = R"(
define void @f() !dbg !4 { ret void }
define void @g() { ret void }
!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!3}
!0 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !1, emissionKind: FullDebug)
!1 = !DIFile(filename: "src/lib.rs", directory: "/build/demo")
!3 = !{i32 2, !"Debug Info Version", i32 3}
!4 = distinct !DISubprogram(name: "f", scope: !1, file: !1, line: 42, unit: !0, type: !5)
!5 = !DISubroutineType(types: !6)
!6 = !{null}
)";
  const FunctionInfo F = only(Text, "f");
  ASSERT_TRUE(F.Source);
  EXPECT_EQ(F.Source->File, "/build/demo/src/lib.rs");
  EXPECT_EQ(F.Source->Line, 42u);
  EXPECT_FALSE(only(Text, "g").Source);
}

TEST(ListFunctions, saysWhatIsWrongWithBrokenBitcode) {
  const std::string Whole = bitcodeOf("define void @f() {\n ret void\n}");
  for (const std::string &Broken :
       {std::string(), std::string("not bitcode"), Whole.substr(0, Whole.size() / 2)}) {
    const ErrorReport Report = takeError(listFunctions(bufferOf(Broken, "broken.bc")));
    EXPECT_EQ(Report.Name, "ParseBitcode");
    EXPECT_NE(Report.Message.find("broken.bc"), std::string::npos) << Report.Message;
  }
}

} // namespace

} // namespace ir_functions_test
