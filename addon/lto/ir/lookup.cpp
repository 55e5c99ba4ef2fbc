#include "lto/ir/lookup.h"

#include "lto/ir/demangle.h"
#include "lto/llvm/error.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <functional>

using namespace llvm;

namespace lto_inspector::ir {

using namespace support;

namespace {

constexpr size_t MostCandidates = 10;
constexpr size_t MostAlike = 5;

struct Candidate {
  Function *F;
  /// Readable name without a promotion suffix.
  std::string Readable;
};

using Candidates = SmallVector<const Candidate *, 8>;

std::vector<Candidate> candidatesOf(Module &M) {
  std::vector<Candidate> All;
  for (Function &F : M)
    All.push_back({&F, demangle(withoutPromotionSuffix(F.getName()))});
  return All;
}

Candidates select(ArrayRef<Candidate> All, function_ref<bool(const Candidate &)> Matches) {
  Candidates Found;
  for (const Candidate &C : All)
    if (Matches(C))
      Found.push_back(&C);
  return Found;
}

std::string listed(const Candidates &Found, size_t Most) {
  std::string Text;
  for (const Candidate *C : ArrayRef(Found).take_front(Most)) {
    const StringRef Symbol = C->F->getName();
    Text += (Text.empty() ? "" : ", ") + C->Readable;
    if (C->Readable != Symbol)
      Text += (" (" + Symbol + ")").str();
  }
  if (Found.size() > Most)
    Text += " and " + std::to_string(Found.size() - Most) + " more";
  return Text;
}

Error unknown(const Module &M, StringRef Query, ArrayRef<Candidate> All) {
  const StringRef Last = Query.rsplit("::").second.empty() ? Query : Query.rsplit("::").second;
  const Candidates Alike = select(
      All, [&](const Candidate &C) { return StringRef(C.Readable).contains_insensitive(Last); });
  const std::string Hint =
      Alike.empty() ? "" : "; names that look alike: " + listed(Alike, MostAlike);
  return makeError("UnknownFunction", "The module has no function named " + Query + Hint, {},
                   M.getModuleIdentifier());
}

/// The only candidate, or the only definition among several; null if it is ambiguous.
Function *decide(const Candidates &Found) {
  if (Found.size() == 1)
    return Found.front()->F;
  Candidates Defined(
      make_filter_range(Found, [](const Candidate *C) { return !C->F->isDeclaration(); }));
  return Defined.size() == 1 ? Defined.front()->F : nullptr;
}

} // namespace

Expected<Function *> findFunction(Module &M, StringRef Query) {
  if (Function *Exact = M.getFunction(Query))
    return Exact;

  const std::vector<Candidate> All = candidatesOf(M);
  const std::string PathEnd = ("::" + Query).str();
  const std::function<bool(const Candidate &)> Tiers[] = {
      [&](const Candidate &C) {
        return withoutPromotionSuffix(C.F->getName()) == withoutPromotionSuffix(Query);
      },
      [&](const Candidate &C) { return C.Readable == Query || demangle(C.F->getName()) == Query; },
      [&](const Candidate &C) { return StringRef(C.Readable).ends_with(PathEnd); },
      [&](const Candidate &C) {
        return StringRef(C.Readable).contains(Query) || C.F->getName().contains(Query);
      },
  };
  for (const auto &Matches : Tiers) {
    const Candidates Found = select(All, Matches);
    if (Found.empty())
      continue;
    if (Function *F = decide(Found))
      return F;
    return makeError(
        "UnknownFunction",
        Query + " names " + Twine(Found.size()) +
            " functions of the module; name one of them: " + listed(Found, MostCandidates),
        {}, M.getModuleIdentifier());
  }
  return unknown(M, Query, All);
}

} // namespace lto_inspector::ir
