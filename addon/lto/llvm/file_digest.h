//===- file_digest.h - Files told by their content ------------------------===//
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

namespace lto_inspector::support {

/// BLAKE3-256 of a content in lower-case hex, as blobs are named.
std::string digestOf(llvm::StringRef Content);

/// BLAKE3-256 of a regular file's content. std::nullopt: there is none at Path, it cannot be read
/// to its end, or Cancelled was set. Files of any size are read piece by piece.
std::optional<std::string> digestOfFile(const std::string &Path,
                                        const std::atomic<bool> &Cancelled);

/// Whether a regular file at Path holds Content, and nothing else. Where it has the right size, its
/// time is set to now, which tells `prune` that it is in use.
bool holdsContent(const std::string &Path, llvm::StringRef Content);

} // namespace lto_inspector::support
