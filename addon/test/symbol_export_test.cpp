#include "lto/rustc/symbol_export.h"
#include "test/support/expected.h"
#include "test/support/modules.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Object/IRSymtab.h"
#include <cstring>

namespace symbol_export_test {

using namespace llvm;
using namespace lto_inspector::support;
using namespace lto_inspector::rustc;
using namespace lto_inspector::test;

namespace {

using Names = std::vector<std::string>;

Names exportedOf(StringRef Text, const SymbolExportRules &Rules) {
  std::string Bitcode = plainBitcode(Text);
  return valueOf(exportedSymbols(MemoryBufferRef(Bitcode, "a"), Rules));
}

/// Every relevant kind of symbol, each with a name that describes it.
const char *const Everything = R"(
@llvm.used = appending global [2 x ptr] [ptr @_RNvCs1_1a4USED, ptr @local_used], section "llvm.metadata"
@llvm.compiler.used = appending global [1 x ptr] [ptr @_RNvCs1_1a8CC_USED_], section "llvm.metadata"
@_RNvCs1_1a4USED = global i8 0
@local_used = internal global i8 0
@_RNvCs1_1a8CC_USED_ = hidden global i8 0
@plain_static = constant i8 1, section ".of_its_own"
@_RNvCs1_1a6hidden = hidden global i8 0
@llvm.global_ctors = appending global [0 x { i32, ptr, ptr }] zeroinitializer
@an_alias = alias i8, ptr @plain_static
define void @_ZN1a4mangled17h0123456789abcdefE() { ret void }
define void @_RNvCs1_1a2v0() { ret void }
define void @plain() { ret void }
define hidden void @plain_hidden() { ret void }
define internal void @internal() { ret void }
define private void @private() { ret void }
define linkonce_odr void @_RNvCs1_1a8linkonce() { ret void }
define weak void @weak_plain() { ret void }
define available_externally void @elsewhere() { ret void }
declare void @declared()
)";

TEST(ExportedSymbols, OfAnExecutableAreTheUnmangledOnes) {
  SymbolExportRules Rules;
  Rules.UsedSymbols = false;
  EXPECT_EQ(exportedOf(Everything, Rules),
            (Names{"plain", "plain_hidden", "weak_plain", "plain_static", "an_alias"}));
}

TEST(ExportedSymbols, OfAnUpstreamCrateHoldWhatIsUsed) {
  SymbolExportRules Rules;
  EXPECT_EQ(exportedOf(Everything, Rules),
            (Names{"plain", "plain_hidden", "weak_plain", "_RNvCs1_1a4USED", "_RNvCs1_1a8CC_USED_",
                   "plain_static", "an_alias"}));
}

TEST(ExportedSymbols, AtTheRustLevelAreAllOfDefaultVisibility) {
  SymbolExportRules Rules;
  Rules.Threshold = SymbolExportLevel::Rust;
  Rules.UsedSymbols = false;
  EXPECT_EQ(
      exportedOf(Everything, Rules),
      (Names{"_ZN1a4mangled17h0123456789abcdefE", "_RNvCs1_1a2v0", "plain", "plain_hidden",
             "_RNvCs1_1a8linkonce", "weak_plain", "_RNvCs1_1a4USED", "plain_static", "an_alias"}));
}

TEST(ExportedSymbols, AreNoneThatAnEarlierThinLtoPromoted) {
  SymbolExportRules Rules;
  Rules.Threshold = SymbolExportLevel::Rust;
  EXPECT_EQ(exportedOf("define hidden void @_RNvCs1_1a1f.llvm.123() { ret void }\n"
                       "define void @_RNvCs1_1a1g.llvm.123() { ret void }\n"
                       "@anon.0.llvm.7 = hidden constant i8 0\n",
                       Rules),
            Names{});
}

TEST(ExportedSymbols, AreNoneThatWerePromotedAndAreUsed) {
  SymbolExportRules Rules;
  EXPECT_EQ(
      exportedOf("@llvm.compiler.used = appending global [2 x ptr] [ptr @_RNvCs1_1a1s.llvm.7, "
                 "ptr @_RNvCs1_1a1t], section \"llvm.metadata\"\n"
                 "@_RNvCs1_1a1s.llvm.7 = hidden global i8 0\n"
                 "@_RNvCs1_1a1t = hidden global i8 0\n",
                 Rules),
      Names{"_RNvCs1_1a1t"});
}

TEST(ExportedSymbols, OfPlainInputsAreAllExternalDefinitions) {
  SymbolExportRules Rules;
  Rules.AllExternals = true;
  Names Found = exportedOf(Everything, Rules);
  for (const char *Expected : {"_RNvCs1_1a6hidden", "_RNvCs1_1a8CC_USED_", "_RNvCs1_1a2v0", "plain",
                               "_RNvCs1_1a8linkonce"})
    EXPECT_TRUE(is_contained(Found, Expected)) << Expected;
  for (const char *Absent : {"internal", "private", "local_used", "elsewhere", "declared",
                             "llvm.used", "llvm.global_ctors"})
    EXPECT_FALSE(is_contained(Found, Absent)) << Absent;
}

TEST(ExportedSymbols, DoNotDependOnTheSymbolTableInTheFile) {
  using Words = std::vector<std::pair<size_t, uint32_t>>;
  using irsymtab::storage::Header;
  // Offsets and values to write into the table; each of them would mislead LLVM's reader.
  const std::pair<const char *, Words> Damages[] = {
      {"another format", {{offsetof(Header, Version), 99}}},
      {"another LLVM's", {{offsetof(Header, Producer) + 4, 0}}},
      {"a producer beyond the strings", {{offsetof(Header, Producer), 0xfffffff0}}},
      {"symbols beyond the table", {{offsetof(Header, Symbols), 0x7ffffff0}}},
      {"more symbols than the table holds", {{offsetof(Header, Symbols) + 4, 0x10000000}}},
      {"fewer uncommons than symbols that have one", {{offsetof(Header, Uncommons) + 4, 0}}},
      {"a name beyond the strings", {{sizeof(Header) + sizeof(irsymtab::storage::Module), ~0u}}},
  };
  std::string Sound = plainBitcode(Everything);
  Names Expected = valueOf(exportedSymbols(MemoryBufferRef(Sound, "a"), {}));
  EXPECT_FALSE(Expected.empty());
  for (const auto &[What, Changes] : Damages) {
    std::string Bitcode = Sound;
    StringRef Symtab = valueOf(getBitcodeFileContents(MemoryBufferRef(Bitcode, "a"))).Symtab;
    for (auto [Offset, Word] : Changes)
      std::memcpy(Bitcode.data() + (Symtab.data() - Bitcode.data()) + Offset, &Word, sizeof(Word));
    EXPECT_EQ(valueOf(exportedSymbols(MemoryBufferRef(Bitcode, "a"), {})), Expected) << What;
  }
}

TEST(UsedSymbols, AreThoseThatALinkerKeepsAnyway) {
  std::string Bitcode = plainBitcode(Everything);
  Names Found = valueOf(usedSymbols(MemoryBufferRef(Bitcode, "a")));
  EXPECT_TRUE(is_contained(Found, "_RNvCs1_1a4USED"));
  EXPECT_FALSE(is_contained(Found, "plain"));
}

TEST(ExportedSymbols, OfWhatIsNoBitcodeAreAnError) {
  EXPECT_NE(errorOf(exportedSymbols(MemoryBufferRef("no bitcode at all", "a"), {})).Message, "");
}

TEST(ExportedSymbols, AreNotThoseThatCodeGenerationAdds) {
  SymbolExportRules Rules;
  const char *const Instrumented =
      "@__rustc_debug_gdb_scripts_section__ = linkonce_odr unnamed_addr constant i8 0\n"
      "@__covrec_10098198639442C9u = linkonce_odr hidden constant i8 0\n"
      "@__llvm_profile_filename = hidden constant i8 0\n"
      "@___asan_globals_registered = common hidden global i64 0\n"
      "define void @main() { ret void }\n";
  EXPECT_EQ(exportedOf(Instrumented, Rules), Names{"main"});
  Rules.Threshold = SymbolExportLevel::Rust;
  EXPECT_EQ(exportedOf(Instrumented, Rules), Names{"main"});
}

TEST(ExportedSymbols, OfAGlobalAllocatorAreAtTheRustLevel) {
  const char *const Defined =
      "define hidden void @_RNvCsfLfy6EI15iL_7___rustc12___rust_alloc() { ret void }\n";
  SymbolExportRules Rules;
  EXPECT_EQ(exportedOf(Defined, Rules), Names{});
  Rules.Threshold = SymbolExportLevel::Rust;
  EXPECT_EQ(exportedOf(Defined, Rules), Names{"_RNvCsfLfy6EI15iL_7___rustc12___rust_alloc"});
}

TEST(ExportedSymbols, ThatAreInternalToStdAreAtTheRustLevelMangledOrNot) {
  const char *const Defined = "define void @__rust_start_panic() { ret void }\n"
                              "define hidden void @rust_begin_unwind() { ret void }\n"
                              "define void @rust_begin_unwinding() { ret void }\n"
                              "define void @__rust() { ret void }\n";
  std::vector<std::string> RustLevel = {"__rust_*", "rust_begin_unwind"};
  SymbolExportRules Rules;
  EXPECT_EQ(exportedOf(Defined, Rules),
            (Names{"__rust_start_panic", "rust_begin_unwind", "rust_begin_unwinding", "__rust"}));
  Rules.RustLevelNames = RustLevel;
  EXPECT_EQ(exportedOf(Defined, Rules), (Names{"rust_begin_unwinding", "__rust"}));
  Rules.Threshold = SymbolExportLevel::Rust;
  EXPECT_EQ(exportedOf(Defined, Rules).size(), 4u);
}

const char *const Shim = R"(
define hidden void @_RNvCs1_7___rustc12___rust_alloc() { ret void }
define hidden void @_RNvCs1_7___rustc14___rust_dealloc() { ret void }
@_RNvCs1_7___rustc35___rust_no_alloc_shim_is_unstable_v2 = hidden constant i8 0
)";

