//===- durable.h - What outlives a power cut ------------------------------===//
#pragma once

#include "lto/llvm/run_control.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <system_error>

namespace lto_inspector::support {

/// Waits until an open file or folder is on the disk. A file system that cannot say so (EINVAL,
/// ENOTSUP, EROFS) is no failure.
std::error_code syncDescriptor(int FD);

/// Waits until a folder's names are on the disk.
std::error_code syncFolder(llvm::StringRef Folder);

/// Waits until files, and their names in their folders, are on the disk. Writing all of them is
/// started before any is waited for, so that most are written by the first one's commit: one by
/// one, each would cost a flush of the disk's cache. Files that have gone are passed over.
///
/// Errors: DiskFull, EngineFailed with the system's words, Cancelled.
llvm::Error syncFiles(llvm::ArrayRef<std::string> Files, const RunControl &Control);

} // namespace lto_inspector::support
