//===- assembler.h - Assembles text ---------------------------------------===//
#pragma once

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/MC/MCTargetOptions.h"
#include "llvm/Support/Error.h"
#include "llvm/TargetParser/SubtargetFeature.h"
#include "llvm/TargetParser/Triple.h"
#include <string>

namespace lto_inspector::support {

struct AssemblerOptions {
  llvm::Triple Triple;
  std::string Cpu;
  /// Of the target; instructions that need others are refused.
  llvm::FeatureBitset Features;
  bool PositionIndependent = true;
  bool LargeCodeModel = false;
  llvm::MCTargetOptions Target;
};

/// Makes an object from assembly with LLVM's own parser. Errors: EngineFailed with LLVM's first
/// message for text that it refuses, or for a target without a parser in this libLLVM.
llvm::Expected<llvm::SmallVector<char, 0>> assemble(llvm::StringRef Text,
                                                    const AssemblerOptions &Options);

} // namespace lto_inspector::support
