#include "binding/engine_state.h"

using namespace llvm;

namespace lto_inspector::binding {

using namespace support;

const SymbolNames &Unit::names() const {
  std::call_once(NamesRead, [this] {
    // A symbol whose name cannot be read is shown with its GUID.
    for (const rustc::LtoModule &Module : Shared->Modules)
      consumeError(Names.add(Module.buffer()));
  });
  return Names;
}

void EngineState::keep(StringRef Id, std::shared_ptr<const Unit> Analysed) {
  std::lock_guard<std::mutex> Lock(Mutex);
  Units[Id.str()] = std::move(Analysed);
}

Expected<std::shared_ptr<const Unit>> EngineState::find(StringRef Id) {
  std::lock_guard<std::mutex> Lock(Mutex);
  auto Found = Units.find(Id.str());
  if (Found == Units.end())
    return makeError("UnknownUnit", "the engine holds no analysed unit " + Id);
  return Found->second;
}

void EngineState::release(StringRef Id) {
  std::lock_guard<std::mutex> Lock(Mutex);
  Units.erase(Id.str());
}

} // namespace lto_inspector::binding
