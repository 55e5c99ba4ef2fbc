//===- library_info.h - The libLLVM that is really loaded -----------------===//
#pragma once

#include <string>
#include <vector>

namespace lto_inspector::support {

/// The identity of the loaded libLLVM.
struct LibraryInfo {
  /// The file that the loader took it from.
  std::string Path;
  /// What it writes into bitcode: "22.1.8", with its vendor's suffix.
  std::string Version;
  /// The revision that LLVM was built from, as symbol tables name it; empty if none was
  /// recorded.
  std::string Revision;
  /// The headers that this code was compiled with.
  std::string CompiledAgainst;
  std::vector<std::string> Targets;
};

/// Determines the identity by letting the library write an empty module, because neither version
/// nor revision can be queried directly. Needs initializeTargets().
LibraryInfo readLibraryInfo();

} // namespace lto_inspector::support
