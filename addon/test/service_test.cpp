// The requests as Node sends them. LLVM's command line can be parsed once per process: each test
// that initialises a Service does so in a child.
#include "binding/service.h"
#include "lto/compat/series.h"
#include "test/support/expected.h"
#include "test/support/modules.h"
#include "test/support/objects.h"
#include "test/support/scratch.h"
#include "llvm/Support/FormatVariadic.h"
#include <cstdlib>
#include <gtest/gtest.h>
#include <thread>

namespace service_test {

using namespace llvm;
using namespace lto_inspector::support;
using namespace lto_inspector::compat;
using namespace lto_inspector::binding;
using namespace lto_inspector::test;

namespace {

const char *const Settings = R"({"optLevel": "3", "targetTriple": null, "targetCpu": null,
  "targetFeatures": "", "relocationModel": "pic", "codeModel": null, "llvmArgs": [],
  "vectorizeLoops": true, "vectorizeSlp": true, "mergeFunctions": true, "passes": [],
  "noPrepopulatePasses": false, "fewerNames": true, "preferDynamic": false, "dylibLto": false,
  "linkerPluginLto": false, "profilerRuntime": false})";

std::string jsonOf(json::Value Value) { return formatv("{0}", Value).str(); }

std::string localModule(StringRef Name, StringRef File, StringRef Origin,
                        bool Reserialize = false) {
  return R"({"crate": "c", "green": false, "reserialize": )" + jsonOf(Reserialize) +
         R"(, "name": )" + jsonOf(Name) + R"(, "origin": )" + jsonOf(Origin) + R"(, "file": )" +
         jsonOf(File) + "}";
}

std::string initializeParams(StringRef Arguments) {
  return R"({"journal": null, "threads": 2, "llvmArguments": [)" + Arguments.str() + "]}";
}

std::string analyzeParams(StringRef Local, StringRef Upstream = "", StringRef CrateTypes = "") {
  return R"({"unit": "u", "mode": "thin", "crateTypes": [)" + CrateTypes.str() +
         R"(], "settings": )" + Settings + R"(, "addLtoPostLink": false,
             "rustLevelNames": [], "countsProfilerSymbols": false,
             "preservesAsanGlobals": true, "local": [)" +
         Local.str() + R"(], "upstream": [)" + Upstream.str() +
         R"(], "preserve": [], "preserveExternals": false, "incremental": false,
             "previousKeysFile": null, "keysFile": null, "baseWhereTied": null})";
}

Expected<json::Value> ask(Service &Engine, StringRef Method, StringRef Params, uint32_t Job = 1) {
  return Engine.request(Method, Params, Job, [](std::string) {});
}

void initialize(Service &Engine, StringRef Arguments = "") {
  valueOf(Engine.initialize(initializeParams(Arguments)));
}

/// Runs Body in a child and expects no failure in it.
template <typename F> void inChild(F Body) {
  EXPECT_EXIT(
      {
        Body();
        std::exit(testing::Test::HasFailure() ? 1 : 0);
      },
      testing::ExitedWithCode(0), "");
}

TEST(Service, SaysWhatIsLoaded) {
  inChild([] {
    Service Engine;
    json::Object Info = *valueOf(Engine.initialize(initializeParams(
                                     R"("-mergefunc-use-aliases", "-import-cold-multiplier=0.1")")))
                             .getAsObject();
    EXPECT_TRUE(contains(*Info.getString("path"), "libLLVM"));
    EXPECT_TRUE(Info.getString("version")->starts_with(lto_inspector::compat::series() + "."));
    EXPECT_TRUE(
        Info.getString("compiledAgainst")->starts_with(lto_inspector::compat::series() + "."));
    EXPECT_FALSE(Info.getArray("targets")->empty());
  });
}

