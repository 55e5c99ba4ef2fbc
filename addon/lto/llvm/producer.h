//===- producer.h - Who wrote bitcode -------------------------------------===//
#pragma once

#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <string>

namespace lto_inspector::support {

/// Who wrote a bitcode file.
struct Producer {
  /// The identification block: "LLVM22.1.8", with the suffix of that LLVM's vendor.
  std::string Identification;
  /// The same without the leading "LLVM".
  std::string Version;
  /// The producer in the irsymtab: LLVM's version, and after a space its revision if one was
  /// recorded. Empty: no irsymtab.
  std::string SymtabProducer;
};

/// Reads who wrote the bitcode. Errors: ParseBitcode.
llvm::Expected<Producer> readProducer(llvm::MemoryBufferRef Bitcode);

} // namespace lto_inspector::support
