#include "binding/params.h"
#include "binding/results.h"
#include "lto/rustc/stages.h"
#include "test/support/expected.h"
#include "test/support/modules.h"

namespace messages_test {

using namespace llvm;
using namespace lto_inspector::support;
using namespace lto_inspector::pipeline;
using namespace lto_inspector::rustc;
using namespace lto_inspector::binding;
using namespace lto_inspector::test;

namespace {

const char *const Settings = R"({
  "optLevel": "s", "targetTriple": null, "targetCpu": "x86-64-v3", "targetFeatures": "+avx2",
  "relocationModel": "pie", "codeModel": "kernel", "llvmArgs": [], "vectorizeLoops": true,
  "vectorizeSlp": false, "mergeFunctions": true, "passes": ["a", "b"],
  "noPrepopulatePasses": true, "fewerNames": false, "preferDynamic": true, "dylibLto": true,
  "linkerPluginLto": true, "profilerRuntime": true})";

std::string analyzeParams(const std::string &SettingsJson, const std::string &Local) {
  return R"({
  "unit": "u", "mode": "thin-local", "crateTypes": ["bin", "lib"], "addLtoPostLink": true,
  "rustLevelNames": ["__rust_*"], "countsProfilerSymbols": true, "preservesAsanGlobals": true,
  "upstream": [{"crate": "c", "file": "/libc.rlib", "members": ["a.rcgu.o"]},
               {"crate": "d", "file": "/libd.rlib", "members": null}],
  "preserve": ["main"], "crateSymbols": ["main", "f"], "preserveExternals": true, "incremental": true,
  "previousKeysFile": "/keys", "keysFile": null, "settings": )" +
         SettingsJson + R"(, "local": [)" + Local + "]}";
}

const char *const Local = R"({"name": "m", "origin": "allocator", "crate": "c", "file": "/m.bc",
  "member": "x.o", "reserialize": true, "green": true, "promotionSuffix": "18446744073709551615"})";

TEST(Messages, AnalyzeParamsAreReadFieldByField) {
  AnalyzeParams Params = valueOf(parseParams<AnalyzeParams>(analyzeParams(Settings, Local)));
  EXPECT_EQ(Params.Unit, "u");
  EXPECT_EQ(Params.Mode, LtoMode::ThinLocal);
  EXPECT_EQ(Params.CrateTypes, (std::vector<CrateType>{CrateType::Executable, CrateType::Rlib}));
  EXPECT_TRUE(Params.AddLtoPostLink);
  EXPECT_EQ(Params.RustLevelNames, std::vector<std::string>{"__rust_*"});
  EXPECT_TRUE(Params.CountsProfilerSymbols);
  EXPECT_TRUE(Params.PreservesAsanGlobals);
  EXPECT_EQ(Params.Preserve, std::vector<std::string>{"main"});
  EXPECT_EQ(Params.CrateSymbols, (std::vector<std::string>{"main", "f"}));
  EXPECT_TRUE(Params.PreserveExternals);
  EXPECT_TRUE(Params.Incremental);
  EXPECT_EQ(Params.PreviousKeysFile, "/keys");
  EXPECT_EQ(Params.KeysFile, std::nullopt);

  ASSERT_EQ(Params.Upstream.size(), 2u);
  EXPECT_EQ(Params.Upstream[0].Crate, "c");
  EXPECT_EQ(Params.Upstream[0].File, "/libc.rlib");
  EXPECT_EQ(Params.Upstream[0].Members, std::vector<std::string>{"a.rcgu.o"});
  EXPECT_EQ(Params.Upstream[1].Members, std::nullopt);

  ASSERT_EQ(Params.Local.size(), 1u);
  const LocalModuleParams &Module = Params.Local[0];
  EXPECT_EQ(Module.Name, "m");
  EXPECT_EQ(Module.Origin, ModuleOrigin::Allocator);
  EXPECT_EQ(Module.Crate, "c");
  EXPECT_EQ(Module.File, "/m.bc");
  EXPECT_EQ(Module.Member, "x.o");
  EXPECT_TRUE(Module.Reserialize);
  EXPECT_TRUE(Module.Green);
  EXPECT_EQ(Module.PromotionSuffix, UINT64_MAX);

  const LtoSettings &Read = Params.Settings;
  EXPECT_EQ(Read.Config.Level, OptLevel::Os);
  EXPECT_EQ(Read.Target.Level, OptLevel::Os);
  EXPECT_EQ(Read.Target.Triple, std::nullopt);
  EXPECT_EQ(Read.Target.Cpu, "x86-64-v3");
  EXPECT_EQ(Read.Target.Features, "+avx2");
  EXPECT_EQ(Read.Target.Relocation, Reloc::PIC_);
  EXPECT_EQ(Read.Target.CodeModel, CodeModel::Kernel);
  EXPECT_TRUE(Read.Config.VectorizeLoops);
  EXPECT_FALSE(Read.Config.VectorizeSlp);
  EXPECT_TRUE(Read.Config.MergeFunctions);
  EXPECT_TRUE(Read.Config.NoPrepopulatePasses);
  EXPECT_EQ(Read.Config.ExtraPasses, "a,b");
  EXPECT_FALSE(Read.FewerNames);
  EXPECT_TRUE(Read.Permission.PreferDynamic);
  EXPECT_TRUE(Read.Permission.DylibLto);
  EXPECT_TRUE(Read.Permission.LinkerPluginLto);
  EXPECT_TRUE(Read.ProfilerRuntime);
}

