//===- demangle.h - Readable names of symbols -----------------------------===//
//
// LLVM's demangler supports Rust's v0 and C++'s schemes. Rust's legacy scheme looks like C++ to it,
// so it is decoded here.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/StringRef.h"
#include <string>

namespace lto_inspector::ir {

/// The readable name of a symbol: Rust v0 (`_R…`), Rust legacy (`_ZN…17h<16 hex digits>E`, without
/// its hash, and with `$LT$` escapes decoded like the crate rustc-demangle does), or C++ as LLVM
/// decodes it. A suffix that LLVM appended (`.llvm.<n>`, `.cold`) is kept in parentheses:
/// `demo::sum (.llvm.123)`. Any other name is returned unchanged.
std::string demangle(llvm::StringRef Mangled);

/// A name for a line of LLVM IR: control characters are escaped as LLVM does in symbols (`\0A`),
/// because a line break in a path or a C++ name would begin a new line.
std::string onOneLine(llvm::StringRef Name);

/// A symbol without ThinLTO's promotion suffix `.llvm.<n>`.
llvm::StringRef withoutPromotionSuffix(llvm::StringRef Symbol);

} // namespace lto_inspector::ir
