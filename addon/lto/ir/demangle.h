//===- demangle.h - Readable names of symbols -----------------------------===//
//
// LLVM's demangler knows Rust's v0 and C++'s schemes; Rust's legacy scheme looks like C++'s to it,
// so that one is decoded here.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/StringRef.h"
#include <string>

namespace lto_inspector::ir {

/// The readable name of a symbol: Rust v0 (`_R…`), Rust legacy (`_ZN…17h<16 hex digits>E`, its hash
/// dropped and its `$LT$` escapes decoded as the crate rustc-demangle does), C++ as LLVM reads it.
/// A suffix that LLVM appended (`.llvm.<n>`, `.cold`) is kept in parentheses: `demo::sum
/// (.llvm.123)`. A name that is none of these is returned as it is.
std::string demangle(llvm::StringRef Mangled);

/// A name for a line of LLVM IR: control characters are written as LLVM writes them in symbols
/// (`\0A`), since a line break in a path or a C++ name would begin a line.
std::string onOneLine(llvm::StringRef Name);

/// A symbol without ThinLTO's promotion suffix `.llvm.<n>`.
llvm::StringRef withoutPromotionSuffix(llvm::StringRef Symbol);

} // namespace lto_inspector::ir
