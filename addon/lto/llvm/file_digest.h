//===- file_digest.h - Digests of files -----------------------------------===//
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

namespace lto_inspector::support {

/// BLAKE3-256 of a content in lower-case hex, as in the names of blobs.
std::string digestOf(llvm::StringRef Content);

/// BLAKE3-256 of a regular file's content. std::nullopt: no file exists at Path, it cannot be read
/// to its end, or Cancelled was set. Reads files of any size piece by piece.
std::optional<std::string> digestOfFile(const std::string &Path,
                                        const std::atomic<bool> &Cancelled);

/// Whether a regular file at Path contains exactly Content. If its size is right, sets its time to
/// now, which tells `prune` that it is in use.
bool holdsContent(const std::string &Path, llvm::StringRef Content);

} // namespace lto_inspector::support
