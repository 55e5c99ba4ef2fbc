#include "ir_test_support.h"
#include "lto/ir/references.h"
#include <map>

namespace ir_references_test {

using namespace lto_inspector::ir;
using namespace lto_inspector::support;
using namespace lto_inspector::test;

namespace {

ModuleReferences read(llvm::StringRef Text) {
  const std::string Bitcode = bitcodeOf(Text);
  return take(readReferences(bufferOf(Bitcode), RunControl()));
}

const Definition &of(const ModuleReferences &Found, llvm::StringRef Symbol) {
  for (const Definition &Defined : Found.Definitions)
    if (Defined.Symbol == Symbol)
      return Defined;
  ADD_FAILURE() << Symbol.str() << " is not defined";
  static const Definition None;
  return None;
}

using Uses = std::vector<std::pair<std::string, ReferenceKind>>;

Uses usesOf(const ModuleReferences &Found, llvm::StringRef Symbol) {
  Uses Of;
  for (const Reference &To : of(Found, Symbol).References)
    Of.emplace_back(To.To, To.Kind);
  return Of;
}

std::string vtableIn(llvm::StringRef Text) {
  const ModuleReferences Found = read(Text);
  const std::optional<VtableName> &Named = of(Found, "anon.1").Vtable;
  return Named ? Named->Type + "/" + Named->Trait : "none";
}

TEST(References, tellHowFunctionsReferToSymbols) {
  const ModuleReferences Found = read(R"(
@value = global i32 1
@later = alias void (), ptr @called
declare i32 @personality(...)
define void @called() { ret void }
define void @pointed() { ret void }
declare void @llvm.assume(i1)
define void @user(i1 %c, ptr %unknown) personality ptr @personality {
  call void @called()
  call void @called()
  call void @later()
  call void @llvm.assume(i1 %c)
  store ptr @pointed, ptr getelementptr (i8, ptr @value, i64 4)
  call void %unknown(ptr @called)
  ret void
})");
  EXPECT_EQ(usesOf(Found, "user"), (Uses{{"called", ReferenceKind::Call},
                                         {"later", ReferenceKind::Call},
                                         {"pointed", ReferenceKind::Address},
                                         {"value", ReferenceKind::Use},
                                         {"called", ReferenceKind::Address},
                                         {"personality", ReferenceKind::Personality}}));
  EXPECT_EQ(usesOf(Found, "later"), (Uses{{"called", ReferenceKind::Alias}}));
  EXPECT_TRUE(usesOf(Found, "called").empty());
}

TEST(References, tellInlinedFunctionsByDebugInfo) {
  const ModuleReferences Found = read(R"(
@value = global i32 1
@other = global i32 1
define i32 @outer() !dbg !4 {
  %a = load i32, ptr @value, !dbg !7
  %b = load i32, ptr @other, !dbg !9
  ret i32 %a
}
define i32 @without() {
  %a = load i32, ptr @value, !dbg !9
  ret i32 %a
}
!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!3}
!0 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !1, emissionKind: LineTablesOnly)
!1 = !DIFile(filename: "lib.rs", directory: "/")
!2 = !DISubroutineType(types: !{})
!3 = !{i32 2, !"Debug Info Version", i32 3}
!4 = distinct !DISubprogram(name: "outer", linkageName: "outer", file: !1, type: !2, unit: !0, spFlags: DISPFlagDefinition)
!5 = distinct !DISubprogram(name: "inner", linkageName: "_inner", file: !1, type: !2, unit: !0, spFlags: DISPFlagDefinition)
!6 = distinct !DISubprogram(name: "middle", linkageName: "_middle", file: !1, type: !2, unit: !0, spFlags: DISPFlagDefinition)
!7 = !DILocation(line: 1, scope: !5, inlinedAt: !8)
!8 = distinct !DILocation(line: 2, scope: !6, inlinedAt: !9)
!9 = distinct !DILocation(line: 3, scope: !4)
)");
  const std::vector<Reference> &References = of(Found, "outer").References;
  ASSERT_EQ(References.size(), 2u);
  EXPECT_EQ(References[0].Through, (std::vector<std::string>{"_middle", "_inner"}));
  EXPECT_TRUE(References[1].Through.empty());
  EXPECT_TRUE(of(Found, "outer").HasLines);
  EXPECT_FALSE(of(Found, "without").HasLines);
  EXPECT_EQ(of(Found, "without").References.front().Through, std::vector<std::string>{"outer"});
}