TEST(Service, RefusesArgumentsThatLlvmDoesNotTake) {
  for (const char *Argument : {"-no-such-option", "-import-instr-limit=many", "-help", "--help",
                               "-help-list", "--version"})
    inChild([&] {
      Service Engine;
      ErrorReport Report = errorOf(Engine.initialize(initializeParams(jsonOf(Argument))));
      EXPECT_EQ(Report.Name, "EngineFailed") << Argument;
      EXPECT_TRUE(contains(Report.Message, "-C llvm-args")) << Report.Message;
    });
}

TEST(Service, IsInitialisedOnceAndBeforeAnyRequest) {
  inChild([] {
    Service Engine;
    EXPECT_EQ(errorOf(ask(Engine, "release", R"({"unit": "u"})")).Name, "Internal");
    initialize(Engine);
    EXPECT_EQ(errorOf(Engine.initialize(initializeParams(""))).Name, "Internal");
    valueOf(ask(Engine, "release", R"({"unit": "u"})"));
  });
}

TEST(Service, RefusesWhatItDoesNotKnow) {
  inChild([] {
    Service Engine;
    initialize(Engine);
    EXPECT_EQ(errorOf(ask(Engine, "no-such-request", "{}")).Name, "Internal");
    EXPECT_EQ(
        errorOf(ask(Engine, "optimize", R"({"unit": "u", "module": "m", "stages": []})")).Name,
        "UnknownUnit");
  });
}

TEST(Service, ReadsWhatItCanAndReportsTheRest) {
  Scratch Folder;
  std::string Good = Folder.file("good.bc", thinBitcode("define void @f() { ret void }"));
  std::string Bad = Folder.file("bad.bc", "words");
  inChild([&] {
    Service Engine;
    initialize(Engine);
    std::string Params = R"({"members": "all", "files": [)" + jsonOf(Bad) + "," + jsonOf(Good) +
                         "," + jsonOf(Folder.path("absent")) + "]}";
    json::Value Answer = valueOf(ask(Engine, "readModules", Params));
    const json::Array &Modules = *Answer.getAsObject()->getArray("modules");
    const json::Array &Errors = *Answer.getAsObject()->getArray("errors");
    ASSERT_EQ(Modules.size(), 1u);
    EXPECT_EQ(Modules[0].getAsObject()->getString("name"), "good.bc");
    ASSERT_EQ(Errors.size(), 2u);
    EXPECT_EQ(Errors[0].getAsObject()->getString("file"), StringRef(Bad));
    EXPECT_EQ(Errors[1].getAsObject()->getString("name"), "UnreadableFile");
  });
}

const char *const Main = R"(
declare i32 @_RNvC1u5small(i32)
define i32 @main(i32 %n) {
  %r = call i32 @_RNvC1u5small(i32 %n)
  ret i32 %r
}
)";

const char *const Small = R"(
@_RNvC1u4USED = global i8 1
@llvm.used = appending global [1 x ptr] [ptr @_RNvC1u4USED], section "llvm.metadata"
define i32 @_RNvC1u5small(i32 %n) {
  ret i32 %n
}
)";

/// A file of each kind in a unit.
struct UnitFiles : Scratch {
  std::string MainFile = file("main.bc", plainBitcode(Main));
  std::string Rlib = file(
      "libu.rlib", archiveOf({{"u.rcgu.o", thinBitcode(Small)}, {"odd-name.o", thinBitcode("")}}));
  std::string local(StringRef Origin = "local") const {
    return localModule("main", MainFile, Origin, /*Reserialize=*/true);
  }
  std::string upstream() const {
    return R"({"crate": "u", "members": null, "file": )" + jsonOf(Rlib) + "}";
  }
};

std::vector<std::string> stringsOf(const json::Value &Answer, StringRef Property) {
  std::vector<std::string> Found;
  for (const json::Value &Module : *Answer.getAsObject()->getArray("modules"))
    Found.push_back(Module.getAsObject()->getString(Property)->str());
  return Found;
}

using Words = std::vector<std::string>;

