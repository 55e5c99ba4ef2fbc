//===- target_machine.h - Target machines as rustc makes them -------------===//
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/MCTargetOptions.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"
#include <memory>
#include <optional>
#include <string>

namespace lto_inspector::pipeline {

/// rustc's `OptLevel`.
enum class OptLevel { O0, O1, O2, O3, Os, Oz };

struct TargetSettings {
  /// None: the module's own.
  std::optional<std::string> Triple;
  /// Empty: LLVM's default for the target.
  std::string Cpu;
  /// LLVM's feature string.
  std::string Features;
  llvm::Reloc::Model Relocation = llvm::Reloc::PIC_;
  std::optional<llvm::CodeModel::Model> CodeModel;
  OptLevel Level = OptLevel::O0;
};

/// What object code depends on besides TargetSettings: the build's options and the target's
/// defaults. The defaults here are those of rustc for x86-64 Linux.
struct CodegenSettings {
  /// One section for each function and each variable.
  bool FunctionSections = true;
  bool UniqueSectionNames = true;
  /// `unreachable` becomes a trap.
  bool TrapUnreachable = true;
  bool RelaxElfRelocations = false;
  /// `.init_array` instead of `.ctors`.
  bool UseInitArray = true;
  bool EmulatedTls = false;
  /// There are no threads.
  bool Singlethread = false;
  bool EmitStackSizes = false;
  /// Code generation does not know what functions of the C library do.
  bool NoBuiltins = false;
  /// LLVM's name of the ABI; empty: the target's default.
  std::string Abi;
  llvm::FloatABI::ABIType FloatAbi = llvm::FloatABI::Default;
  llvm::DebugCompressionType DebugCompression = llvm::DebugCompressionType::None;
  /// The name of the DWARF object that the object refers to; empty: DWARF is not split.
  std::string SplitDwarfFile;
  /// The split part of DWARF goes to an object of its own instead of extra sections.
  bool SeparateDwarf = false;
};

/// Makes a target machine for a module.
///
/// Mirrors `target_machine_factory` (rustc_codegen_llvm/src/back/write.rs) and
/// `LLVMRustCreateTargetMachine` (PassWrapper.cpp), 1.85 to 1.98. Errors: EngineFailed for a target
/// that this libLLVM does not have.
///
/// @param Codegen null: for passes only, which do not depend on it
llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createTargetMachine(const TargetSettings &Settings, const llvm::Module &M,
                    const CodegenSettings *Codegen = nullptr);

} // namespace lto_inspector::pipeline
