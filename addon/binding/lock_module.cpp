//===- lock_module.cpp - File locks as Node sees them ---------------------===//
//
// `tryLock(descriptor, shared)` of `LockAddon` in src/core/base/lock-addon.ts. A
// separate addon, because locks are taken by programs that never load
// libLLVM. Node's C interface is enough for one function.
//
//===----------------------------------------------------------------------===//
#include "process/file_lock.h"

#include <node_api.h>

using namespace lto_inspector::process;

namespace {

napi_value tryLockFile(napi_env Env, napi_callback_info Info) {
  size_t Count = 2;
  napi_value Arguments[2];
  int32_t Descriptor = 0;
  bool Shared = false;
  if (napi_get_cb_info(Env, Info, &Count, Arguments, nullptr, nullptr) != napi_ok || Count < 2 ||
      napi_get_value_int32(Env, Arguments[0], &Descriptor) != napi_ok ||
      napi_get_value_bool(Env, Arguments[1], &Shared) != napi_ok) {
    napi_throw_type_error(Env, nullptr, "tryLock takes a descriptor and a boolean");
    return nullptr;
  }
  napi_value Error = nullptr;
  napi_create_int32(Env, tryLock(Descriptor, Shared ? LockMode::Shared : LockMode::Exclusive),
                    &Error);
  return Error;
}

} // namespace

NAPI_MODULE_INIT() {
  napi_value Function = nullptr;
  napi_create_function(env, "tryLock", NAPI_AUTO_LENGTH, tryLockFile, nullptr, &Function);
  napi_set_named_property(env, exports, "tryLock", Function);
  return exports;
}
