#include "lto/ir/find.h"

#include "lto/ir/asm_symbols.h"
#include "lto/ir/demangle.h"
#include "lto/ir/module.h"
#include "lto/llvm/error.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/IR/Instruction.h"
#include "llvm/IR/Mangler.h"

using namespace llvm;

namespace lto_inspector::ir {

using namespace support;

namespace {

enum class Role { Defined, Imported, Referenced };

/// Its name in LLVM's text.
constexpr StringLiteral ModuleAsm = "module asm";

struct Match {
  const GlobalValue *Symbol;
  std::string Demangled;
  bool Whole;
  Role As;
  /// Whether module-level assembly refers to it.
  bool UsedByAsm = false;
};

bool isWhole(StringRef Name, StringRef Query) {
  const StringRef Plain = withoutPromotionSuffix(Name);
  return Plain == Query || Name == Query || demangle(Plain) == Query;
}

std::vector<Match> matchNames(const Module &M, StringRef Query) {
  std::vector<Match> Matches;
  for (const GlobalValue &G : M.global_values()) {
    const StringRef Name = G.getName();
    if (Name.empty())
      continue;
    std::string Demangled = demangle(Name);
    if (!Name.contains(Query) && !StringRef(Demangled).contains(Query))
      continue;
    Matches.push_back({&G, std::move(Demangled), isWhole(Name, Query), Role::Defined});
  }
  return Matches;
}

/// The functions and globals that use a symbol, also through constants; at most as many as the
/// report lists.
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
  if (M.UsedByAsm) {
    Hit.UsedBy.push_back(ModuleAsm.str());
    Hit.UsedByDemangled.push_back(ModuleAsm.str());
  }
  for (const GlobalValue *User : usersOf(*M.Symbol)) {
    Hit.UsedBy.push_back(User->getName().str());
    Hit.UsedByDemangled.push_back(demangle(User->getName()));
  }
  return Hit;
}

/// A symbol without a GlobalValue in this module, or that assembly defines too.
FindHit describe(const AsmSymbol &Symbol, StringRef ModuleName) {
  FindHit Hit;
  Hit.Module = ModuleName.str();
  Hit.Symbol = Symbol.Name;
  Hit.Demangled = demangle(Symbol.Name);
  Hit.Role = roleName(Symbol.Defined ? Role::Defined : Role::Referenced).str();
  Hit.Kind = "assembly";
  Hit.Linkage = Symbol.Weak ? "weak" : Symbol.Global || !Symbol.Defined ? "external" : "internal";
  if (!Symbol.Defined) {
    Hit.UsedBy.push_back(ModuleAsm.str());
    Hit.UsedByDemangled.push_back(ModuleAsm.str());
  }
  return Hit;
}

struct RankedHit {
  bool Whole;
  Role As;
  FindHit Hit;
};

/// Marks matches that the assembly refers to, and adds a hit for each symbol of its own: symbols
/// that it defines, and those without a global value in the module.
std::vector<RankedHit> searchAssembly(MutableArrayRef<Match> Matches, const AsmSymbols &Found,
                                      StringRef ModuleName, StringRef Query) {
  std::vector<RankedHit> Hits;
  Mangler Mangle;
  for (const AsmSymbol &Symbol : Found.Symbols) {
    auto Same = find_if(Matches, [&](const Match &M) {
      SmallString<128> Name;
      Mangle.getNameWithPrefix(Name, M.Symbol, /*CannotUsePrivateLabel=*/false);
      return Name == Symbol.Name;
    });
    if (Same != Matches.end() && !Symbol.Defined) {
      Same->UsedByAsm = true;
      continue;
    }
    if (!StringRef(Symbol.Name).contains(Query) &&
        !StringRef(demangle(Symbol.Name)).contains(Query))
      continue;
    Hits.push_back({isWhole(Symbol.Name, Query), Symbol.Defined ? Role::Defined : Role::Referenced,
                    describe(Symbol, ModuleName)});
  }
  return Hits;
}

} // namespace

Expected<FindResult> findSymbols(StringRef ModuleName, MemoryBufferRef Bitcode, StringRef Query,
                                 size_t Limit) {
  Expected<OpenModule> Open = openModule(Bitcode, Bodies::Lazy);
  if (!Open)
    return Open.takeError();
  std::vector<Match> Matches = matchNames(*Open->Module, Query);
  AsmSymbols Assembly = readAsmSymbols(*Open->Module, *Open->Said);
  std::vector<RankedHit> Ranked = searchAssembly(Matches, Assembly, ModuleName, Query);
  FindResult Result;
  Result.AssemblyNotRead = std::move(Assembly.NotRead);
  if (Matches.empty() && Ranked.empty())
    return Result;
  if (Error E = Open->Module->materializeAll())
    return wrapError(std::move(E), "ParseBitcode", "Reading the functions of " + ModuleName, {},
                     ModuleName);

  for (Match &M : Matches)
    M.As = roleOf(*M.Symbol);
  erase_if(Matches, [](const Match &M) {
    return M.As == Role::Referenced && M.Symbol->use_empty() && !M.UsedByAsm;
  });
  for (Match &M : Matches)
    Ranked.push_back({M.Whole, M.As, describe(M, ModuleName)});
  stable_sort(Ranked, [](const RankedHit &A, const RankedHit &B) {
    return std::tuple(!A.Whole, A.As) < std::tuple(!B.Whole, B.As);
  });

  Result.Truncated = Ranked.size() > Limit;
  for (RankedHit &One : MutableArrayRef(Ranked).take_front(Limit))
    Result.Hits.push_back(std::move(One.Hit));
  return Result;
}

} // namespace lto_inspector::ir
