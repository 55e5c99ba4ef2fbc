//===- series.h - The LLVM series that the engine is compiled for ---------===//
//
// The engine is compiled once per LLVM series, from one source tree: libraries of one series (LLVM
// 22.1.x) are ABI-compatible, those of two are not. What differs between them is named in this
// folder, one subject a file; nothing outside of it asks for LLVM's version.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/Config/llvm-config.h"
#include <string>

#if LLVM_VERSION_MAJOR < 19 || LLVM_VERSION_MAJOR > 23
#error "the engine knows LLVM 19 to 23"
#endif

namespace lto_inspector::compat {

/// "22.1": what the versions of all libraries of the series begin with.
inline std::string series() {
  return std::to_string(LLVM_VERSION_MAJOR) + "." + std::to_string(LLVM_VERSION_MINOR);
}

} // namespace lto_inspector::compat
