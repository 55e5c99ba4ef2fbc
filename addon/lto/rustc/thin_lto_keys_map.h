//===- thin_lto_keys_map.h - Cache keys of a session ----------------------===//
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <map>
#include <optional>
#include <string>

namespace lto_inspector::rustc {

/// The name of rustc's key file in an incremental session (`THIN_LTO_KEYS_INCR_COMP_FILE_NAME`).
inline constexpr llvm::StringLiteral ThinLtoKeysFileName = "thin-lto-past-keys.bin";

/// Module name → cache key, in rustc's text format: one "name KEY" per line.
///
/// Mirrors `ThinLTOKeysMap` (rustc_codegen_llvm/src/back/lto.rs, 1.9x). Where rustc asserts, this
/// returns an error.
class ThinLtoKeysMap {
public:
  /// Reads a key file. Errors: UnreadableFile, with the number of a malformed line.
  static llvm::Expected<ThinLtoKeysMap> loadFromFile(llvm::StringRef Path);

  /// Writes to a temporary file beside Path and renames it. Errors: WriteThinLtoKey (also for a
  /// name that the format does not support).
  llvm::Error saveToFile(llvm::StringRef Path) const;

  /// The key of a module; none if the session did not have it.
  std::optional<std::string> lookup(llvm::StringRef Module) const;

  void insert(llvm::StringRef Module, llvm::StringRef Key) { Keys[Module.str()] = Key.str(); }
  size_t size() const { return Keys.size(); }

private:
  std::map<std::string, std::string> Keys;
};

} // namespace lto_inspector::rustc
