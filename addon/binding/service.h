//===- service.h - The engine's requests ----------------------------------===//
//
// One Service per process: the analysed units that stay warm, the jobs under way, and one function
// per request. Knows nothing of Node.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "binding/crash_journal.h"
#include "binding/key_messages.h"
#include "binding/messages.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringMap.h"
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace lto_inspector {

/// A request on its way.
struct Job {
  /// Set by Service::cancel.
  std::shared_ptr<std::atomic<bool>> Cancelled = std::make_shared<std::atomic<bool>>(false);
  /// Takes an `EngineProgress` as JSON; called on the working thread.
  std::function<void(std::string)> OnProgress;
};

/// Thread-safe: requests may run on any number of threads at once.
class Service {
public:
  /// Sets LLVM up; once, before any request (LLVM's arguments are process-wide). Errors:
  /// EngineFailed for an argument that LLVM does not take, UnreadableFile, Internal for a second
  /// call.
  llvm::Expected<llvm::json::Value> initialize(llvm::StringRef ParamsJson);

  /// Makes a job known, so that it can be cancelled before a thread has taken it up.
  void announce(uint32_t JobId);

  /// Runs one request to its end. Errors: see the functions behind the methods; Cancelled; Internal
  /// for an unknown method or before initialize.
  llvm::Expected<llvm::json::Value> request(llvm::StringRef Method, llvm::StringRef ParamsJson,
                                            uint32_t JobId,
                                            std::function<void(std::string)> OnProgress);

  /// Asks a job to stop; unknown jobs are ignored.
  void cancel(uint32_t JobId);

private:
  /// An analysed unit; requests that use it keep it alive when it is released meanwhile.
  struct Unit {
    std::string Id;
    /// One of the two.
    std::unique_ptr<ThinShared> Shared;
    std::unique_ptr<FatShared> Fat;
    LtoSettings Settings;
    /// Made when they are first asked for.
    mutable std::once_flag NamesRead;
    mutable SymbolNames Names;
  };

  llvm::Expected<llvm::json::Value> dispatch(llvm::StringRef Method, llvm::StringRef ParamsJson,
                                             const Job &Current);
  llvm::Expected<llvm::json::Value> readModules(const ReadModulesParams &Params,
                                                const Job &Current);
  llvm::Expected<llvm::json::Value> analyze(AnalyzeParams &Params, const Job &Current);
  llvm::Expected<llvm::json::Value> optimize(const OptimizeParams &Params, const Job &Current);
  llvm::Expected<llvm::json::Value> describeKeys(const KeyComponentsParams &Params,
                                                 const Job &Current);
  llvm::Expected<llvm::json::Object> analyzeThin(AnalyzeParams &Params, const Job &Current,
                                                 std::vector<LtoModule> Local, Unit &NewUnit);
  llvm::Expected<llvm::json::Object> analyzeFat(AnalyzeParams &Params, const Job &Current,
                                                std::vector<LtoModule> Local, Unit &NewUnit);
  llvm::Expected<OptimizedModule> runStages(const Unit &U, const OptimizeParams &Params,
                                            const OptimizeOptions &Options, const Job &Current,
                                            std::vector<Timing> &Timings);
  llvm::Expected<llvm::json::Value> release(const ReleaseParams &Params);

  llvm::Expected<std::vector<LtoModule>> loadLocalModules(llvm::ArrayRef<LocalModuleParams> Params,
                                                          const Job &Current);
  llvm::Expected<LtoModule> loadLocalModule(const LocalModuleParams &Params);
  llvm::Expected<std::shared_ptr<const Unit>> findUnit(llvm::StringRef Id);

  std::atomic<bool> Initialized = false;
  CrashJournal Journal;
  SelfProfiler Profiler;
  /// Set once, by initialize.
  KeyLlvm Llvm;
  unsigned Threads = 0;
  std::mutex Mutex;
  std::map<std::string, std::shared_ptr<const Unit>> Units;
  std::map<uint32_t, std::shared_ptr<std::atomic<bool>>> Jobs;
};

} // namespace lto_inspector
