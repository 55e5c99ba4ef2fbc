//===- library_info.h - Which libLLVM is really loaded --------------------===//
#pragma once

#include <string>
#include <vector>

namespace lto_inspector::support {

/// The libLLVM that the process runs on, as it shows itself.
struct LibraryInfo {
  /// The file that the loader took it from.
  std::string Path;
  /// What it writes into bitcode: "22.1.8", with the suffix of whoever built it.
  std::string Version;
  /// The revision that LLVM was built from, as symbol tables name it; empty where none was
  /// recorded.
  std::string Revision;
  /// The headers that this code was compiled with.
  std::string CompiledAgainst;
  std::vector<std::string> Targets;
};

/// Asks the loaded library by letting it write an empty module: neither its version nor its
/// revision can be asked for directly. Needs initializeTargets().
LibraryInfo readLibraryInfo();

} // namespace lto_inspector::support
