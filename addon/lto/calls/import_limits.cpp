#include "lto/calls/import_limits.h"

#include "lto/llvm/error.h"
#include "llvm/Support/CommandLine.h"

using namespace llvm;

namespace lto_inspector::calls {

using namespace support;

/// T has to be the type with which LLVM declares the option: the registry does not know it.
template <typename T> static Error readOption(StringRef Name, T &Value) {
  auto &Options = cl::getRegisteredOptions();
  auto Found = Options.find(Name);
  if (Found == Options.end())
    return makeError("EngineFailed", "this LLVM has no option -" + Name +
                                         ", so its limits of imports are not known");
  Value = static_cast<cl::opt<T> *>(Found->second)->getValue();
  return Error::success();
}

Expected<ImportLimits> readImportLimits() {
  ImportLimits Limits;
  if (Error E = readOption("import-instr-limit", Limits.Instructions))
    return E;
  const std::pair<StringLiteral, float *> Factors[] = {
      {"import-instr-evolution-factor", &Limits.Evolution},
      {"import-hot-evolution-factor", &Limits.HotEvolution},
      {"import-hot-multiplier", &Limits.Hot},
      {"import-critical-multiplier", &Limits.Critical},
      {"import-cold-multiplier", &Limits.Cold}};
  for (const auto &[Name, Value] : Factors)
    if (Error E = readOption(Name, *Value))
      return E;
  return Limits;
}

} // namespace lto_inspector::calls
