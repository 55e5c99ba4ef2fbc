#include "test/support/modules.h"

#include "lto/compat/guids.h"
#include "lto/llvm/targets.h"
#include "lto/rustc/thin_buffer.h"
#include "test/support/expected.h"
#include "llvm/Analysis/ModuleSummaryAnalysis.h"
#include "llvm/Analysis/ProfileSummaryInfo.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include <gtest/gtest.h>

using namespace llvm;

namespace lto_inspector::test {

using namespace support;
using namespace rustc;

const char *const Target = R"(
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
)";

namespace {
/// Registers LLVM's targets before the first test.
struct TargetsEnvironment : testing::Environment {
  void SetUp() override { initializeTargets(); }
};
const testing::Environment *const Registered =
    testing::AddGlobalTestEnvironment(new TargetsEnvironment);
} // namespace

std::unique_ptr<Module> parse(LLVMContext &Context, StringRef Text) {
  SMDiagnostic Problem;
  std::unique_ptr<Module> M = parseAssemblyString((Target + Text).str(), Problem, Context);
  if (M)
    return M;
  std::string Words;
  raw_string_ostream OS(Words);
  Problem.print("test", OS);
  ADD_FAILURE() << Words;
  return std::make_unique<Module>("broken", Context);
}

std::string plainBitcode(StringRef Text) {
  LLVMContext Context;
  std::string Bytes;
  raw_string_ostream OS(Bytes);
  WriteBitcodeToFile(*parse(Context, Text), OS);
  return Bytes;
}

std::string thinBitcode(StringRef Text) {
  LLVMContext Context;
  return prepareThin(*parse(Context, Text))->getBuffer().str();
}

std::string fullLtoBitcode(StringRef Text) {
  LLVMContext Context;
  std::unique_ptr<Module> M = parse(Context, Text);
  M->addModuleFlag(Module::Error, "ThinLTO", uint32_t(0));
  lto_inspector::compat::assignGuids(*M);
  ProfileSummaryInfo Profile(*M);
  ModuleSummaryIndex Index = buildModuleSummaryIndex(*M, nullptr, &Profile);
  std::string Bytes;
  raw_string_ostream OS(Bytes);
  WriteBitcodeToFile(*M, OS, /*ShouldPreserveUseListOrder=*/false, &Index);
  return Bytes;
}

LtoModule moduleOf(StringRef Name, std::string Bitcode, ModuleOrigin Origin, bool Green) {
  LtoModule Module;
  Module.Name = Name.str();
  Module.Origin = Origin;
  Module.File = Name.str() + ".bc";
  Module.Green = Green;
  Module.Bitcode = MemoryBuffer::getMemBufferCopy(Bitcode, Name);
  return Module;
}

std::string disassemble(StringRef Bitcode) {
  LLVMContext Context;
  Expected<std::unique_ptr<Module>> M =
      parseBitcodeFile(MemoryBufferRef(Bitcode, "stage"), Context);
  if (!M) {
    ADD_FAILURE() << toString(M.takeError());
    return {};
  }
  std::string Text;
  raw_string_ostream OS(Text);
  (*M)->print(OS, nullptr);
  return Text;
}

Error MemorySink::save(StringRef ContentHash, StringRef Bitcode) {
  std::lock_guard<std::mutex> Lock(Mutex);
  Saved[ContentHash.str()] = Bitcode.str();
  return Error::success();
}

std::string objectOf(StringRef Text, const pipeline::CodegenSettings &Codegen) {
  support::initializeTargets();
  LLVMContext Context;
  std::unique_ptr<Module> M = parse(Context, Text);
  pipeline::TargetSettings Settings;
  Settings.Level = pipeline::OptLevel::O3;
  pipeline::ObjectCode Made = valueOf(pipeline::emitObject(*M, Settings, Codegen));
  return std::string(Made.Object.begin(), Made.Object.end());
}

} // namespace lto_inspector::test
