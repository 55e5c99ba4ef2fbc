//===- durable.h - Files that survive a power cut -------------------------===//
#pragma once

#include "lto/llvm/run_control.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <system_error>

namespace lto_inspector::support {

/// Waits until an open file or folder is on the disk. It is not an error if the file system does
/// not support this (EINVAL, ENOTSUP, EROFS).
std::error_code syncDescriptor(int FD);

/// Waits until a folder's names are on the disk.
std::error_code syncFolder(llvm::StringRef Folder);

/// Waits until files, and their names in their folders, are on the disk. Starts writing all of them
/// before waiting for any, so that the first one's commit writes most of them: one by one, each
/// would cost a flush of the disk's cache. Skips files that no longer exist.
///
/// Errors: DiskFull, EngineFailed with the system's words, Cancelled.
llvm::Error syncFiles(llvm::ArrayRef<std::string> Files, const RunControl &Control);

} // namespace lto_inspector::support
