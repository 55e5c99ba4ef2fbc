#include "lto/rustc/optimize_thin_module.h"
#include "lto/rustc/stages.h"
#include "lto/rustc/thin_lto_data.h"
#include "test/support/expected.h"
#include "test/support/modules.h"

namespace thin_lto_data_test {

using namespace llvm;
using namespace lto_inspector::pipeline;
using namespace lto_inspector::rustc;
using namespace lto_inspector::test;

namespace {

/// Texts by module name, in order, analysed as an executable of one crate.
std::unique_ptr<ThinShared>
analysed(std::initializer_list<std::pair<const char *, const char *>> Texts) {
  std::vector<LtoModule> Modules;
  for (const auto &[Name, Text] : Texts)
    Modules.push_back(moduleOf(Name, thinBitcode(Text)));
  SelfProfiler Profiler;
  std::vector<Timing> Timings;
  return valueOf(runThin({}, std::move(Modules), Profiler, Timings));
}

std::string stageOf(const ThinShared &Shared, StringRef Module, LtoStage Stage,
                    Reloc::Model Relocation = Reloc::PIC_) {
  MemorySink Sink;
  OptimizeOptions Options;
  Options.Stages = Stage;
  Options.Sink = &Sink;
  Options.Target.Relocation = Relocation;
  SelfProfiler Profiler;
  std::vector<Timing> Timings;
  std::atomic<bool> Cancelled = false;
  valueOf(optimizeThinModule(Shared, *Shared.find(Module), Options, Cancelled, Profiler, Timings));
  return disassemble(Sink.Saved.begin()->second);
}

TEST(CreateThinLtoData, KeepsTheFirstStrongDefinition) {
  const char *Weak = "define weak_odr i32 @f() { ret i32 1 }\n"
                     "define i32 @main() { %r = call i32 @f() ret i32 %r }";
  const char *Strong = "define i32 @f() { ret i32 1 }";
  auto Shared = analysed({{"weak", Weak}, {"strong", Strong}});
  EXPECT_TRUE(
      contains(stageOf(*Shared, "weak", ThinAfterResolve), "define available_externally i32 @f"));
  EXPECT_TRUE(contains(stageOf(*Shared, "strong", ThinAfterResolve), "define i32 @f"));
}

TEST(CreateThinLtoData, KeepsTheFirstOfEqualDefinitions) {
  const char *Text = "define linkonce_odr i32 @f() { ret i32 1 }\n"
                     "define i32 @g() { %r = call i32 @f() ret i32 %r }";
  const char *Other = "define linkonce_odr i32 @f() { ret i32 1 }\n"
                      "define i32 @h() { %r = call i32 @f() ret i32 %r }";
  auto Shared = analysed({{"first", Text}, {"second", Other}});
  EXPECT_TRUE(contains(stageOf(*Shared, "first", ThinAfterResolve), "define weak_odr i32 @f"));
  EXPECT_TRUE(
      contains(stageOf(*Shared, "second", ThinAfterResolve), "define available_externally i32 @f"));
  ASSERT_EQ(Shared->Data->ResolvedOdr.lookup("first").size(), 1u);
  EXPECT_EQ(Shared->Data->ResolvedOdr.lookup("second").size(), 1u);
}

TEST(CreateThinLtoData, InternalizesWhatNobodyCalls) {
  const char *Text = "define i32 @main() { ret i32 0 }\n"
                     "define i32 @_RNvC1a4dead() { ret i32 0 }\n"
                     "define i32 @_RNvC1a4live() { ret i32 0 }";
  const char *Caller = "declare i32 @_RNvC1a4live()\n"
                       "define i32 @caller() { %r = call i32 @_RNvC1a4live() ret i32 %r }";
  auto Shared = analysed({{"m", Text}, {"caller", Caller}});
  std::string Stage = stageOf(*Shared, "m", ThinAfterInternalize);
  EXPECT_TRUE(contains(Stage, "define internal i32 @_RNvC1a4dead"));
  EXPECT_TRUE(contains(Stage, "define i32 @_RNvC1a4live"));
  EXPECT_TRUE(contains(Stage, "define i32 @main"));
}

TEST(PrepareThinLtoRename, ClearsDsoLocalOnDeclarationsInPositionIndependentCode) {
  const char *Text = "declare dso_local i32 @elsewhere()\n"
                     "define dso_local i32 @main() { %r = call i32 @elsewhere() ret i32 %r }";
  auto Shared = analysed({{"m", Text}});
  EXPECT_TRUE(contains(stageOf(*Shared, "m", ThinAfterRename), "declare i32 @elsewhere"));
  EXPECT_TRUE(contains(stageOf(*Shared, "m", ThinAfterRename, Reloc::Static),
                       "declare dso_local i32 @elsewhere"));
}

TEST(PrepareThinLtoRename, KeepsDsoLocalInAPositionIndependentExecutable) {
  const char *Text = "declare dso_local i32 @elsewhere()\n"
                     "define dso_local i32 @main() { %r = call i32 @elsewhere() ret i32 %r }\n"
                     "!llvm.module.flags = !{!0}\n"
                     "!0 = !{i32 7, !\"PIE Level\", i32 2}";
  auto Shared = analysed({{"m", Text}});
  EXPECT_TRUE(contains(stageOf(*Shared, "m", ThinAfterRename), "declare dso_local i32 @elsewhere"));
}

TEST(ComputeThinLtoCacheKey, IsFortyUpperCaseDigitsOfHex) {
  auto Shared = analysed({{"m", "define i32 @main() { ret i32 0 }"}});
  std::string Key = computeThinLtoCacheKey(*Shared->Data, "m");
  EXPECT_EQ(Key.size(), 40u);
  EXPECT_TRUE(all_of(Key, [](char C) { return isDigit(C) || (C >= 'A' && C <= 'F'); })) << Key;
  EXPECT_EQ(Shared->Decisions[0].Key, Key);
}

TEST(ComputeThinLtoCacheKey, ChangesWithWhatIsImportedAndWithWhatIsPreserved) {
  const char *Caller = "declare i32 @_RNvC1a1f()\n"
                       "define i32 @main() { %r = call i32 @_RNvC1a1f() ret i32 %r }";
  auto KeyOf = [&](const char *Callee, std::vector<std::string> Preserve = {}) {
    std::vector<LtoModule> Modules;
    Modules.push_back(moduleOf("caller", thinBitcode(Caller)));
    Modules.push_back(moduleOf("callee", thinBitcode(Callee)));
    SelfProfiler Profiler;
    std::vector<Timing> Timings;
    ThinLtoOptions Options;
    Options.Prepare.Preserve = std::move(Preserve);
    auto Shared = valueOf(runThin(Options, std::move(Modules), Profiler, Timings));
    return std::pair(*Shared->Decisions[0].Key, *Shared->Decisions[1].Key);
  };
  const char *One = "define i32 @_RNvC1a1f() { ret i32 1 }\ndefine i32 @_RNvC1a1g() { ret i32 1 }";
  const char *Two = "define i32 @_RNvC1a1f() { ret i32 2 }\ndefine i32 @_RNvC1a1g() { ret i32 1 }";
  auto Before = KeyOf(One);
  EXPECT_EQ(KeyOf(One), Before);
  // The importer changes with what it imports.
  EXPECT_NE(KeyOf(Two).first, Before.first);
  // Only the key of the module that defines a symbol depends on whether it is preserved.
  auto Preserved = KeyOf(One, {"_RNvC1a1g"});
  EXPECT_EQ(Preserved.first, Before.first);
  EXPECT_NE(Preserved.second, Before.second);
}

} // namespace

} // namespace thin_lto_data_test
