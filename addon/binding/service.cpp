#include "binding/service.h"

#include "lto/llvm/free_memory.h"
#include "lto/llvm/library_info.h"
#include "lto/llvm/targets.h"
#include "llvm/Support/CommandLine.h"

using namespace llvm;

namespace lto_inspector::binding {

using namespace support;
using namespace rustc;

Service::Service() {
  addAnalysisRequests(Table);
  addStageRequests(Table);
  addKeyRequests(Table);
  addIrRequests(Table);
  addFileRequests(Table);
  addCallRequests(Table);
  addReferenceRequests(Table);
  addObjectRequests(Table);
  addAssemblyRequests(Table);
  addPassRequests(Table);
}

/// Whether LLVM would handle the argument by printing something and exiting.
static bool endsTheProcess(StringRef Argument) {
  Argument = Argument.ltrim('-').split('=').first;
  return is_contained({"help", "help-hidden", "help-list", "help-list-hidden", "version"},
                      Argument);
}

static Error parseLlvmArguments(ArrayRef<std::string> Given) {
  std::vector<const char *> Arguments = {"rustc"};
  for (const std::string &Argument : Given) {
    if (endsTheProcess(Argument))
      return makeError("EngineFailed", "LLVM would only print something and end for the argument " +
                                           Argument + " (-C llvm-args): leave it out");
    Arguments.push_back(Argument.c_str());
  }
  std::string Said;
  raw_string_ostream SaidStream(Said);
  if (!cl::ParseCommandLineOptions(Arguments.size(), Arguments.data(), "", &SaidStream))
    return makeError("EngineFailed", "LLVM does not take its arguments (-C llvm-args): " + Said);
  return Error::success();
}

Answer Service::initialize(StringRef ParamsJson) {
  Expected<InitializeParams> Params = parseParams<InitializeParams>(ParamsJson);
  if (!Params)
    return Params.takeError();
  if (Initialized.exchange(true))
    return makeError("Internal", "the engine was to be initialised twice");
  returnLargeBlocksWhenFreed();
  initializeTargets();
  if (Params->Journal)
    if (Error E = State.Journal.open(*Params->Journal))
      return E;
  if (Error E = parseLlvmArguments(Params->LlvmArguments))
    return E;
  State.Threads = Params->Threads;
  State.Llvm = keyLlvm();
  return toJSON(readLibraryInfo());
}

void Service::announce(uint32_t JobId) {
  std::lock_guard<std::mutex> Lock(Mutex);
  Jobs.try_emplace(JobId, std::make_shared<std::atomic<bool>>(false));
}

Answer Service::request(StringRef Method, StringRef ParamsJson, uint32_t JobId,
                        std::function<void(std::string)> OnProgress) {
  announce(JobId);
  std::shared_ptr<std::atomic<bool>> Cancelled;
  {
    std::lock_guard<std::mutex> Lock(Mutex);
    Cancelled = Jobs[JobId];
  }
  Answer Result = run(Method, ParamsJson, Request{State, *Cancelled, OnProgress});
  std::lock_guard<std::mutex> Lock(Mutex);
  Jobs.erase(JobId);
  return Result;
}

Answer Service::run(StringRef Method, StringRef ParamsJson, const Request &Current) {
  if (!Initialized)
    return makeError("Internal", "the engine was asked before it was initialised");
  if (Current.Cancelled)
    return makeError("Cancelled", "cancelled before it began");
  return Table.answer(Method, ParamsJson, Current);
}

void Service::cancel(uint32_t JobId) {
  std::lock_guard<std::mutex> Lock(Mutex);
  auto Found = Jobs.find(JobId);
  if (Found != Jobs.end())
    *Found->second = true;
}

} // namespace lto_inspector::binding
