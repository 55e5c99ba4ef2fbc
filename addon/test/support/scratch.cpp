#include "test/support/scratch.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <gtest/gtest.h>

using namespace llvm;

namespace lto_inspector::test {

Scratch::Scratch() {
  SmallString<128> Made;
  EXPECT_FALSE(sys::fs::createUniqueDirectory("lto-engine-test", Made));
  Root = Made.str().str();
}

Scratch::~Scratch() { sys::fs::remove_directories(Root); }

std::string Scratch::path(StringRef Name) const { return Root + "/" + Name.str(); }

std::string Scratch::file(StringRef Name, StringRef Content) const {
  std::string Path = path(Name);
  EXPECT_FALSE(sys::fs::create_directories(sys::path::parent_path(Path)));
  std::error_code EC;
  raw_fd_ostream OS(Path, EC);
  EXPECT_FALSE(EC) << EC.message();
  OS << Content;
  return Path;
}

std::vector<std::string> Scratch::files() const {
  std::vector<std::string> Names;
  std::error_code EC;
  for (sys::fs::recursive_directory_iterator It(Root, EC), End; It != End && !EC; It.increment(EC))
    if (It->type() != sys::fs::file_type::directory_file)
      Names.push_back(StringRef(It->path()).drop_front(Root.size() + 1).str());
  std::sort(Names.begin(), Names.end());
  return Names;
}

std::string contentOf(StringRef Path) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> Buffer = MemoryBuffer::getFile(Path);
  if (Buffer)
    return (*Buffer)->getBuffer().str();
  ADD_FAILURE() << Path.str() << ": " << Buffer.getError().message();
  return {};
}

} // namespace lto_inspector::test
