//===- module.h - Modules opened for inspection ---------------------------===//
#pragma once

#include "lto/llvm/context.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <memory>

namespace lto_inspector::ir {

/// A module in its own context.
struct OpenModule {
  std::unique_ptr<support::Diagnostics> Said = std::make_unique<support::Diagnostics>();
  std::unique_ptr<llvm::LLVMContext> Context;
  std::unique_ptr<llvm::Module> Module;
};

enum class Bodies {
  /// Reads every function's body.
  All,
  /// Bodies stay in the buffer, which must live as long as the module, until they are materialised.
  Lazy,
};

/// Reads bitcode. Error: ParseBitcode, with LLVM's own message.
llvm::Expected<OpenModule> openModule(llvm::MemoryBufferRef Bitcode, Bodies Wanted);

/// Linkage as in LLVM's text; "external" if the text omits it.
llvm::StringRef linkageName(llvm::GlobalValue::LinkageTypes Linkage);

} // namespace lto_inspector::ir
