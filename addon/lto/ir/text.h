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
  /// The size of the whole text, including what was left out.
  size_t TotalBytes = 0;
  /// BLAKE3-256 (hex) of the whole text without the line that names the module by its file: equal
  /// for two files with the same text.
  std::string Digest;
};

/// Prints a module, or one function with what a reader needs in addition (types, globals,
/// declarations, attribute groups, metadata). Only reads the body of the requested function. Cuts
/// the text at Limit bytes, from the first line that does not fit.
///
/// Errors: ParseBitcode, UnknownFunction, Cancelled.
llvm::Expected<PrintResult> printModule(llvm::MemoryBufferRef Bitcode,
                                        std::optional<llvm::StringRef> Function, size_t Limit,
                                        const support::RunControl &Control = {});

} // namespace lto_inspector::ir
