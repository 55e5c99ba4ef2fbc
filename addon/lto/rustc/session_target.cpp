#include "lto/rustc/session_target.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include <algorithm>

using namespace llvm;

namespace lto_inspector::rustc {

using namespace pipeline;

std::string SessionTarget::featureString() const { return Features ? join(*Features, ",") : ""; }

static void keepCommonPrefix(std::optional<std::vector<std::string>> &Common,
                             std::vector<std::string> Other) {
  if (!Common) {
    Common = std::move(Other);
    return;
  }
  auto Differs = std::mismatch(Common->begin(), Common->end(), Other.begin(), Other.end());
  Common->erase(Differs.first, Common->end());
}

static std::vector<std::string> featuresOf(const Function &F) {
  SmallVector<StringRef, 16> Parts;
  F.getFnAttribute("target-features")
      .getValueAsString()
      .split(Parts, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  return std::vector<std::string>(Parts.begin(), Parts.end());
}

SessionTarget sessionTargetOf(const Module &M) {
  SessionTarget Common;
  for (const Function &F : M) {
    if (F.isDeclaration())
      continue;
    if (!Common.Cpu && F.hasFnAttribute("target-cpu"))
      Common.Cpu = F.getFnAttribute("target-cpu").getValueAsString().str();
    keepCommonPrefix(Common.Features, featuresOf(F));
  }
  return Common;
}

void mergeSessionTarget(SessionTarget &Common, const SessionTarget &Other) {
  if (!Common.Cpu)
    Common.Cpu = Other.Cpu;
  if (Other.Features)
    keepCommonPrefix(Common.Features, *Other.Features);
}

TargetSettings completedTarget(TargetSettings Target, const SessionTarget &Found) {
  if (Target.Cpu.empty() || Target.Cpu == "native")
    Target.Cpu = Found.Cpu.value_or("");
  if (Target.Features.empty())
    Target.Features = Found.featureString();
  return Target;
}

} // namespace lto_inspector::rustc