TEST(Service, AnalysesAndOptimizesAUnit) {
  UnitFiles Files;
  inChild([&] {
    Service Engine;
    initialize(Engine);
    json::Value Answer =
        valueOf(ask(Engine, "analyze", analyzeParams(Files.local(), Files.upstream(), R"("bin")")));
    EXPECT_EQ(stringsOf(Answer, "name"), (Words{"main", "u.rcgu.o"}));
    EXPECT_EQ(stringsOf(Answer, "origin"), (Words{"local", "upstream"}));
    // main, the upstream crate's #[used] static, and the profiler's symbol.
    EXPECT_EQ(Answer.getAsObject()->getInteger("preservedSymbols"), 4);
    EXPECT_EQ(Answer.getAsObject()->getInteger("localPreservedSymbols"), 1);

    std::vector<std::string> Progress;
    std::string Params = R"({"unit": "u", "module": "main", "blobs": )" +
                         jsonOf(Files.path("blobs")) +
                         R"(, "stages": ["thin-lto-input", "thin-lto-after-rename"]})";
    json::Value Optimized = valueOf(Engine.request(
        "optimize", Params, 2, [&](std::string Text) { Progress.push_back(std::move(Text)); }));
    EXPECT_EQ(Progress, (Words{R"({"module":"main","stage":"thin-lto-input","unit":"u"})",
                               R"({"module":"main","stage":"thin-lto-after-rename","unit":"u"})"}));
    const json::Array &Stages = *Optimized.getAsObject()->getArray("stages");
    ASSERT_EQ(Stages.size(), 2u);
    std::string Blob = Stages[0].getAsObject()->getString("blob")->str();
    EXPECT_TRUE(contains(
        contentOf(Files.path("blobs/" + Blob.substr(0, 2) + "/" + Blob.substr(2) + ".bc")), "BC"));
    EXPECT_GT(*Optimized.getAsObject()->getInteger("peakMemoryBytes"), 1 << 20);

    EXPECT_EQ(
        errorOf(ask(Engine, "optimize", R"({"unit": "u", "module": "absent", "stages": []})")).Name,
        "UnknownModule");
    valueOf(ask(Engine, "release", R"({"unit": "u"})"));
    EXPECT_EQ(errorOf(ask(Engine, "optimize", Params)).Name, "UnknownUnit");
  });
}

TEST(Service, TakesKeysApartInPortions) {
  UnitFiles Files;
  inChild([&] {
    Service Engine;
    initialize(Engine);
    json::Value Analysed =
        valueOf(ask(Engine, "analyze", analyzeParams(Files.local(), Files.upstream(), R"("bin")")));
    Words Keys;
    for (StringRef First : {"0", "1", "2"}) {
      json::Value Answer = valueOf(ask(
          Engine, "keyComponents", (R"({"unit": "u", "count": 1, "first": )" + First + "}").str()));
      EXPECT_EQ(Answer.getAsObject()->getInteger("total"), 2);
      for (const json::Value &Module : *Answer.getAsObject()->getArray("modules")) {
        EXPECT_EQ(Module.getAsObject()->getBoolean("exact"), true);
        EXPECT_EQ(Module.getAsObject()->getArray("digests")->size(), KeyParts);
        EXPECT_FALSE(Answer.getAsObject()->getArray("symbols")->empty());
        Keys.push_back(Module.getAsObject()->getString("key")->str());
      }
    }
    EXPECT_EQ(Keys, stringsOf(Analysed, "key"));
    EXPECT_EQ(
        errorOf(ask(Engine, "keyComponents", R"({"unit": "x", "count": 1, "first": 0})")).Name,
        "UnknownUnit");
    json::Value Names =
        valueOf(ask(Engine, "demangle", R"({"symbols": ["_ZN1a1b17h0123456789abcdefE", "c"]})"));
    EXPECT_EQ(*Names.getAsObject()->getArray("names"), (json::Array{"a::b", "c"}));
  });
}

