//===- requests.h - The requests that the engine answers ------------------===//
//
// Every request is one line of a table: its name, its parameters, and the function that answers it.
// Each family of requests has its own file, which adds its lines.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "binding/engine_state.h"
#include "binding/params.h"
#include "binding/results.h"
#include "lto/llvm/run_control.h"
#include "llvm/ADT/StringMap.h"
#include <atomic>
#include <functional>
#include <string>

namespace lto_inspector::binding {

using Answer = llvm::Expected<llvm::json::Value>;

/// An active request, as its handler sees it.
struct Request {
  EngineState &State;
  /// Becomes true when the request has to stop.
  const std::atomic<bool> &Cancelled;
  /// Takes an `EngineProgress` as JSON; called on the worker thread.
  const std::function<void(std::string)> &OnProgress;

  /// Watch may be null.
  support::RunControl control(support::ModuleWatch *Watch = nullptr) const {
    return {&Cancelled, Watch, State.Threads};
  }
};

class RequestTable {
public:
  /// fromJSON reads the parameters. Once its request is cancelled, Handle stops soon, with
  /// Cancelled.
  template <typename Params>
  void add(llvm::StringLiteral Name, Answer (*Handle)(Params, const Request &)) {
    Handlers[Name] = [Handle](llvm::StringRef ParamsJson, const Request &Current) -> Answer {
      llvm::Expected<Params> Read = parseParams<Params>(ParamsJson);
      if (!Read)
        return Read.takeError();
      return Handle(std::move(*Read), Current);
    };
  }

  /// Errors: Internal for an unknown name and for parameters that cannot be read, the handler's.
  Answer answer(llvm::StringRef Name, llvm::StringRef ParamsJson, const Request &Current) const;

private:
  llvm::StringMap<std::function<Answer(llvm::StringRef, const Request &)>> Handlers;
};

/// The families, each in its own file.
void addAnalysisRequests(RequestTable &Table);
void addStageRequests(RequestTable &Table);
void addKeyRequests(RequestTable &Table);
void addIrRequests(RequestTable &Table);
void addFileRequests(RequestTable &Table);
void addCallRequests(RequestTable &Table);
void addReferenceRequests(RequestTable &Table);
void addObjectRequests(RequestTable &Table);
void addAssemblyRequests(RequestTable &Table);
void addPassRequests(RequestTable &Table);

} // namespace lto_inspector::binding
