#include "lto/pipeline/target_machine.h"

#include "lto/compat/triples.h"
#include "lto/llvm/error.h"
#include "llvm/CodeGen/CommandFlags.h"
#include "llvm/MC/TargetRegistry.h"

using namespace llvm;

// Registers LLVM's code generation flags, so that -C llvm-args may name them as in rustc.
static codegen::RegisterCodeGenFlags CodeGenFlags;

namespace lto_inspector::pipeline {

using namespace support;

static CodeGenOptLevel codeGenLevel(OptLevel Level) {
  switch (Level) {
  case OptLevel::O0:
    return CodeGenOptLevel::None;
  case OptLevel::O1:
    return CodeGenOptLevel::Less;
  case OptLevel::O3:
    return CodeGenOptLevel::Aggressive;
  case OptLevel::O2:
  case OptLevel::Os:
  case OptLevel::Oz:
    return CodeGenOptLevel::Default;
  }
  llvm_unreachable("all levels are listed");
}

static void applyTo(TargetOptions &Options, const CodegenSettings &Codegen, const Triple &T) {
  Options.FloatABIType = Codegen.FloatAbi;
  Options.DataSections = Codegen.FunctionSections;
  Options.FunctionSections = Codegen.FunctionSections;
  Options.UniqueSectionNames = Codegen.UniqueSectionNames;
  Options.UseInitArray = Codegen.UseInitArray;
  Options.EmulatedTLS = Codegen.EmulatedTls;
  if (Codegen.Singlethread)
    Options.ThreadModel = ThreadModel::Single;
  // As newer releases do; with older LLVMs, the target itself replaces it.
  if (T.isWasm() && !T.isOSEmscripten())
    Options.ExceptionModel = ExceptionHandling::Wasm;
  Options.EmitStackSizeSection = Codegen.EmitStackSizes;
  if (Codegen.TrapUnreachable) {
    Options.TrapUnreachable = true;
    Options.NoTrapAfterNoreturn = !T.isWasm();
  }
  MCTargetOptions &Assembler = Options.MCOptions;
  Assembler.AsmVerbose = false;
  Assembler.PreserveAsmComments = true;
  Assembler.ABIName = Codegen.Abi;
  Assembler.CompressDebugSections = Codegen.DebugCompression;
  Assembler.X86RelaxRelocations = Codegen.RelaxElfRelocations;
  Assembler.SplitDwarfFile = Codegen.SplitDwarfFile;
}

Expected<std::unique_ptr<TargetMachine>> createTargetMachine(const TargetSettings &Settings,
                                                             const Module &M,
                                                             const CodegenSettings *Codegen) {
  Triple T(Triple::normalize(Settings.Triple ? *Settings.Triple : compat::tripleOf(M).str()));
  std::string Why;
  const Target *TheTarget = compat::lookupTarget(T, Why);
  if (!TheTarget)
    return makeError("EngineFailed", "this libLLVM cannot compile for " + T.str() + ": " + Why, {},
                     M.getModuleIdentifier());
  TargetOptions Options = codegen::InitTargetOptionsFromCodeGenFlags(T);
  if (Codegen)
    applyTo(Options, *Codegen, T);
  std::unique_ptr<TargetMachine> TM(TheTarget->createTargetMachine(
      compat::asLlvmTakesIt(T), Settings.Cpu, Settings.Features, Options, Settings.Relocation,
      Settings.CodeModel, codeGenLevel(Settings.Level)));
  if (!TM)
    return makeError("EngineFailed", "LLVM makes no target machine for " + T.str(), {},
                     M.getModuleIdentifier());
  return TM;
}

} // namespace lto_inspector::pipeline
