#include "binding/requests.h"

using namespace llvm;

namespace lto_inspector::binding {

using namespace support;

Answer RequestTable::answer(StringRef Name, StringRef ParamsJson, const Request &Current) const {
  auto Found = Handlers.find(Name);
  if (Found == Handlers.end())
    return makeError("Internal", "the engine knows no request " + Name);
  return Found->second(ParamsJson, Current);
}

} // namespace lto_inspector::binding
