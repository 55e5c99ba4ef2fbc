//===- context.h - An LLVMContext that never ends the process -------------===//
#pragma once

#include "llvm/IR/LLVMContext.h"
#include <memory>
#include <string>
#include <vector>

namespace lto_inspector::support {

/// LLVM's diagnostics of one context, as text. Without its own handler, LLVM prints errors and
/// exits.
struct Diagnostics {
  std::vector<std::string> Errors;
  std::vector<std::string> Others;
};

/// A fresh context whose diagnostics go to Sink, which must outlive it.
std::unique_ptr<llvm::LLVMContext> makeContext(Diagnostics &Sink);

} // namespace lto_inspector::support
