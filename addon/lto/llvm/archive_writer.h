//===- archive_writer.h - Writing archives --------------------------------===//
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace lto_inspector::support {

struct NewMember {
  std::string Name;
  llvm::StringRef Content;
};

/// Writes an archive in GNU's format, with a symbol table and without times and owners. The members
/// keep their order.
/// Errors: EngineFailed with the file.
llvm::Error writeGnuArchive(llvm::ArrayRef<NewMember> Members, llvm::StringRef File);

} // namespace lto_inspector::support
