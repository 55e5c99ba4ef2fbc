//===- error.h - Errors that reach the user -------------------------------===//
//
// The one error type of the engine. Its names are those of LtoErrorName (see
// src/protocol/errors.ts), so that every layer above can pass it on unchanged.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"
#include <string>

namespace lto_inspector::support {

/// What went wrong, and with which file, module and stage (empty if there is none).
struct ErrorReport {
  std::string Name;
  std::string Message;
  std::string File;
  std::string Module;
  std::string Stage;
};

/// An ErrorReport as an llvm::Error.
class EngineError : public llvm::ErrorInfo<EngineError> {
public:
  static char ID;

  explicit EngineError(ErrorReport Report) : Report(std::move(Report)) {}

  void log(llvm::raw_ostream &OS) const override;
  std::error_code convertToErrorCode() const override;

  ErrorReport Report;
};

/// Makes an error with one of the names of src/protocol/errors.ts.
llvm::Error makeError(llvm::StringRef Name, const llvm::Twine &Message, llvm::StringRef File = {},
                      llvm::StringRef Module = {}, llvm::StringRef Stage = {});

/// Wraps an error of LLVM's own: appends LLVM's message. An EngineError passes through, with its
/// empty fields filled in.
llvm::Error wrapError(llvm::Error Cause, llvm::StringRef Name, const llvm::Twine &Message,
                      llvm::StringRef File = {}, llvm::StringRef Module = {},
                      llvm::StringRef Stage = {});

/// Consumes an error and returns its report; LLVM's own errors get the name "Internal".
ErrorReport takeReport(llvm::Error Cause);

} // namespace lto_inspector::support
