#include "lto/llvm/assembler.h"

#include "lto/compat/assemblers.h"
#include "lto/llvm/error.h"
#include "llvm/MC/MCAsmBackend.h"
#include "llvm/MC/MCCodeEmitter.h"
#include "llvm/MC/MCObjectFileInfo.h"
#include "llvm/MC/MCObjectWriter.h"
#include "llvm/MC/MCStreamer.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace lto_inspector::support {

/// Keeps the first error; LLVM would print all of them.
static void keepFirstError(const SMDiagnostic &Said, void *First) {
  auto &Kept = *static_cast<std::string *>(First);
  if (Said.getKind() == SourceMgr::DK_Error && Kept.empty())
    Kept = (Said.getMessage() + ": " + Said.getLineContents().trim()).str();
}

Expected<SmallVector<char, 0>> assemble(StringRef Text, const AssemblerOptions &Options) {
  const Triple &T = Options.Triple;
  std::string Why;
  const Target *Machine = compat::lookupTarget(T, Why);
  if (!Machine || !Machine->hasMCAsmBackend())
    return makeError("EngineFailed", "this libLLVM has no assembler for " + T.str());
  auto Taken = compat::asLlvmTakesIt(T);
  std::unique_ptr<MCRegisterInfo> Registers(Machine->createMCRegInfo(Taken));
  std::unique_ptr<MCAsmInfo> Asm(Machine->createMCAsmInfo(*Registers, Taken, Options.Target));
  std::unique_ptr<MCInstrInfo> Instructions(Machine->createMCInstrInfo());
  std::unique_ptr<MCSubtargetInfo> Subtarget(
      Machine->createMCSubtargetInfo(Taken, Options.Cpu, ""));
  Subtarget->setFeatureBits(Options.Features);

  std::string FirstError;
  SourceMgr Sources;
  Sources.setDiagHandler(keepFirstError, &FirstError);
  Sources.AddNewSourceBuffer(MemoryBuffer::getMemBuffer(Text, "assembly", false), SMLoc());
  std::unique_ptr<MCContext> Context =
      compat::machineCodeContext(T, *Asm, *Registers, *Subtarget, Sources, Options.Target);
  std::unique_ptr<MCObjectFileInfo> Sections(Machine->createMCObjectFileInfo(
      *Context, Options.PositionIndependent, Options.LargeCodeModel));
  Context->setObjectFileInfo(Sections.get());

  SmallVector<char, 0> Object;
  raw_svector_ostream Out(Object);
  std::unique_ptr<MCCodeEmitter> Emitter(Machine->createMCCodeEmitter(*Instructions, *Context));
  std::unique_ptr<MCAsmBackend> Backend(
      Machine->createMCAsmBackend(*Subtarget, *Registers, Options.Target));
  std::unique_ptr<MCObjectWriter> Writer = Backend->createObjectWriter(Out);
  std::unique_ptr<MCStreamer> Streamer(Machine->createMCObjectStreamer(
      T, *Context, std::move(Backend), std::move(Writer), std::move(Emitter), *Subtarget));
  std::unique_ptr<MCAsmParser> Parser(createMCAsmParser(Sources, *Context, *Streamer, *Asm));
  std::unique_ptr<MCTargetAsmParser> OfTarget =
      compat::targetParser(*Machine, *Subtarget, *Parser, *Instructions, Options.Target);
  if (!OfTarget)
    return makeError("EngineFailed", "this libLLVM cannot read assembly for " + T.str());
  Parser->setTargetParser(*OfTarget);
  if (Parser->Run(/*NoInitialTextSection=*/false) || !FirstError.empty())
    return makeError("EngineFailed", "LLVM's assembler refuses the assembly: " + FirstError);
  return Object;
}

} // namespace lto_inspector::support
