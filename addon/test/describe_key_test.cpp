#include "lto/compat/guids.h"
#include "lto/llvm/library_info.h"
#include "lto/llvm/symbol_names.h"
#include "lto/rustc/describe_key.h"
#include "test/support/expected.h"
#include "test/support/modules.h"

namespace describe_key_test {

using namespace llvm;
using namespace lto_inspector::support;
using namespace lto_inspector::compat;
using namespace lto_inspector::pipeline;
using namespace lto_inspector::rustc;
using namespace lto_inspector::test;

namespace {

using Texts = std::vector<std::pair<std::string, std::string>>;

std::unique_ptr<ThinShared> analysed(const Texts &Given, std::vector<std::string> Preserve = {}) {
  std::vector<LtoModule> Modules;
  for (const auto &[Name, Text] : Given)
    Modules.push_back(moduleOf(Name, thinBitcode(Text)));
  SelfProfiler Profiler;
  std::vector<Timing> Timings;
  ThinLtoOptions Options;
  Options.Prepare.Preserve = std::move(Preserve);
  return valueOf(runThin(Options, std::move(Modules), Profiler, Timings));
}

KeyComponents described(const ThinShared &Shared, StringRef Module) {
  return describeKey(*Shared.Data, Module, keyLlvm());
}

/// The parts in which two keys differ.
std::vector<KeyPart> differing(const KeyComponents &Before, const KeyComponents &After) {
  std::vector<KeyPart> Parts;
  for (size_t I = 0; I < KeyParts; ++I)
    if (Before.Digests[I] != After.Digests[I])
      Parts.push_back(static_cast<KeyPart>(I));
  return Parts;
}

std::string nameOf(const ThinShared &Shared, GlobalValue::GUID Symbol) {
  SymbolNames Names;
  for (const LtoModule &Module : Shared.Modules)
    succeeds(Names.add(Module.buffer()));
  return Names.nameOf(Symbol);
}

constexpr const char *Caller = "declare i32 @_RNvC1a1f()\n"
                               "define i32 @main() { %r = call i32 @_RNvC1a1f() ret i32 %r }";
constexpr const char *Callee = "source_filename = \"callee.rs\"\n"
                               "@table = internal constant [2 x i32] [i32 1, i32 2]\n"
                               "define i32 @_RNvC1a1f() { %p = load i32, ptr @table ret i32 %p }\n"
                               "define i32 @_RNvC1a1g() { ret i32 1 }";

using enum KeyPart;

TEST(DescribeKey, PartsMakeUpTheRealKey) {
  // Everything that LLVM hashes occurs: imports, exports, copies of one function, references,
  // aliases, variables that are only read or only written, type tests.
  Texts Given = {
      {"caller", Caller},
      {"callee", Callee},
      {"copies", "define linkonce_odr i32 @copy() { ret i32 3 }\n"
                 "define i32 @_RNvC1a1h() { %r = call i32 @copy() ret i32 %r }"},
      {"more", "define linkonce_odr i32 @copy() { ret i32 3 }\n"
               "@written = internal global i32 0\n"
               "@alias = alias i32 (), ptr @_RNvC1a1i\n"
               "define i32 @_RNvC1a1i() { store i32 1, ptr @written\n"
               "  %r = call i32 @copy() ret i32 %r }\n"
               "declare i32 @_RNvC1a1f()\n"
               "define hidden i32 @_RNvC1a1j() { %r = call i32 @_RNvC1a1f() ret i32 %r }"},
      {"types", "@vtable = constant [1 x ptr] [ptr @slot], !type !0\n"
                "define i32 @slot() { ret i32 0 }\n"
                "declare i1 @llvm.type.test(ptr, metadata)\n"
                "define i1 @_RNvC1a1k(ptr %p) {\n"
                "  %r = call i1 @llvm.type.test(ptr %p, metadata !\"a type\") ret i1 %r }\n"
                "!0 = !{i64 0, !\"a type\"}"},
      {"empty", ""}};
  for (const std::vector<std::string> &Preserve :
       {std::vector<std::string>(), {"_RNvC1a1g", "_RNvC1a1j", "alias", "_RNvC1a1k"}}) {
    auto Shared = analysed(Given, Preserve);
    for (const LtoModule &Module : Shared->Modules) {
      KeyComponents Key = described(*Shared, Module.Name);
      EXPECT_TRUE(Key.Exact) << Module.Name;
      EXPECT_EQ(Key.Key, *Shared->Decisions[*Shared->find(Module.Name)].Key);
      for (const std::string &Digest : Key.Digests)
        EXPECT_EQ(Digest.size(), 16u);
      EXPECT_EQ(Key.ModuleHash.size(), 40u);
    }
  }
}

TEST(DescribeKey, IsNotExactForAnotherLlvm) {
  auto Shared = analysed({{"m", Caller}});
  KeyLlvm Other = keyLlvm();
  Other.Version += "-other";
  KeyComponents Key = describeKey(*Shared->Data, "m", Other);
  EXPECT_FALSE(Key.Exact);
  EXPECT_EQ(differing(described(*Shared, "m"), Key), std::vector({Llvm}));
}

TEST(DescribeKey, TellsImportsFromTheModulesOwnChange) {
  std::string Changed = StringRef(Callee).str();
  Changed.replace(Changed.find("i32 1, i32 2"), 12, "i32 7, i32 2");
  auto Before = analysed({{"caller", Caller}, {"callee", Callee}});
  auto After = analysed({{"caller", Caller}, {"callee", Changed}});
  EXPECT_EQ(differing(described(*Before, "caller"), described(*After, "caller")),
            std::vector({Imports}));
  EXPECT_EQ(differing(described(*Before, "callee"), described(*After, "callee")),
            std::vector({KeyPart::Module}));
}

TEST(DescribeKey, TellsExportsAndWhatIsLive) {
  auto Before = analysed({{"caller", "define i32 @main() { ret i32 0 }"}, {"callee", Callee}});
  auto After = analysed({{"caller", Caller}, {"callee", Callee}});
  EXPECT_EQ(differing(described(*Before, "callee"), described(*After, "callee")),
            std::vector({Exports, DefinedGlobals}));
  auto Preserved = analysed({{"caller", Caller}, {"callee", Callee}}, {"_RNvC1a1g"});
  EXPECT_EQ(differing(described(*After, "callee"), described(*Preserved, "callee")),
            std::vector({DefinedGlobals}));
}

TEST(DescribeKey, SaysWhatTheDigestsAreMadeOf) {
  auto Shared = analysed({{"caller", Caller}, {"callee", Callee}});
  KeyComponents Key = described(*Shared, "caller");
  std::set<std::string> Imported;
  for (const ImportedSymbol &Import : Key.Imports) {
    EXPECT_EQ(Import.From, "callee");
    Imported.insert(nameOf(*Shared, Import.Symbol));
  }
  EXPECT_EQ(Imported, (std::set<std::string>{"_RNvC1a1f", "callee.rs;table"}));
  KeyComponents Source = described(*Shared, "callee");
  EXPECT_EQ(Source.Exports.size(), 2u);
  std::map<std::string, const KeyGlobal *> States;
  for (const KeyGlobal &State : Source.Globals)
    States[nameOf(*Shared, State.Symbol)] = &State;
  ASSERT_EQ(States.size(), 3u);
  EXPECT_TRUE(States["_RNvC1a1f"]->Live);
  EXPECT_EQ(States["_RNvC1a1f"]->Instructions, 2u);
  EXPECT_EQ(nameOf(*Shared, States["_RNvC1a1f"]->Uses.at(0)), "callee.rs;table");
  EXPECT_FALSE(States["_RNvC1a1g"]->Live);
  EXPECT_EQ(States["_RNvC1a1g"]->Linkage, GlobalValue::InternalLinkage);
  EXPECT_EQ(States["callee.rs;table"]->Kind, GlobalValueSummary::GlobalVarKind);
  EXPECT_TRUE(States["callee.rs;table"]->ReadOnly);
}

TEST(KeyLlvm, IsTheLoadedLibrarysOwn) {
  LibraryInfo Info = readLibraryInfo();
  EXPECT_EQ(keyLlvm().Version, Info.Version);
  EXPECT_EQ(keyLlvm().Revision, Info.Revision);
  EXPECT_NE(Info.Revision, Info.Version);
  // The bitcode names its producer: a version, and a revision if there is one.
  EXPECT_FALSE(contains(Info.Revision, " "));
}

TEST(SymbolNames, AreNumbersWhereNoModuleHasTheName) {
  SymbolNames Names;
  EXPECT_EQ(Names.nameOf(0xABCD), "#000000000000abcd");
  EXPECT_EQ(errorOf(Names.add(MemoryBufferRef("BC\xC0\xDE and no more", "broken"))).Name,
            "ParseBitcode");
}

TEST(SymbolNames, AreThoseOfFunctionsVariablesAliasesAndIfuncs) {
  SymbolNames Names;
  std::string Bitcode =
      thinBitcode("source_filename = \"m.rs\"\n@v = global i32 0\n@a = alias i32, ptr @v\n"
                  "define internal ptr @resolve() { ret ptr null }\n"
                  "@i = ifunc i32 (), ptr @resolve\ndeclare void @d()");
  succeeds(Names.add(MemoryBufferRef(Bitcode, "m")));
  auto Has = [&](StringRef Name) {
    return Names.nameOf(lto_inspector::compat::guidOfName(Name)) == Name;
  };
  for (StringRef Name : {"v", "a", "i", "d"})
    EXPECT_TRUE(Has(Name)) << Name.str();
  EXPECT_TRUE(Has("m.rs;resolve"));
}

} // namespace

} // namespace describe_key_test