/// A change to valid parameters, and the property that the error must name.
struct Wrong {
  const char *From;
  const char *To;
  const char *Property;
};

class WrongParams : public testing::TestWithParam<Wrong> {};

TEST_P(WrongParams, AreRefusedByName) {
  std::string Json = analyzeParams(Settings, Local);
  StringRef From = GetParam().From;
  size_t At = Json.find(From.str());
  ASSERT_NE(At, std::string::npos) << From.str();
  Json.replace(At, From.size(), GetParam().To);
  ErrorReport Report = errorOf(parseParams<AnalyzeParams>(Json));
  EXPECT_EQ(Report.Name, "Internal");
  EXPECT_TRUE(contains(Report.Message, GetParam().Property)) << Report.Message;
}

INSTANTIATE_TEST_SUITE_P(
    Table, WrongParams,
    testing::Values(
        Wrong{R"("unit": "u",)", "", "params.unit"},
        Wrong{R"("unit": "u")", R"("unit": 7)", "params.unit"},
        Wrong{R"("bin")", R"("exe")", "params.crateTypes[0]"},
        Wrong{R"(["__rust_*"])", R"("__rust_*")", "params.rustLevelNames"},
        Wrong{R"("optLevel": "s")", R"("optLevel": "4")", "params.settings.optLevel"},
        Wrong{R"("relocationModel": "pie")", R"("relocationModel": "?")",
              "params.settings.relocationModel"},
        Wrong{R"("codeModel": "kernel")", R"("codeModel": "?")", "params.settings.codeModel"},
        Wrong{R"("vectorizeSlp": false, )", "", "params.settings.vectorizeSlp"},
        Wrong{R"("origin": "allocator")", R"("origin": "elsewhere")", "params.local[0].origin"},
        Wrong{R"("18446744073709551615")", R"("18446744073709551616")",
              "params.local[0].promotionSuffix"},
        Wrong{R"("18446744073709551615")", R"("0xff")", "params.local[0].promotionSuffix"},
        Wrong{R"("file": "/libd.rlib")", R"("file": null)", "params.upstream[1].file"},
        Wrong{R"(["a.rcgu.o"])", R"([1])", "params.upstream[0].members[0]"}),
    [](const auto &Info) { return "Case" + std::to_string(Info.index); });

TEST(Messages, OtherParamsNameTheirPropertiesToo) {
  auto MessageOf = [](auto Result) { return errorOf(std::move(Result)).Message; };
  EXPECT_TRUE(contains(MessageOf(parseParams<InitializeParams>(R"({"llvmArguments": [3]})")),
                       "params.llvmArguments[0]"));
  EXPECT_TRUE(
      contains(MessageOf(parseParams<ReadModulesParams>(R"({"files": [], "members": "some"})")),
               "params.members"));
  EXPECT_TRUE(contains(MessageOf(parseParams<OptimizeParams>(
                           R"({"unit": "u", "module": "m", "stages": ["lto.after-rename"]})")),
                       "params.stages[0]"));
  EXPECT_TRUE(contains(MessageOf(parseParams<ReleaseParams>("[]")), "expected object"));
  EXPECT_EQ(errorOf(parseParams<ReleaseParams>("{")).Name, "Internal");
}

