//===- assemblers.h - Setting up LLVM's assembler -------------------------===//
//
// Until LLVM 22 an MCContext takes pointers and the options of the target, and a target's parser
// takes the options too. In LLVM 23 they are part of the MCAsmInfo, and the rest are references.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/compat/series.h"
#include "lto/compat/triples.h"
#include "llvm/MC/MCAsmInfo.h"
#include "llvm/MC/MCContext.h"
#include "llvm/MC/MCInstrInfo.h"
#include "llvm/MC/MCParser/MCAsmParser.h"
#include "llvm/MC/MCParser/MCTargetAsmParser.h"
#include "llvm/MC/MCRegisterInfo.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/MCTargetOptions.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Target/TargetMachine.h"
#include <memory>

namespace lto_inspector::compat {

inline const llvm::MCAsmInfo &asmInfoOf(const llvm::TargetMachine &TM) {
#if LLVM_VERSION_MAJOR < 23
  return *TM.getMCAsmInfo();
#else
  return TM.getMCAsmInfo();
#endif
}

inline std::unique_ptr<llvm::MCContext>
machineCodeContext(const llvm::Triple &T, const llvm::MCAsmInfo &Asm,
                   const llvm::MCRegisterInfo &Registers, const llvm::MCSubtargetInfo &Subtarget,
                   const llvm::SourceMgr &Sources, const llvm::MCTargetOptions &Options) {
#if LLVM_VERSION_MAJOR < 23
  return std::make_unique<llvm::MCContext>(T, &Asm, &Registers, &Subtarget, &Sources, &Options);
#else
  return std::make_unique<llvm::MCContext>(T, Asm, Registers, Subtarget, &Sources);
#endif
}

/// @returns null: the target has no parser of assembly
inline std::unique_ptr<llvm::MCTargetAsmParser> targetParser(const llvm::Target &Of,
                                                             const llvm::MCSubtargetInfo &Subtarget,
                                                             llvm::MCAsmParser &Parser,
                                                             const llvm::MCInstrInfo &Instructions,
                                                             const llvm::MCTargetOptions &Options) {
#if LLVM_VERSION_MAJOR < 23
  llvm::MCTargetAsmParser *Made = Of.createMCAsmParser(Subtarget, Parser, Instructions, Options);
#else
  llvm::MCTargetAsmParser *Made = Of.createMCAsmParser(Subtarget, Parser, Instructions);
#endif
  return std::unique_ptr<llvm::MCTargetAsmParser>(Made);
}

} // namespace lto_inspector::compat
