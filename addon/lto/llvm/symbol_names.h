//===- symbol_names.h - Names of symbols by GUID --------------------------===//
//
// Summaries only know symbols by GUID, a hash of the name. The names are in the modules' own
// records of globals, which this reads without parsing the modules.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/GlobalValue.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <string>

namespace lto_inspector::support {

/// GUID → LLVM's identifier of the symbol: its name, or "source file;name" for a local one.
class SymbolNames {
public:
  /// Adds what a module defines and declares. Errors: ParseBitcode.
  llvm::Error add(llvm::MemoryBufferRef Bitcode);

  /// The identifier; "#" and the GUID in hex if no module has a name for it.
  std::string nameOf(llvm::GlobalValue::GUID Symbol) const;

  size_t size() const { return Names.size(); }

private:
  llvm::DenseMap<llvm::GlobalValue::GUID, std::string> Names;
};

} // namespace lto_inspector::support
