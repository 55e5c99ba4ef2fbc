//===- archive.h - The members of an archive ------------------------------===//
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cstdint>
#include <memory>
#include <vector>

namespace lto_inspector::support {

struct ArchiveMember {
  llvm::StringRef Name;
  /// Offset of its header in the archive; distinguishes members with the same name.
  uint64_t Offset = 0;
  /// Its bytes. Errors: CorruptArchive, and for a thin archive's those of readWholeFile.
  llvm::function_ref<llvm::Expected<llvm::StringRef>()> data;
};

/// Visits every member of an archive, in order, without those whose names are not UTF-8. Stops at
/// the first error of Use.
///
/// \param Members keeps the contents of a thin archive's members, which are separate files.
///
/// Errors: CorruptArchive, and those of Use.
llvm::Error forEachMember(const llvm::MemoryBuffer &Archive, llvm::StringRef Path,
                          std::vector<std::unique_ptr<llvm::MemoryBuffer>> &Members,
                          llvm::function_ref<llvm::Error(const ArchiveMember &)> Use);

} // namespace lto_inspector::support
