//===- module.cpp - The addon as Node sees it -----------------------------===//
//
// Strings in, strings out: `initialize`, `request` and `cancel` of `Addon` in
// src/protocol/engine. The only file that includes napi.h.
//
//===----------------------------------------------------------------------===//
#include "binding/results.h"
#include "binding/service.h"

#include "llvm/Support/FormatVariadic.h"
#include <napi.h>

using namespace lto_inspector::support;
using namespace lto_inspector::binding;

namespace {

std::string toText(const llvm::json::Value &Json) { return llvm::formatv("{0}", Json).str(); }

std::string takeErrorText(llvm::Error E) { return toText(toJSON(takeReport(std::move(E)))); }

/// Runs one request on a thread of libuv's pool and settles a promise.
class RequestWorker : public Napi::AsyncWorker {
public:
  RequestWorker(Napi::Env Env, Service &TheService, std::string Method, std::string Params,
                uint32_t JobId, Napi::Function OnProgress)
      : Napi::AsyncWorker(Env), TheService(TheService), Method(std::move(Method)),
        Params(std::move(Params)), JobId(JobId), Settled(Napi::Promise::Deferred::New(Env)),
        Progress(Napi::ThreadSafeFunction::New(Env, OnProgress, "lto-inspector progress", 0, 1)) {
    TheService.announce(JobId);
  }

  Napi::Promise promise() const { return Settled.Promise(); }

  void Execute() override {
    llvm::Expected<llvm::json::Value> Answer =
        TheService.request(Method, Params, JobId, [this](std::string Text) { report(Text); });
    if (Answer)
      Result = toText(*Answer);
    else
      SetError(takeErrorText(Answer.takeError()));
    Progress.Release();
  }

  void OnOK() override { Settled.Resolve(Napi::String::New(Env(), Result)); }

  void OnError(const Napi::Error &E) override { Settled.Reject(E.Value()); }

private:
  void report(const std::string &Text) {
    auto *Owned = new std::string(Text);
    auto Deliver = [](Napi::Env Env, Napi::Function Callback, std::string *Owned) {
      std::unique_ptr<std::string> Text(Owned);
      if (Env != nullptr)
        Callback.Call({Napi::String::New(Env, *Text)});
    };
    if (Progress.NonBlockingCall(Owned, Deliver) != napi_ok)
      delete Owned;
  }

  Service &TheService;
  std::string Method;
  std::string Params;
  uint32_t JobId;
  Napi::Promise::Deferred Settled;
  Napi::ThreadSafeFunction Progress;
  std::string Result;
};

/// `ENGINE_PROTOCOL` in src/protocol/engine/rpc.ts: the version of the messages.
constexpr uint32_t EngineProtocol = 6;

class LtoInspectorAddon : public Napi::Addon<LtoInspectorAddon> {
public:
  LtoInspectorAddon(Napi::Env Env, Napi::Object Exports) {
    DefineAddon(Exports, {InstanceMethod("initialize", &LtoInspectorAddon::initialize),
                          InstanceMethod("request", &LtoInspectorAddon::request),
                          InstanceMethod("cancel", &LtoInspectorAddon::cancel),
                          InstanceValue("protocol", Napi::Number::New(Env, EngineProtocol),
                                        napi_enumerable)});
  }

private:
  Napi::Value initialize(const Napi::CallbackInfo &Info) {
    llvm::Expected<llvm::json::Value> Answer =
        TheService.initialize(Info[0].As<Napi::String>().Utf8Value());
    if (Answer)
      return Napi::String::New(Info.Env(), toText(*Answer));
    Napi::Error::New(Info.Env(), takeErrorText(Answer.takeError())).ThrowAsJavaScriptException();
    return Info.Env().Undefined();
  }

  Napi::Value request(const Napi::CallbackInfo &Info) {
    auto *Worker = new RequestWorker(Info.Env(), TheService, Info[0].As<Napi::String>(),
                                     Info[1].As<Napi::String>(), Info[2].As<Napi::Number>(),
                                     Info[3].As<Napi::Function>());
    Napi::Promise Promise = Worker->promise();
    // The worker deletes itself when it is done.
    Worker->Queue();
    return Promise;
  }

  Napi::Value cancel(const Napi::CallbackInfo &Info) {
    TheService.cancel(Info[0].As<Napi::Number>());
    return Info.Env().Undefined();
  }

  Service TheService;
};

} // namespace

NODE_API_ADDON(LtoInspectorAddon)
