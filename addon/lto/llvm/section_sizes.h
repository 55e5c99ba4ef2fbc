//===- section_sizes.h - What the bytes of sections belong to -------------===//
#pragma once

#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <cstdint>
#include <string>
#include <vector>

namespace lto_inspector::support {

/// Consecutive bytes of a section.
struct SectionPart {
  enum class Kind {
    Symbol,
    /// Between two symbols, shorter than the alignment of the second one.
    Padding,
    /// No symbol covers it: merged constants, tables, code of objects that were stripped.
    Unnamed
  };
  Kind Of = Kind::Unnamed;
  /// Of a symbol, mangled.
  std::string Symbol;
  uint64_t Size = 0;
};

struct SectionSizes {
  std::string Name;
  uint64_t Size = 0;
  /// Whether the file has its bytes; otherwise it is memory of zeros (.bss).
  bool InFile = false;
  bool Code = false;
  /// In order of addresses; their sizes add up to Size.
  std::vector<SectionPart> Parts;
};

/// What every section of a linked file or of an object is made of, in the file's order. Bytes that
/// several symbols cover count for one of them: the one that begins first, of these the largest, of
/// these a global one before a local one, and of these the first by name. Errors: UnreadableFile.
llvm::Expected<std::vector<SectionSizes>> sectionSizes(llvm::MemoryBufferRef File);

} // namespace lto_inspector::support
