//===- file_requests.h - Requests about the store's files -----------------===//
#pragma once

#include "lto/llvm/run_control.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

namespace lto_inspector {

/// Answers `digestFiles` of src/protocol/engine. Errors: Cancelled.
llvm::Expected<llvm::json::Value> digestFiles(llvm::StringRef ParamsJson,
                                              const RunControl &Control);

/// Answers `syncFiles` of src/protocol/engine. Errors: DiskFull, EngineFailed.
llvm::Expected<llvm::json::Value> syncFiles(llvm::StringRef ParamsJson, const RunControl &Control);

} // namespace lto_inspector