TEST(Service, SaysWhatIsImportedAndInlined) {
  UnitFiles Files;
  inChild([&] {
    Service Engine;
    initialize(Engine);
    valueOf(ask(Engine, "analyze", analyzeParams(Files.local(), Files.upstream(), R"("bin")")));
    json::Value Imports =
        valueOf(ask(Engine, "importDecisions", R"({"unit": "u", "count": 9, "first": 0})"));
    EXPECT_EQ(Imports.getAsObject()->getInteger("total"), 2);
    EXPECT_EQ(Imports.getAsObject()->getObject("limits")->getInteger("instructions"), 100);
    for (const json::Value &Module : *Imports.getAsObject()->getArray("modules"))
      EXPECT_NE(Module.getAsObject()->getObject("decided"), nullptr);
    EXPECT_EQ(
        errorOf(ask(Engine, "importDecisions", R"({"unit": "x", "count": 1, "first": 0})")).Name,
        "UnknownUnit");

    std::string Blobs = Files.path("blobs");
    json::Value Made = valueOf(ask(Engine, "optimize",
                                   R"({"unit": "u", "module": "main", "blobs": )" + jsonOf(Blobs) +
                                       R"(, "stages": ["thin-lto-after-pm"]})"));
    auto PathOf = [&](StringRef Blob) {
      return Blobs + "/" + Blob.take_front(2).str() + "/" + Blob.drop_front(2).str() + ".bc";
    };
    std::string Stage =
        PathOf(*Made.getAsObject()->getArray("stages")->front().getAsObject()->getString("blob"));
    auto Ask = [&](StringRef Module, StringRef File) {
      return ask(Engine, "inlineDecisions",
                 R"({"unit": "u", "blobs": )" + jsonOf(Blobs) + R"(, "stageFile": )" +
                     jsonOf(File) + R"(, "module": )" + jsonOf(Module) + "}");
    };
    json::Value Answer = valueOf(Ask("main", Stage));
    auto ContentOf = [&](StringRef Kind) {
      StringRef Blob = *Answer.getAsObject()->getObject(Kind)->getString("blob");
      return valueOf(json::parse(contentOf(PathOf(Blob))));
    };
    json::Value Ledger = ContentOf("ledger");
    EXPECT_EQ(Ledger.getAsObject()->getString("module"), "main");
    EXPECT_TRUE(Ledger.getAsObject()->getArray("different")->empty());
    EXPECT_GT(*Ledger.getAsObject()->getInteger("functions"), 0);
    json::Value Remarks = ContentOf("remarks");
    EXPECT_EQ(Remarks.getAsObject()->getString("module"), "main");
    EXPECT_EQ(Remarks.getAsObject()->getBoolean("isTrue"), true);
    EXPECT_EQ(errorOf(Ask("absent", Stage)).Name, "UnknownModule");
    EXPECT_EQ(errorOf(Ask("main", Files.path("absent.bc"))).Name, "UnreadableFile");
  });
}

TEST(Service, SaysWhatKeepsSymbols) {
  UnitFiles Files;
  std::string Module = Files.path("kept.bc");
  inChild([&] {
    Service Engine;
    initialize(Engine);
    valueOf(ask(Engine, "analyze", analyzeParams(Files.local(), Files.upstream(), R"("bin")")));
    json::Value Preserved =
        valueOf(ask(Engine, "preservedSymbols", R"({"unit": "u", "count": 1, "first": 0})"));
    EXPECT_GT(*Preserved.getAsObject()->getInteger("total"), 1);
    EXPECT_EQ(Preserved.getAsObject()->getArray("symbols")->size(), 1u);
    EXPECT_EQ(
        errorOf(ask(Engine, "preservedSymbols", R"({"unit": "x", "count": 1, "first": 0})")).Name,
        "UnknownUnit");

    std::string Blobs = Files.path("blobs");
    auto Ask = [&](StringRef File) {
      return ask(Engine, "references",
                 R"({"module": "main", "blobs": )" + jsonOf(Blobs) + R"(, "stageFile": )" +
                     jsonOf(File) + "}");
    };
    json::Value Made = valueOf(ask(Engine, "optimize",
                                   R"({"unit": "u", "module": "main", "blobs": )" + jsonOf(Blobs) +
                                       R"(, "stages": ["thin-lto-after-pm"]})"));
    auto PathOf = [&](StringRef Blob) {
      return Blobs + "/" + Blob.take_front(2).str() + "/" + Blob.drop_front(2).str() + ".bc";
    };
    std::string Stage =
        PathOf(*Made.getAsObject()->getArray("stages")->front().getAsObject()->getString("blob"));
    json::Value Answer = valueOf(Ask(Stage));
    json::Value Found =
        valueOf(json::parse(contentOf(PathOf(*Answer.getAsObject()->getString("blob")))));
    EXPECT_EQ(Found.getAsObject()->getString("module"), "main");
    EXPECT_FALSE(Found.getAsObject()->getArray("definitions")->empty());
    EXPECT_EQ(errorOf(Ask(Module)).Name, "UnreadableFile");
  });
}

