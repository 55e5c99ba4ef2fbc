#include "lto/calls/import_decisions.h"
#include "test/support/expected.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/Support/SourceMgr.h"
#include <map>

namespace calls_import_test {

using namespace llvm;
using namespace lto_inspector;
using namespace lto_inspector::calls;
using namespace lto_inspector::test;

namespace {

/// A function's entry in the text of an index.
std::string function(unsigned Module, StringRef Facts, StringRef Calls = "",
                     StringRef Flags = "linkage: external, live: 1") {
  std::string Text = "function: (module: ^" + std::to_string(Module) + ", flags: (" + Flags.str() +
                     "), " + Facts.str();
  return Text + (Calls.empty() ? ")" : ", calls: (" + Calls.str() + "))");
}

std::string symbol(unsigned Id, const std::string &Summaries) {
  std::string Name = std::to_string(Id);
  return "^" + Name + " = gv: (guid: " + Name +
         (Summaries.empty() ? ")\n" : ", summaries: (" + Summaries + "))\n");
}

/// An index of the modules "main" (^0), "a" (^1) and "b" (^2), for which liveness and read-only
/// variables are known, with what `main` imports, by our
/// rules and by LLVM's.
class Link {
public:
  explicit Link(const std::string &Symbols) {
    SMDiagnostic Problem;
    std::string Text = "^0 = module: (path: \"main\", hash: (0, 0, 0, 0, 0))\n"
                       "^1 = module: (path: \"a\", hash: (0, 0, 0, 0, 0))\n"
                       "^2 = module: (path: \"b\", hash: (0, 0, 0, 0, 0))\n" +
                       Symbols + "^999 = flags: 33\n";
    Index = parseSummaryIndexAssemblyString(Text, Problem);
    if (!Index) {
      ADD_FAILURE() << Problem.getMessage().str() << "\n" << Text;
      return;
    }
    Index->collectDefinedGVSummariesPerModule(Defined);
    auto IsPrevailing = [](Guid, const GlobalValueSummary *) { return true; };
    auto LinkageOf = [](const GlobalValueSummary *Copy) { return Copy->linkage(); };
    ImportLimits Limits = valueOf(readImportLimits());
    Imports = decideImports({*Index, IsPrevailing, LinkageOf}, Limits, Defined["main"]);
    compat::ImportLists Lists;
    DenseMap<StringRef, FunctionImporter::ExportSetTy> Exports;
    for (const auto &Module : Defined)
      Exports[Module.first];
    ComputeCrossModuleImport(*Index, Defined, IsPrevailing, Lists, Exports);
    EXPECT_TRUE(isLlvmsList(Imports, Lists.lookup("main")));
  }

  const ImportDecision &of(Guid Symbol) const {
    static const ImportDecision None;
    auto Found = find_if(Imports.Decisions,
                         [&](const ImportDecision &Decision) { return Decision.Symbol == Symbol; });
    EXPECT_NE(Found, Imports.Decisions.end()) << Symbol;
    return Found == Imports.Decisions.end() ? None : *Found;
  }

  /// The limits from the module's own call to the one that decided.
  std::vector<unsigned> limitsTo(Guid Symbol) const {
    std::vector<unsigned> Limits;
    for (std::optional<size_t> At = of(Symbol).Attempt; At; At = Imports.Attempts[*At].Parent)
      Limits.insert(Limits.begin(), Imports.Attempts[*At].Threshold);
    return Limits;
  }

