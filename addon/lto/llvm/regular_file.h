//===- regular_file.h - Reading regular files -----------------------------===//
//
// Only opens regular files: a FIFO would block the thread in open(2) until something writes to it,
// and a device may never end.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>

namespace lto_inspector::support {

/// The largest size of bitcode, objects and archives: their offsets have 32 bits.
/// src/core/base/read-file.ts has the same limit.
inline constexpr uint64_t LargestFile = 0xFFFFFFFF;

/// The largest size of a list or a key map.
inline constexpr uint64_t LargestText = 64 << 20;

/// Reads a regular file into memory and makes sure that it did not change meanwhile.
///
/// Errors: UnreadableFile (also for anything but a regular file, and for more than Limit bytes),
/// FilesChanged.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> readWholeFile(llvm::StringRef Path,
                                                                  uint64_t Limit = LargestFile);

} // namespace lto_inspector::support