TEST(References, tellWhatVariablesAndGroupsReferTo) {
  const ModuleReferences Found = read(R"(
$group = comdat any
@0 = private constant [1 x i8] c"x"
@table = constant [2 x ptr] [ptr @f, ptr @0]
@first = linkonce_odr global i32 1, comdat($group)
@second = linkonce_odr global i32 2, comdat($group)
define internal void @f() { ret void }
define ptr @choose() { ret ptr null }
@chosen = ifunc void (), ptr @choose
)");
  EXPECT_EQ(usesOf(Found, "table"),
            (Uses{{"f", ReferenceKind::Initializer}, {"@0", ReferenceKind::Initializer}}));
  EXPECT_EQ(usesOf(Found, "first"), (Uses{{"second", ReferenceKind::Comdat}}));
  EXPECT_EQ(usesOf(Found, "chosen"), (Uses{{"choose", ReferenceKind::IFunc}}));
  EXPECT_EQ(of(Found, "f").Scope, DefinitionScope::Module);
  EXPECT_EQ(of(Found, "@0").Scope, DefinitionScope::Module);
  EXPECT_EQ(of(Found, "table").Scope, DefinitionScope::OtherModules);
}

TEST(References, tellWhatIsKeptWithoutBeingReferredTo) {
  const ModuleReferences Found = read(R"(
@llvm.used = appending global [1 x ptr] [ptr @a], section "llvm.metadata"
@llvm.compiler.used = appending global [1 x ptr] [ptr @b], section "llvm.metadata"
@llvm.global_ctors = appending global [1 x { i32, ptr, ptr }] [{ i32, ptr, ptr } { i32 1, ptr @before, ptr null }]
@llvm.global_dtors = appending global [1 x { i32, ptr, ptr }] [{ i32, ptr, ptr } { i32 1, ptr @after, ptr null }]
@a = internal global i32 1
@b = internal global i32 1
@early = global ptr @before, section ".init_array.00099"
define internal void @before() { ret void }
define internal void @after() { ret void }
define available_externally void @copy() { ret void }
define hidden void @hidden() { ret void }
)");
  EXPECT_TRUE(of(Found, "a").Used);
  EXPECT_FALSE(of(Found, "a").CompilerUsed);
  EXPECT_TRUE(of(Found, "b").CompilerUsed);
  EXPECT_TRUE(of(Found, "before").RunsBeforeMain);
  EXPECT_TRUE(of(Found, "early").RunsBeforeMain);
  EXPECT_TRUE(of(Found, "after").RunsAfterMain);
  EXPECT_EQ(of(Found, "copy").Scope, DefinitionScope::Copy);
  EXPECT_TRUE(of(Found, "hidden").Hidden);
  EXPECT_EQ(Found.Definitions.size(), 7u) << "LLVM's lists are no definitions";
}

TEST(References, tellWhatAssemblyDefinesAndNeeds) {
  const ModuleReferences Found = read(R"(
target triple = "x86_64-unknown-linux-gnu"
module asm ".globl trampoline"
module asm "trampoline:"
module asm "  jmp target"
declare void @trampoline()
define void @target() { ret void }
define void @call() {
  call void @trampoline()
  ret void
})");
  EXPECT_EQ(Found.Assembly, std::vector<std::string>{"target"});
  EXPECT_EQ(of(Found, "trampoline").Kind, DefinitionKind::Assembly);
  EXPECT_EQ(of(Found, "trampoline").Scope, DefinitionScope::OtherModules);
}

