//===- archive_difference.h - In what two archives differ -----------------===//
#pragma once

#include "lto/llvm/object_difference.h"

namespace lto_inspector::support {

/// Whether a file begins as an archive does.
bool isArchive(llvm::MemoryBufferRef File);

/// In which members, and in which of their sections, two archives differ, in the order of the
/// first; nothing if their bytes are equal. Members of one name are compared in their order. A
/// section's name follows that of its member: "b.o .text". Errors: CorruptArchive with the name of
/// the buffer.
///
/// @param Most how many sections, and how many symbols of each, are listed
llvm::Expected<ObjectDifference> compareArchives(llvm::MemoryBufferRef Ours,
                                                 llvm::MemoryBufferRef Theirs, size_t Most);

} // namespace lto_inspector::support
