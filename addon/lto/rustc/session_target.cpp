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

/// Older rustc writes no features into the functions that it makes up: the entry point
/// (`create_entry_wrapper`, rustc_codegen_ssa/src/base.rs) and the allocator shim's, which have no
/// CPU either (`create_wrapper_function`, rustc_codegen_llvm/src/allocator.rs, 1.85).
static bool saysNothing(const Function &F) {
  if (F.hasFnAttribute("target-features"))
    return false;
  return F.getName() == "main" || !F.hasFnAttribute("target-cpu");
}

SessionTarget sessionTargetOf(const Module &M) {
  SessionTarget Common;
  for (const Function &F : M) {
    if (F.isDeclaration() || saysNothing(F))
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