  ModuleImports Imports;

private:
  std::unique_ptr<ModuleSummaryIndex> Index;
  DenseMap<StringRef, GVSummaryMapTy> Defined;
};

/// `main` calls the symbol 20, which has these summaries.
ImportDecision decisionOn(const std::string &Callee, StringRef How = "callee: ^20") {
  Link L(symbol(10, function(0, "insts: 5", ("(" + How + ")").str())) + symbol(20, Callee));
  return L.of(20);
}

TEST(DecideImports, ImportsWhatIsSmall) {
  ImportDecision Decision = decisionOn(function(1, "insts: 100"));
  ASSERT_NE(Decision.Chosen, nullptr);
  EXPECT_EQ(Decision.Chosen->modulePath(), "a");
  EXPECT_EQ(Decision.Size, 100u);
}

TEST(DecideImports, RefusesWhatIsTooLarge) {
  ImportDecision Decision = decisionOn(function(1, "insts: 101"));
  EXPECT_EQ(Decision.Chosen, nullptr);
  EXPECT_EQ(Decision.Refused, ImportRefusal::TooLarge);
  EXPECT_EQ(Decision.Size, 101u);
  EXPECT_EQ(Decision.Attempts, 1u);
  EXPECT_EQ(Decision.Callers, std::vector<Guid>{10});
}

TEST(DecideImports, ImportsAlwaysInlineWhateverItsSize) {
  ImportDecision Decision = decisionOn(function(1, "insts: 5000, funcFlags: (alwaysInline: 1)"));
  EXPECT_NE(Decision.Chosen, nullptr);
  EXPECT_TRUE(Decision.AlwaysInline);
}

TEST(DecideImports, HasAReasonForEveryRefusal) {
  const std::map<ImportRefusal, std::string> Copies = {
      {ImportRefusal::NoInline, function(1, "insts: 3, funcFlags: (noInline: 1)")},
      {ImportRefusal::NotLive, function(1, "insts: 3", "", "linkage: external, live: 0")},
      {ImportRefusal::InterposableLinkage, function(1, "insts: 3", "", "linkage: weak, live: 1")},
      {ImportRefusal::NotEligible,
       function(1, "insts: 3", "", "linkage: external, notEligibleToImport: 1, live: 1")},
      {ImportRefusal::GlobalVar,
       "variable: (module: ^1, flags: (linkage: external, live: 1), varFlags: (readonly: 0))"}};
  for (const auto &[Reason, Copy] : Copies) {
    ImportDecision Decision = decisionOn(Copy);
    EXPECT_EQ(Decision.Refused, Reason) << Copy;
    EXPECT_EQ(Decision.Chosen, nullptr);
    EXPECT_FALSE(Decision.NoSummary);
  }
}

TEST(DecideImports, SaysThatThereIsNoBitcode) {
  ImportDecision Decision = decisionOn("");
  EXPECT_EQ(Decision.Chosen, nullptr);
  EXPECT_TRUE(Decision.NoSummary);
  EXPECT_EQ(Decision.Refused, ImportRefusal::None);
}

TEST(DecideImports, TakesALocalFunctionFromTheCallersModuleOnly) {
  const char *Local = "linkage: internal, live: 1";
  Link L(
      symbol(10, function(0, "insts: 5", "(callee: ^20)")) +
      symbol(20, function(1, "insts: 5", "(callee: ^30), (callee: ^40)")) +
      symbol(30, function(1, "insts: 200", "", Local) + ", " + function(2, "insts: 3", "", Local)) +
      symbol(40, function(1, "insts: 3", "", Local) + ", " + function(2, "insts: 3", "", Local)));
  EXPECT_EQ(L.of(30).Refused, ImportRefusal::LocalLinkageNotInModule);
  ASSERT_NE(L.of(40).Chosen, nullptr);
  EXPECT_EQ(L.of(40).Chosen->modulePath(), "a");
}

TEST(DecideImports, TakesTheFirstCopyThatFits) {
  ImportDecision Decision = decisionOn(function(1, "insts: 3, funcFlags: (noInline: 1)") + ", " +
                                       function(2, "insts: 4"));
  ASSERT_NE(Decision.Chosen, nullptr);
  EXPECT_EQ(Decision.Chosen->modulePath(), "b");
}

TEST(DecideImports, LowersTheLimitWithEveryLevel) {
  Link L(symbol(10, function(0, "insts: 5", "(callee: ^20)")) +
         symbol(20, function(1, "insts: 5", "(callee: ^30)")) +
         symbol(30, function(1, "insts: 5", "(callee: ^40)")) +
         symbol(40, function(2, "insts: 50")));
  EXPECT_EQ(L.limitsTo(40), (std::vector<unsigned>{100, 70, 49}));
  EXPECT_EQ(L.of(40).Refused, ImportRefusal::TooLarge);
  EXPECT_EQ(L.Imports.Attempts[*L.of(40).Attempt].Level, 2u);
}

TEST(DecideImports, TriesAgainWithAHigherLimit) {
  // Whatever comes first, the direct call allows 100 and the one over 20 allows 70.
  Link L(symbol(10, function(0, "insts: 5", "(callee: ^20)")) +
         symbol(11, function(0, "insts: 5", "(callee: ^30)")) +
         symbol(20, function(1, "insts: 5", "(callee: ^30)")) +
         symbol(30, function(1, "insts: 120")));
  EXPECT_EQ(L.limitsTo(30), std::vector<unsigned>{100});
  EXPECT_EQ(L.of(30).Attempts, 2u);
}

TEST(DecideImports, FollowsAnImportedFunctionAgainWithAHigherLimit) {
  Link L(symbol(10, function(0, "insts: 5", "(callee: ^20), (callee: ^30)")) +
         symbol(20, function(1, "insts: 5", "(callee: ^30)")) +
         symbol(30, function(1, "insts: 5", "(callee: ^40)")) +
         symbol(40, function(2, "insts: 60")));
  EXPECT_NE(L.of(40).Chosen, nullptr);
}

TEST(DecideImports, ProfilesChangeLimits) {
  auto LimitFor = [](const char *How) {
    Link L(symbol(10, function(0, "insts: 5", How)) +
           symbol(20, function(1, "insts: 5", "(callee: ^30)")) +
           symbol(30, function(2, "insts: 9999")));
    return L.of(20).Chosen ? L.limitsTo(30) : L.limitsTo(20);
  };
  EXPECT_EQ(LimitFor("(callee: ^20)"), (std::vector<unsigned>{100, 70}));
  // A hot call's callees keep the limit of the caller.
  EXPECT_EQ(LimitFor("(callee: ^20, hotness: hot)"), (std::vector<unsigned>{1000, 100}));
  EXPECT_EQ(LimitFor("(callee: ^20, hotness: critical)"), (std::vector<unsigned>{10000, 70}));
  EXPECT_EQ(LimitFor("(callee: ^20, hotness: cold)"), std::vector<unsigned>{0});
  ImportDecision Cold = decisionOn(function(1, "insts: 5"), "callee: ^20, hotness: cold");
  EXPECT_EQ(Cold.Refused, ImportRefusal::TooLarge);
  EXPECT_EQ(Cold.MaxHotness, Hotness::Cold);
}

TEST(DecideImports, ImportsVariablesWithWhatRefersToThem) {
  auto Variable = [](unsigned Module, StringRef Rest) {
    return "variable: (module: ^" + std::to_string(Module) +
           ", flags: (linkage: external, live: 1), varFlags: (readonly: 1)" + Rest.str() + ")";
  };
  Link L(symbol(10, function(0, "insts: 5", "(callee: ^20)")) +
         symbol(20, "function: (module: ^1, flags: (linkage: external, live: 1), insts: 5, "
                    "refs: (^30))") +
         symbol(30, Variable(1, ", refs: (^31)")) + symbol(31, Variable(2, "")));
  EXPECT_TRUE(L.of(30).isVariable());
  ASSERT_NE(L.of(31).Chosen, nullptr);
  EXPECT_EQ(L.of(31).Chosen->modulePath(), "b");
}

TEST(DecideImports, IsNotLlvmsListWhereLlvmHasOtherRules) {
  Link L(symbol(10, function(0, "insts: 5", "(callee: ^20)")) +
         symbol(20, function(1, "insts: 3")));
  EXPECT_FALSE(isLlvmsList(L.Imports, compat::ImportLists().lookup("main")));
}

} // namespace

} // namespace calls_import_test
