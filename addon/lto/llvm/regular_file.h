//===- regular_file.h - Files that can be read whole ----------------------===//
//
// Only regular files are opened: a FIFO would block the thread in open(2) until somebody writes to
// it, and a device may never end.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>

namespace lto_inspector::support {

/// The most that is read of bitcode, objects and archives: offsets in them have 32 bits.
/// src/core/base/read-file.ts has the same limit.
inline constexpr uint64_t LargestFile = 0xFFFFFFFF;

/// The most that is read of a list or a key map.
inline constexpr uint64_t LargestText = 64 << 20;

/// Reads a regular file into memory and makes sure that it did not change meanwhile.
///
/// Errors: UnreadableFile (also for what is no regular file, and for more than Limit bytes),
/// FilesChanged.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> readWholeFile(llvm::StringRef Path,
                                                                  uint64_t Limit = LargestFile);

} // namespace lto_inspector::support
