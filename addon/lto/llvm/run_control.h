//===- run_control.h - Cancelling and watching a run ----------------------===//
#pragma once

#include "lto/llvm/error.h"
#include "llvm/ADT/StringRef.h"
#include <atomic>
#include <memory>

namespace lto_inspector::support {

/// Notified of the module that a thread works on, to attribute crashes of LLVM. Thread-safe.
class ModuleWatch {
public:
  /// The work on a module; ends on the thread that it began on.
  class Scope {
  public:
    virtual ~Scope() = default;
  };

  virtual ~ModuleWatch() = default;
  virtual std::unique_ptr<Scope> enter(llvm::StringRef Module, llvm::StringRef Doing) = 0;
};

/// How the caller of a run controls it, and how much the run may use. All of it is
/// optional.
struct RunControl {
  const std::atomic<bool> *Cancelled = nullptr;
  ModuleWatch *Watch = nullptr;
  /// Threads for one step of the run; 0: as many as the machine has.
  unsigned Threads = 0;

  /// Errors: Cancelled, if the run is.
  llvm::Error check(llvm::StringRef Module = {}) const {
    return Cancelled && *Cancelled ? makeError("Cancelled", "cancelled", {}, Module)
                                   : llvm::Error::success();
  }

  /// Enters the work on a module. Errors: Cancelled.
  llvm::Expected<std::unique_ptr<ModuleWatch::Scope>> enter(llvm::StringRef Module,
                                                            llvm::StringRef Doing) const {
    if (llvm::Error E = check(Module))
      return E;
    return Watch ? Watch->enter(Module, Doing) : nullptr;
  }
};

} // namespace lto_inspector::support
