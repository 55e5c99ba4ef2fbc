//===- atomic_file.h - Files appear whole or not at all -------------------===//
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace lto_inspector {

/// Lets Write fill a temporary file in Path's folder and renames it to Path.
///
/// Errors are plain LLVM errors with the system's words, so that callers can name what they were
/// writing; nothing is left behind then.
llvm::Error writeFileAtomically(llvm::StringRef Path,
                                llvm::function_ref<void(llvm::raw_ostream &)> Write);

} // namespace lto_inspector
