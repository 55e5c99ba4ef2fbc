// A corrupt bitcode file must cause an error and not a crash, if LLVM allows it. If LLVM itself
// crashes, the engine process dies and reports it (crash_journal_test.cpp), so each trial that
// could crash runs in a child.
#include "lto/rustc/bitcode_file.h"
#include "lto/rustc/optimize_thin_module.h"
#include "test/support/expected.h"
#include "test/support/modules.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/Bitcode/LLVMBitCodes.h"
#include "llvm/Bitstream/BitstreamWriter.h"
#include <random>
#include <sys/wait.h>
#include <unistd.h>

namespace corrupt_bitcode_test {

using namespace llvm;
using namespace lto_inspector::support;
using namespace lto_inspector::pipeline;
using namespace lto_inspector::rustc;
using namespace lto_inspector::test;

namespace {

const char *const Text = R"(
@s = constant [6 x i8] c"hello\00"
declare i32 @puts(ptr)
define i32 @main(i32 %n) {
entry:
  %more = icmp sgt i32 %n, 3
  br i1 %more, label %yes, label %no
yes:
  %r = call i32 @puts(ptr @s)
  ret i32 %r
no:
  ret i32 0
}
)";

/// Takes the bitcode through the whole of thin LTO. Errors: whatever is found wrong.
Error process(const std::string &Bitcode) {
  Expected<Producer> WrittenBy = readProducer(MemoryBufferRef(Bitcode, "m"));
  if (!WrittenBy)
    return WrittenBy.takeError();
  std::vector<LtoModule> Modules;
  Modules.push_back(moduleOf("m", Bitcode));
  SelfProfiler Profiler;
  std::vector<Timing> Timings;
  Expected<std::unique_ptr<ThinShared>> Shared = runThin({}, std::move(Modules), Profiler, Timings);
  if (!Shared)
    return Shared.takeError();
  OptimizeOptions Options;
  std::atomic<bool> Cancelled = false;
  return optimizeThinModule(**Shared, 0, Options, Cancelled, Profiler, Timings).takeError();
}

enum Outcome { Fine, Refused, Faulted };

/// Runs process() in a child.
Outcome outcomeOf(const std::string &Bitcode) {
  pid_t Child = fork();
  if (Child == 0) {
    // LLVM's output when it crashes is irrelevant here.
    close(STDERR_FILENO);
    Error E = process(Bitcode);
    int Code = E ? 1 : 0;
    consumeError(std::move(E));
    _exit(Code);
  }
  int Status = 0;
  EXPECT_EQ(waitpid(Child, &Status, 0), Child);
  if (!WIFEXITED(Status))
    return Faulted;
  return WEXITSTATUS(Status) == 0 ? Fine : Refused;
}

TEST(CorruptBitcode, IsFineWhenItIsWhole) { succeeds(process(thinBitcode(Text))); }

TEST(CorruptBitcode, TruncatedAnywhereIsRefused) {
  std::string Whole = thinBitcode(Text);
  for (size_t Size = 0; Size < Whole.size(); Size += 4) {
    Error E = process(Whole.substr(0, Size));
    EXPECT_TRUE(static_cast<bool>(E)) << "cut to " << Size << " of " << Whole.size() << " bytes";
    consumeError(std::move(E));
  }
}

TEST(CorruptBitcode, TruncatedWithinAWordIsRefused) {
  std::string Whole = thinBitcode(Text);
  ErrorReport Report = errorOf(process(Whole.substr(0, Whole.size() - 3)));
  EXPECT_EQ(Report.Name, "ParseBitcode");
}

TEST(CorruptBitcode, ABitFlippedInTheHeaderIsRefusedOrHarmless) {
  std::string Whole = thinBitcode(Text);
  for (size_t Bit = 0; Bit < 8 * 24; ++Bit) {
    std::string Flipped = Whole;
    Flipped[Bit / 8] ^= 1 << (Bit % 8);
    Outcome Found = outcomeOf(Flipped);
    EXPECT_NE(Found, Faulted) << "bit " << Bit;
    // The magic number.
    EXPECT_TRUE(Bit >= 32 || Found == Refused) << "bit " << Bit;
  }
}

TEST(CorruptBitcode, RandomBytesAreRefused) {
  std::mt19937 Random(42);
  for (size_t Size : {4, 16, 100, 1000, 10000}) {
    std::string Bytes = "BC\xC0\xDE";
    while (Bytes.size() < Size)
      Bytes += static_cast<char>(Random());
    EXPECT_EQ(outcomeOf(Bytes), Refused) << Size << " bytes";
  }
}

TEST(CorruptBitcode, FlippedBitsEndInAnErrorOrInTheProcessesDeath) {
  std::string Whole = thinBitcode(Text);
  std::mt19937 Random(7);
  unsigned Counts[3] = {};
  for (int Trial = 0; Trial < 100; ++Trial) {
    std::string Flipped = Whole;
    Flipped[Random() % Flipped.size()] ^= 1 << (Random() % 8);
    ++Counts[outcomeOf(Flipped)];
  }
  // Most flips are detected; LLVM crashes on some, which no caller can prevent.
  EXPECT_GT(Counts[Fine] + Counts[Refused], 80u);
  EXPECT_GT(Counts[Refused], 10u);
}

/// An identification block as a future LLVM could write it, without a module.
std::string bitcodeOfEpoch(unsigned Epoch) {
  SmallVector<char, 0> Bytes;
  {
    BitstreamWriter Writer(Bytes);
    for (char Byte : {'B', 'C'})
      Writer.Emit(Byte, 8);
    for (unsigned Nibble : {0x0, 0xC, 0xE, 0xD})
      Writer.Emit(Nibble, 4);
    Writer.EnterSubblock(bitc::IDENTIFICATION_BLOCK_ID, 5);
    SmallVector<uint64_t, 16> Words;
    for (char Byte : StringRef("LLVM99.0.0"))
      Words.push_back(Byte);
    Writer.EmitRecord(bitc::IDENTIFICATION_CODE_STRING, Words);
    Writer.EmitRecord(bitc::IDENTIFICATION_CODE_EPOCH, ArrayRef<uint64_t>{uint64_t(Epoch)});
    Writer.ExitBlock();
    Writer.EnterSubblock(bitc::MODULE_BLOCK_ID, 3);
    Writer.ExitBlock();
  }
  return std::string(Bytes.begin(), Bytes.end());
}

TEST(CorruptBitcode, OfAForeignEpochIsRefusedWithLlvmsWords) {
  ErrorReport Report = errorOf(process(bitcodeOfEpoch(1)));
  EXPECT_EQ(Report.Name, "ParseBitcode");
  EXPECT_TRUE(contains(Report.Message, "Incompatible epoch: Bitcode '1' vs current: '0'"))
      << Report.Message;
}

TEST(CorruptBitcode, OfANewerLlvmNamesWhoWroteIt) {
  Producer Found = valueOf(readProducer(MemoryBufferRef(bitcodeOfEpoch(0), "m")));
  EXPECT_EQ(Found.Identification, "LLVM99.0.0");
  EXPECT_EQ(Found.Version, "99.0.0");
  EXPECT_EQ(Found.SymtabProducer, "");
}

TEST(CorruptBitcode, WithTwoModulesInOneFileIsRefused) {
  LLVMContext Context;
  std::unique_ptr<Module> M = parse(Context, "define void @f() { ret void }");
  SmallVector<char, 0> Bytes;
  BitcodeWriter Writer(Bytes);
  Writer.writeModule(*M);
  Writer.writeModule(*M);
  Writer.writeStrtab();
  ErrorReport Report = errorOf(process(std::string(Bytes.begin(), Bytes.end())));
  EXPECT_TRUE(contains(Report.Message, "Expected a single module")) << Report.Message;
}

} // namespace

} // namespace corrupt_bitcode_test
