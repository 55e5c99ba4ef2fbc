//===- codegen_figures.h - What code generation says about functions ------===//
#pragma once

#include "llvm/ADT/StringMap.h"
#include "llvm/IR/LLVMContext.h"
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace lto_inspector::pipeline {

/// Figures of one function. Those that LLVM does not tell are missing: no remark about spills can
/// mean that there are none, or that the register allocator reports nothing (opt level 0).
struct CodegenFigures {
  /// Of the frame, with its padding (prologepilog).
  std::optional<uint64_t> StackBytes;
  /// Instructions that store registers on the stack, and load them again, folded ones included
  /// (regalloc).
  uint64_t Spills = 0;
  uint64_t Reloads = 0;
  /// The slots of spilled registers, those of the caller included (stack-frame-layout).
  uint64_t SpillBytes = 0;
  std::optional<uint64_t> Instructions;
  /// How often each mnemonic is emitted (asm-printer).
  std::map<std::string, uint64_t> Mix;
};

/// Listens to code generation as long as it exists. It changes no code: LLVM only counts what it
/// emits anyway (held by EmitAssembly.ListeningChangesNoCode).
class CodegenListener {
public:
  explicit CodegenListener(llvm::LLVMContext &Context);
  ~CodegenListener();
  CodegenListener(const CodegenListener &) = delete;
  CodegenListener &operator=(const CodegenListener &) = delete;

  /// By symbol.
  const llvm::StringMap<CodegenFigures> &figures() const { return Figures; }

private:
  llvm::LLVMContext &Context;
  llvm::StringMap<CodegenFigures> Figures;
};

} // namespace lto_inspector::pipeline
