//===- atomic_file.h - Files appear whole or not at all -------------------===//
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace lto_inspector {

/// Lets Write fill a file that has no name or a temporary one, and gives it the name Path. Write is
/// called again where the first way turns out to be closed (a file at Path is to be replaced).
///
/// Errors are plain LLVM errors with the system's words, so that callers can name what they were
/// writing; nothing is left behind then.
llvm::Error writeFileAtomically(llvm::StringRef Path,
                                llvm::function_ref<void(llvm::raw_ostream &)> Write);

} // namespace lto_inspector