TEST(Vtables, haveTheNameOfTheTypeThatTheirFunctionsName) {
  const std::string Methods = R"(
define void @"_ZN43_$LT$reg..Second$u20$as$u20$reg..Plugin$GT$3run17hdb79ee7c9e37a39fE"() { ret void }
define void @_ZN3reg6Plugin8describe17hdb79ee7c9e37a39fE() { ret void }
define void @"_ZN42_$LT$reg..First$u20$as$u20$reg..Plugin$GT$3run17h7853bacbe9b1a8d1E.llvm.7"() { ret void }
define void @"_ZN4core3ptr32drop_in_place$LT$reg..Second$GT$17hdb79ee7c9e37a39fE"() { ret void }
define void @plain() { ret void }
)";
  const std::string Second =
      R"(ptr @"_ZN43_$LT$reg..Second$u20$as$u20$reg..Plugin$GT$3run17hdb79ee7c9e37a39fE")";
  const std::string First =
      R"(ptr @"_ZN42_$LT$reg..First$u20$as$u20$reg..Plugin$GT$3run17h7853bacbe9b1a8d1E.llvm.7")";
  const std::string Provided = "ptr @_ZN3reg6Plugin8describe17hdb79ee7c9e37a39fE";
  const std::string Drop =
      R"(ptr @"_ZN4core3ptr32drop_in_place$LT$reg..Second$GT$17hdb79ee7c9e37a39fE")";
  const std::string Header =
      R"([24 x i8] c"\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\01\00\00\00\00\00\00\00")";
  const std::string Sizes = R"([16 x i8] c"\10\00\00\00\00\00\00\00\08\00\00\00\00\00\00\00")";
  auto Vtable = [&](const std::string &Types, const std::string &Parts) {
    return vtableIn("@anon.1 = private unnamed_addr constant <{ " + Types + " }> <{ " + Parts +
                    " }>" + Methods);
  };
  EXPECT_EQ(Vtable("[24 x i8], ptr, ptr", Header + ", " + Second + ", " + Provided),
            "reg::Second/reg::Plugin");
  EXPECT_EQ(Vtable("[24 x i8], ptr, ptr", Header + ", " + Provided + ", " + First),
            "reg::First/reg::Plugin");
  EXPECT_EQ(Vtable("ptr, [16 x i8], ptr", Drop + ", " + Sizes + ", " + Second),
            "reg::Second/reg::Plugin");
  EXPECT_EQ(Vtable("ptr, [16 x i8]", Drop + ", " + Sizes), "reg::Second/");
  // Two types, as after merging equal functions.
  EXPECT_EQ(Vtable("[24 x i8], ptr, ptr", Header + ", " + Second + ", " + First), "none");
  EXPECT_EQ(Vtable("ptr, [16 x i8], ptr", Drop + ", " + Sizes + ", " + First), "none");
  // Nothing names a type, or the shape is another one.
  EXPECT_EQ(Vtable("[24 x i8], ptr", Header + ", " + Provided), "none");
  EXPECT_EQ(Vtable("ptr, [16 x i8], ptr", "ptr @plain, " + Sizes + ", " + Second), "none");
  EXPECT_EQ(Vtable("[16 x i8], ptr", Sizes + ", " + Second), "none");
}

TEST(Vtables, ofClosuresAreNamedByTheClosure) {
  EXPECT_EQ(vtableIn(R"(
@anon.1 = private constant <{ [24 x i8], ptr, ptr }> <{ [24 x i8] c"\00\00\00\00\00\00\00\00\08\00\00\00\00\00\00\00\08\00\00\00\00\00\00\00", ptr @"_ZN4core3ops8function6FnOnce40call_once$u7b$$u7b$vtable.shim$u7d$$u7d$17h2ea8d01b9c8d4c3eE", ptr @"_ZN3app4main28_$u7b$$u7b$closure$u7d$$u7d$17hdb79ee7c9e37a39fE" }>
define void @"_ZN4core3ops8function6FnOnce40call_once$u7b$$u7b$vtable.shim$u7d$$u7d$17h2ea8d01b9c8d4c3eE"() { ret void }
define void @"_ZN3app4main28_$u7b$$u7b$closure$u7d$$u7d$17hdb79ee7c9e37a39fE"() { ret void }
)"),
            "app::main::{{closure}}/");
}

TEST(Vtables, haveTheNameInDebugInfo) {
  EXPECT_EQ(vtableIn(R"(
@anon.1 = private constant [3 x i64] [i64 0, i64 8, i64 8], !dbg !0
!llvm.dbg.cu = !{!2}
!llvm.module.flags = !{!5}
!0 = !DIGlobalVariableExpression(var: !1, expr: !DIExpression())
!1 = distinct !DIGlobalVariable(name: "<reg::Second as reg::Plugin>::{vtable}", scope: null, file: !3, type: !4, isLocal: true, isDefinition: true)
!2 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !3, emissionKind: FullDebug, globals: !6)
!3 = !DIFile(filename: "lib.rs", directory: "/")
!4 = !DIBasicType(name: "u64", size: 64, encoding: DW_ATE_unsigned)
!5 = !{i32 2, !"Debug Info Version", i32 3}
!6 = !{!0}
)"),
            "reg::Second/reg::Plugin");
}

} // namespace

} // namespace ir_references_test