TEST(ExportedSymbols, OfTheAllocatorShimAreAtTheRustLevel) {
  SymbolExportRules Rules;
  Rules.AllocatorModule = true;
  EXPECT_EQ(exportedOf(Shim, Rules), Names{});
  Rules.Threshold = SymbolExportLevel::Rust;
  EXPECT_EQ(exportedOf(Shim, Rules).size(), 3u);
}

TEST(DefinesAllocatorShim, KnowsBothManglings) {
  LLVMContext Context;
  EXPECT_TRUE(definesAllocatorShim(*parse(Context, Shim)));
  EXPECT_TRUE(definesAllocatorShim(*parse(Context, "define void @__rust_alloc() { ret void }")));
  EXPECT_FALSE(definesAllocatorShim(*parse(Context, "declare void @__rust_alloc()")));
  EXPECT_FALSE(definesAllocatorShim(*parse(Context, Everything)));
}

TEST(IsRustMangled, KnowsLegacyAndV0Names) {
  for (const char *Name :
       {"_RNvCs1_1a2v0", "_ZN4core3fmt9Formatter3new17h0123456789abcdefE",
        "_ZN1a17h0123456789abcdefE.llvm.123456", "_RNvCs1_1a2v0.llvm.42", "_RINvC1a1bpE"})
    EXPECT_TRUE(isRustMangled(Name)) << Name;
  for (const char *Name :
       {"main", "_ZNSt6vectorIiE9push_backEi", "_ZN1aE", "", "rust_eh_personality",
        "_ZN4core3fmt9Formatter3new17h0123456789ABCDEFE", "_ZN1a17h0123456789abcdeE", "memcpy"})
    EXPECT_FALSE(isRustMangled(Name)) << Name;
}

} // namespace

} // namespace symbol_export_test