TEST(Service, ListsWhatFilesDefine) {
  Scratch Folder;
  std::string Good = Folder.file(
      "good.bc", thinBitcode("define internal void @f() { ret void }\ndeclare void @g()"));
  std::string Absent = Folder.path("absent.bc");
  inChild([&] {
    Service Engine;
    initialize(Engine);
    std::string Params = R"({"files": [{"file": )" + jsonOf(Good) +
                         R"(, "module": "m"}, {"file": )" + jsonOf(Absent) +
                         R"(, "module": "n"}]})";
    json::Value Answer = valueOf(ask(Engine, "definedSymbols", Params));
    EXPECT_EQ(*Answer.getAsObject()->getArray("symbols"),
              (json::Array{json::Array{"f"}, json::Array{}}));
    const json::Array &Errors = *Answer.getAsObject()->getArray("errors");
    ASSERT_EQ(Errors.size(), 1u);
    EXPECT_EQ(Errors[0].getAsObject()->getString("file"), StringRef(Absent));
    EXPECT_EQ(errorOf(ask(Engine, "definedSymbols", R"({"files": 1})")).Name, "Internal");
  });
}

TEST(Service, LinksAUnitOfFatLto) {
  UnitFiles Files;
  inChild([&] {
    Service Engine;
    initialize(Engine);
    std::string Params = analyzeParams(Files.local(), Files.upstream(), R"("bin")");
    Params.replace(Params.find(R"("thin")"), 6, R"("fat")");
    json::Value Answer = valueOf(ask(Engine, "analyze", Params));
    EXPECT_EQ(Answer.getAsObject()->getString("fatDigest")->size(), 40u);
    const json::Array &Modules = *Answer.getAsObject()->getArray("modules");
    const json::Object &Base = *Modules[0].getAsObject();
    EXPECT_EQ(Base.getString("verdict"), "linked");
    EXPECT_EQ(Base.getString("reason"), "base-module");
    EXPECT_EQ(Modules.back().getAsObject()->getString("reason"), "linked-into-base");
    auto Optimize = [&](StringRef Module, StringRef Stages) {
      return ask(Engine, "optimize",
                 R"({"unit": "u", "stages": [)" + Stages.str() + R"(], "module": )" +
                     jsonOf(Module) + "}");
    };
    json::Value Done =
        valueOf(Optimize(*Base.getString("name"), R"("lto.input", "lto.after-restriction")"));
    EXPECT_EQ(Done.getAsObject()->getArray("stages")->size(), 2u);
    EXPECT_EQ(errorOf(Optimize(*Base.getString("name"), R"("thin-lto-after-pm")")).Name,
              "Internal");
    StringRef Other = *Modules.back().getAsObject()->getString("name");
    EXPECT_EQ(errorOf(Optimize(Other, R"("lto.input")")).Name, "UnknownModule");
    ErrorReport NoKeys =
        errorOf(ask(Engine, "keyComponents", R"({"unit": "u", "count": 1, "first": 0})"));
    EXPECT_EQ(NoKeys.Name, "NothingToInspect");
    EXPECT_TRUE(StringRef(NoKeys.Message).contains("fat LTO has no keys"));
    ErrorReport NoImports =
        errorOf(ask(Engine, "importDecisions", R"({"unit": "u", "count": 1, "first": 0})"));
    EXPECT_TRUE(StringRef(NoImports.Message).contains("fat LTO imports nothing"));
  });
}

