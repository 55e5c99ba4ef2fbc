//===- objects.h - Object files and archives made by hand -----------------===//
#pragma once

#include "llvm/ADT/StringRef.h"
#include <string>
#include <utility>
#include <vector>

namespace lto_inspector::test {

/// A 64-bit little-endian ELF object with only the given sections and their names.
std::string elfObject(const std::vector<std::pair<std::string, std::string>> &Sections);

/// A 64-bit Mach-O object with one section in the segment __LLVM.
std::string machoObject(llvm::StringRef Section, llvm::StringRef Content);

/// An archive in GNU's format, with a table of long names if needed.
std::string archiveOf(const std::vector<std::pair<std::string, std::string>> &Members);

} // namespace lto_inspector::test
