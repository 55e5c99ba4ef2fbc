//===- scratch.h - Folders and files that tests may fill ------------------===//
#pragma once

#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace lto_inspector::test {

/// A folder that is removed after the test.
class Scratch {
public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch &) = delete;
  Scratch &operator=(const Scratch &) = delete;

  std::string path(llvm::StringRef Name) const;
  /// Writes a file (and its parent folders) and returns its path.
  std::string file(llvm::StringRef Name, llvm::StringRef Content) const;
  /// Names of all files below the folder, sorted.
  std::vector<std::string> files() const;

private:
  std::string Root;
};

/// The content of a file; the test fails if it cannot be read.
std::string contentOf(llvm::StringRef Path);

} // namespace lto_inspector::test
