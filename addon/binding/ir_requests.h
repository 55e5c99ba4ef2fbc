//===- ir_requests.h - Requests about LLVM IR in files --------------------===//
#pragma once

#include "binding/crash_journal.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

namespace lto_inspector {

/// Answers `functions`, `print` and `find` of src/protocol/engine. Errors: those of
/// openBitcodeFile, UnknownFunction; Internal for an unknown method.
llvm::Expected<llvm::json::Value> irRequest(llvm::StringRef Method, llvm::StringRef ParamsJson,
                                            CrashJournal &Journal);

} // namespace lto_inspector
