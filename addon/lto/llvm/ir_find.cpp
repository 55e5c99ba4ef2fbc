#include "lto/llvm/ir_find.h"

#include "lto/llvm/demangle.h"
#include "lto/llvm/error.h"
#include "lto/llvm/ir_module.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/Instruction.h"

using namespace llvm;

namespace lto_inspector {

namespace {

constexpr size_t MostUsers = 20;

enum class Role { Defined, Imported, Referenced };

struct Match {
  const GlobalValue *Symbol;
  std::string Demangled;
  bool Whole;
  Role As;
};

std::vector<Match> matchNames(const Module &M, StringRef Query) {
  std::vector<Match> Matches;
  for (const GlobalValue &G : M.global_values()) {
    const StringRef Name = G.getName();
    if (Name.empty())
      continue;
    std::string Demangled = demangle(Name);
    if (!Name.contains(Query) && !StringRef(Demangled).contains(Query))
      continue;
    const StringRef Plain = withoutPromotionSuffix(Name);
    const bool Whole = Plain == Query || Name == Query || demangle(Plain) == Query;
    Matches.push_back({&G, std::move(Demangled), Whole, Role::Defined});
  }
  return Matches;
}

/// The functions and globals that use a symbol, also through constants; at most as many as are
/// reported.
SmallSetVector<const GlobalValue *, MostUsers> usersOf(const GlobalValue &Symbol) {
  SmallSetVector<const GlobalValue *, MostUsers> Users;
  SmallPtrSet<const User *, 32> Seen;
  SmallVector<const User *, 32> Left(Symbol.users());
  while (!Left.empty() && Users.size() < MostUsers) {
    const User *U = Left.pop_back_val();
    if (!Seen.insert(U).second)
      continue;
    if (auto *I = dyn_cast<Instruction>(U))
      Users.insert(I->getFunction());
    else if (auto *G = dyn_cast<GlobalValue>(U))
      Users.insert(G);
    else
      Left.append(U->user_begin(), U->user_end());
  }
  return Users;
}

Role roleOf(const GlobalValue &G) {
  if (G.hasAvailableExternallyLinkage())
    return Role::Imported;
  return G.isDeclaration() ? Role::Referenced : Role::Defined;
}

StringRef roleName(Role As) {
  switch (As) {
  case Role::Defined:
    return "defined";
  case Role::Imported:
    return "imported";
  case Role::Referenced:
    return "referenced";
  }
  return "defined";
}

StringRef kindName(const GlobalValue &G) {
  if (isa<Function>(G))
    return "function";
  if (isa<GlobalAlias>(G))
    return "alias";
  return isa<GlobalIFunc>(G) ? "ifunc" : "variable";
}

FindHit describe(Match &M, StringRef ModuleName) {
  FindHit Hit;
  Hit.Module = ModuleName.str();
  Hit.Symbol = M.Symbol->getName().str();
  Hit.Demangled = std::move(M.Demangled);
  Hit.Role = roleName(M.As).str();
  Hit.Kind = kindName(*M.Symbol).str();
  Hit.Linkage = linkageName(M.Symbol->getLinkage()).str();
  if (auto *F = dyn_cast<Function>(M.Symbol))
    Hit.Instructions = F->getInstructionCount();
  for (const GlobalValue *User : usersOf(*M.Symbol)) {
    Hit.UsedBy.push_back(User->getName().str());
    Hit.UsedByDemangled.push_back(demangle(User->getName()));
  }
  return Hit;
}

} // namespace

Expected<FindResult> findSymbols(StringRef ModuleName, MemoryBufferRef Bitcode, StringRef Query,
                                 size_t Limit) {
  Expected<OpenModule> Open = openModule(Bitcode, Bodies::Lazy);
  if (!Open)
    return Open.takeError();
  std::vector<Match> Matches = matchNames(*Open->Module, Query);
  if (Matches.empty())
    return FindResult();
  if (Error E = Open->Module->materializeAll())
    return wrapError(std::move(E), "ParseBitcode", "Reading the functions of " + ModuleName, {},
                     ModuleName);

  for (Match &M : Matches)
    M.As = roleOf(*M.Symbol);
  erase_if(Matches,
           [](const Match &M) { return M.As == Role::Referenced && M.Symbol->use_empty(); });
  stable_sort(Matches, [](const Match &A, const Match &B) {
    return std::tuple(!A.Whole, A.As) < std::tuple(!B.Whole, B.As);
  });

  FindResult Result;
  Result.Truncated = Matches.size() > Limit;
  for (Match &M : MutableArrayRef(Matches).take_front(Limit))
    Result.Hits.push_back(describe(M, ModuleName));
  return Result;
}

} // namespace lto_inspector