TEST(Messages, OptimizeParamsTakeRustcsTags) {
  OptimizeParams Params = valueOf(parseParams<OptimizeParams>(
      R"({"unit": "u", "module": "m", "blobs": "/b", "stages": ["thin-lto-input",
          "thin-lto-after-rename", "thin-lto-after-resolve", "thin-lto-after-internalize",
          "thin-lto-after-import", "thin-lto-after-pm"]})"));
  EXPECT_EQ(Params.Stages,
            (std::vector<LtoStage>{ThinInput, ThinAfterRename, ThinAfterResolve,
                                   ThinAfterInternalize, ThinAfterImport, ThinAfterPm}));
  EXPECT_EQ(Params.Blobs, "/b");
}

TEST(Messages, TextThatIsNotUtf8IsRepaired) {
  EXPECT_EQ(jsonText("plain"), "plain");
  EXPECT_EQ(jsonText("\xc3\xa4"), "\xc3\xa4");
  EXPECT_TRUE(json::isUTF8(jsonText("a\xff\xfe z")));
  EXPECT_TRUE(contains(jsonText("a\xff z"), "a\xef\xbf\xbd z"));
}

TEST(Messages, ErrorsLeaveOutWhatTheyDoNotHave) {
  EXPECT_EQ(toJSON(ErrorReport{"NoBitcode", "it has none", "", "", ""}),
            json::Value(json::Object{{"name", "NoBitcode"}, {"message", "it has none"}}));
  EXPECT_EQ(toJSON(ErrorReport{"A", "b\xff", "c", "d", "e"}),
            json::Value(json::Object{{"name", "A"},
                                     {"message", "b\xef\xbf\xbd"},
                                     {"file", "c"},
                                     {"module", "d"},
                                     {"stage", "e"}}));
}

TEST(Messages, AnAnalysedModuleSaysWhatWasDecided) {
  std::vector<LtoModule> Modules;
  Modules.push_back(moduleOf("m", thinBitcode("define i32 @main() { ret i32 0 }")));
  Modules[0].Crate = "c";
  SelfProfiler Profiler;
  std::vector<Timing> Timings;
  auto Shared = valueOf(runThin({}, std::move(Modules), Profiler, Timings));
  json::Object Object = *analyzedModule(*Shared, 0).getAsObject();
  EXPECT_EQ(Object.getString("name"), "m");
  EXPECT_EQ(Object.getString("origin"), "local");
  EXPECT_EQ(Object.getString("crate"), "c");
  EXPECT_EQ(Object.getString("file"), "m.bc");
  // Not getNull(), because GCC and Clang pass a nullptr_t differently.
  EXPECT_EQ(*Object.get("member"), json::Value(nullptr));
  EXPECT_EQ(Object.getInteger("bytes"),
            static_cast<int64_t>(Shared->Modules[0].Bitcode->getBufferSize()));
  EXPECT_EQ(Object.getString("key"), StringRef(*Shared->Decisions[0].Key));
  EXPECT_EQ(*Object.get("previousKey"), json::Value(nullptr));
  EXPECT_EQ(Object.getString("verdict"), "re-compiled");
  EXPECT_EQ(Object.getString("reason"), "no-session");
  EXPECT_EQ(Object.getInteger("imports"), 0);
  EXPECT_EQ(Object.getInteger("instructions"), 1);
  EXPECT_EQ(Object.getInteger("importedInstructions"), 0);
  EXPECT_EQ(Object.getInteger("exports"), 0);
  EXPECT_EQ(Object.getString("contentDigest"), StringRef(Shared->ContentDigests[0]));
}

TEST(WrapError, KeepsAnErrorOfOursAndFillsInWhatIsMissing) {
  Error Inner = makeError("NoBitcode", "inner words", "inner file");
  ErrorReport Report =
      errorOf(wrapError(std::move(Inner), "ParseBitcode", "outer words", "outer file", "m", "s"));
  EXPECT_EQ(Report.Name, "NoBitcode");
  EXPECT_EQ(Report.Message, "inner words");
  EXPECT_EQ(Report.File, "inner file");
  EXPECT_EQ(Report.Module, "m");
  EXPECT_EQ(Report.Stage, "s");
}

TEST(WrapError, AppendsLlvmsWords) {
  ErrorReport Report = errorOf(wrapError(createStringError("one"), "ParseBitcode", "cannot", "f"));
  EXPECT_EQ(Report.Name, "ParseBitcode");
  EXPECT_EQ(Report.Message, "cannot: one");
  EXPECT_EQ(Report.File, "f");
  EXPECT_EQ(errorOf(wrapError(joinErrors(createStringError("one"), createStringError("two")), "A",
                              "cannot"))
                .Message,
            "cannot: one; two");
}

} // namespace

} // namespace messages_test
