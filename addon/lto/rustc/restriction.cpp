#include "lto/rustc/restriction.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Transforms/IPO/Internalize.h"

using namespace llvm;

namespace lto_inspector::rustc {

void runRestrictionPass(Module &M, ArrayRef<std::string> Preserved) {
  StringSet<> Names;
  Names.insert(Preserved.begin(), Preserved.end());
  // LLVM makes it for the address sanitizer, whatever the crates export.
  Names.insert("___asan_globals_registered");
  internalizeModule(M, [&](const GlobalValue &Value) { return Names.contains(Value.getName()); });
}

} // namespace lto_inspector::rustc