TEST(Service, TakesPlainInputsAsEquals) {
  UnitFiles Files;
  inChild([&] {
    Service Engine;
    initialize(Engine);
    json::Value Answer =
        valueOf(ask(Engine, "analyze", analyzeParams(Files.local("input"), Files.upstream())));
    // Every member, with any name.
    EXPECT_EQ(stringsOf(Answer, "name"), (Words{"main", "u.rcgu.o", "odd-name.o"}));
    EXPECT_EQ(stringsOf(Answer, "origin"), (Words{"input", "input", "input"}));
    Answer = valueOf(ask(Engine, "analyze", analyzeParams("", Files.upstream())));
    EXPECT_EQ(stringsOf(Answer, "origin"), (Words{"input", "input"}));
  });
}

TEST(Service, RefusesWhatRustcRefuses) {
  UnitFiles Files;
  inChild([&] {
    Service Engine;
    initialize(Engine);
    EXPECT_EQ(errorOf(ask(Engine, "analyze", analyzeParams(Files.local(), "", R"("rlib")"))).Name,
              "LtoDisallowed");
  });
}

TEST(Service, GivesTheFirstOfSeveralErrorsAndGoesOn) {
  UnitFiles Files;
  inChild([&] {
    Service Engine;
    initialize(Engine);
    std::string Local = localModule("a", Files.path("absent-a"), "local") + "," + Files.local() +
                        "," + localModule("b", Files.path("absent-b"), "local");
    ErrorReport Report = errorOf(ask(Engine, "analyze", analyzeParams(Local)));
    EXPECT_EQ(Report.Name, "UnreadableFile");
    EXPECT_EQ(Report.File, Files.path("absent-a"));
    valueOf(ask(Engine, "analyze", analyzeParams(Files.local())));
  });
}

TEST(Service, CancelsAJobThatNoThreadHasTakenUp) {
  UnitFiles Files;
  inChild([&] {
    Service Engine;
    initialize(Engine);
    Engine.announce(7);
    Engine.cancel(7);
    EXPECT_EQ(errorOf(ask(Engine, "analyze", analyzeParams(Files.local()), 7)).Name, "Cancelled");
    // The id is free again, and unknown ids are ignored.
    valueOf(ask(Engine, "analyze", analyzeParams(Files.local()), 7));
    Engine.cancel(12345);
  });
}

TEST(Service, CancelsAJobUnderWay) {
  UnitFiles Files;
  inChild([&] {
    Service Engine;
    initialize(Engine);
    valueOf(ask(Engine, "analyze", analyzeParams(Files.local())));
    ErrorReport Report =
        errorOf(Engine.request("optimize", R"({"unit": "u", "module": "main", "stages": []})", 3,
                               [&](std::string) { Engine.cancel(3); }));
    EXPECT_EQ(Report.Name, "Cancelled");
    EXPECT_EQ(Report.Stage, "thin-lto-input");
  });
}

TEST(Service, HoldsTwoUnitsAndManyRequestsAtOnce) {
  UnitFiles Files;
  inChild([&] {
    Service Engine;
    initialize(Engine);
    std::string Other = analyzeParams(Files.local());
    Other.replace(Other.find(R"("u")"), 3, R"("v")");
    std::vector<std::thread> Threads;
    for (int T = 0; T < 4; ++T)
      Threads.emplace_back([&, T] {
        for (int I = 0; I < 5; ++I) {
          std::string Unit = T % 2 ? "u" : "v";
          valueOf(ask(Engine, "analyze", T % 2 ? analyzeParams(Files.local()) : Other, 100 + T));
          valueOf(ask(Engine, "optimize",
                      R"({"module": "main", "stages": ["thin-lto-after-pm"], "unit": )" +
                          jsonOf(Unit) + "}",
                      200 + T));
        }
      });
    for (std::thread &Thread : Threads)
      Thread.join();
  });
}

} // namespace

} // namespace service_test
