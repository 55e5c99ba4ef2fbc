//===- service.h - The engine's requests ----------------------------------===//
//
// One Service per process: shared state, and the active jobs. Does not depend on Node.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "binding/engine_state.h"
#include "binding/requests.h"
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace lto_inspector::binding {

/// Thread-safe: requests may run on any number of threads at once.
class Service {
public:
  Service();

  /// Sets LLVM up; once, before any request (LLVM's arguments are process-wide). Errors:
  /// EngineFailed for an argument that LLVM does not take, UnreadableFile, Internal for a second
  /// call.
  Answer initialize(llvm::StringRef ParamsJson);

  /// Makes a job known, so that it can be cancelled before a thread has taken it up.
  void announce(uint32_t JobId);

  /// Runs one request to its end. Errors: see the functions behind the methods; Cancelled; Internal
  /// for an unknown method or before initialize.
  Answer request(llvm::StringRef Method, llvm::StringRef ParamsJson, uint32_t JobId,
                 std::function<void(std::string)> OnProgress);

  /// Asks a job to stop; unknown jobs are ignored.
  void cancel(uint32_t JobId);

private:
  Answer run(llvm::StringRef Method, llvm::StringRef ParamsJson, const Request &Current);

  std::atomic<bool> Initialized = false;
  RequestTable Table;
  EngineState State;
  std::mutex Mutex;
  /// Set to cancel a job.
  std::map<uint32_t, std::shared_ptr<std::atomic<bool>>> Jobs;
};

} // namespace lto_inspector::binding
