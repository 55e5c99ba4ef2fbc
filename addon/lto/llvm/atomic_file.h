//===- atomic_file.h - Files appear whole or not at all -------------------===//
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace lto_inspector::support {

/// Whether a file must be on the disk before it gets its name.
enum class Durability {
  /// The caller waits for it later, for many files at once; see syncFiles in durable.h.
  Later,
  /// A power cut leaves the old file or the new one.
  Now
};

/// Lets Write fill a file without a name or with a temporary one, and gives it the name Path. Calls
/// Write again if the first way is not possible (a file at Path has to be replaced).
///
/// Errors are plain LLVM errors with the system's message, so that callers can name what they were
/// writing; an error leaves nothing behind.
llvm::Error writeFileAtomically(llvm::StringRef Path,
                                llvm::function_ref<void(llvm::raw_ostream &)> Write,
                                Durability When = Durability::Now);

} // namespace lto_inspector::support
