//===- linker.h - Linking modules into one --------------------------------===//
#pragma once

#include "lto/llvm/context.h"
#include "lto/rustc/lto_module.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Support/Error.h"
#include <vector>

namespace lto_inspector::rustc {

/// Links serialised modules into a module in memory.
///
/// Mirrors `Linker` (rustc_codegen_llvm/src/back/lto.rs) and `LLVMRustLinkerAdd` (RustWrapper.cpp),
/// 1.9x.
class FatLinker {
public:
  /// Said receives the diagnostics of Base's context.
  FatLinker(llvm::Module &Base, const LtoModule &BaseModule, const support::Diagnostics &Said)
      : Base(Base), Said(Said), Linker(Base), Linked{&BaseModule} {}

  /// Links a module's bitcode in. Errors: LoadBitcode with the module's name and LLVM's message. If
  /// a symbol is defined twice, the message names both modules.
  llvm::Error add(const LtoModule &Module);

private:
  llvm::Error multiplyDefined(const LtoModule &Module) const;

  llvm::Module &Base;
  const support::Diagnostics &Said;
  llvm::Linker Linker;
  /// The modules that were linked into Base so far.
  std::vector<const LtoModule *> Linked;
};

} // namespace lto_inspector::rustc
