//===- text.h - LLVM IR as text -------------------------------------------===//
#pragma once

#include "lto/llvm/run_control.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <optional>
#include <string>

namespace lto_inspector::ir {

/// PrintResult of src/protocol/engine.
struct PrintResult {
  std::string Text;
  bool Truncated = false;
  /// Of the whole text, what was left out included.
  size_t TotalBytes = 0;
  /// BLAKE3-256 (hex) of the whole text without the line that names the module, which is where the
  /// module was read from: equal for two files with the same text.
  std::string Digest;
};

/// Prints a module, or one function with what a reader needs beside it (types, globals,
/// declarations, attribute groups, metadata). Only the body of the function asked for is read. What
/// is longer than Limit bytes is left out, from the first line that does not fit.
///
/// Errors: ParseBitcode, UnknownFunction, Cancelled.
llvm::Expected<PrintResult> printModule(llvm::MemoryBufferRef Bitcode,
                                        std::optional<llvm::StringRef> Function, size_t Limit,
                                        const support::RunControl &Control = {});

} // namespace lto_inspector::ir
