//===- object_difference.h - In what two objects differ -------------------===//
#pragma once

#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <string>
#include <vector>

namespace lto_inspector::support {

struct SectionDifference {
  /// Empty: the file's header, or a part outside of sections.
  std::string Section;
  std::string Why;
  /// Symbols whose bytes differ.
  std::vector<std::string> Symbols;
};

struct ObjectDifference {
  std::vector<SectionDifference> Sections;
  /// Sections that differ besides those listed.
  size_t More = 0;
};

/// In which sections two object files or linked files differ, in the order of the first; nothing if
/// their bytes are equal. Sections of one name are compared in their order. Errors: UnreadableFile
/// with the name of the buffer that is no object file.
///
/// @param Most how many sections, and how many symbols of each, are listed
llvm::Expected<ObjectDifference> compareObjects(llvm::MemoryBufferRef Ours,
                                                llvm::MemoryBufferRef Theirs, size_t Most);

} // namespace lto_inspector::support
