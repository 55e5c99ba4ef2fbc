//===- target_machine.h - Target machines as rustc makes them -------------===//
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"
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

/// Makes a target machine for a module.
///
/// Mirrors `target_machine_factory` (rustc_codegen_llvm/src/back/write.rs) and
/// `LLVMRustCreateTargetMachine` (PassWrapper.cpp), 1.9x, as far as optimisation depends on it;
/// leaves what only matters for code generation at its default. Errors: EngineFailed for a target
/// that this libLLVM does not have.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createTargetMachine(const TargetSettings &Settings, const llvm::Module &M);

} // namespace lto_inspector::pipeline
