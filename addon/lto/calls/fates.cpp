#include "lto/calls/fates.h"

#include "lto/compat/pass_subjects.h"
#include "lto/ir/hash.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/GlobalAlias.h"
#include "llvm/IR/Instruction.h"

using namespace llvm;

namespace lto_inspector::calls {

/// LLVM's pass that merges equal functions. It redirects calls one by one, and deletes nothing
/// else.
static constexpr StringLiteral MergesFunctions = "MergeFunctionsPass";

/// The innermost pass that does something itself. What the inliner empties is deleted later, by the
/// adaptor that runs it over the call graph.
std::string FateWatch::currentPass() const {
  for (const RunningPass &Pass : reverse(Running))
    if (!compat::runsOthers(Pass.Name))
      return Pass.Name.str();
  return Running.empty() ? std::string() : Running.back().Name.str();
}

void FateWatch::Handle::deleted() {
  DeletedBy = Watch.currentPass();
  setValPtr(nullptr);
}

void FateWatch::Handle::allUsesReplacedWith(Value *New) {
  if (!isa<GlobalValue>(New))
    return;
  ReplacedIn = Watch.currentPass();
  ReplacedBy = New->getName().str();
}

/// What a use is in: a function, or a variable whose initialiser has it.
static void addUsers(const Value &Used, std::vector<std::string> &Users, unsigned Depth = 0) {
  for (const User *By : Used.users()) {
    if (Users.size() >= MostUsers)
      return;
    StringRef Name;
    if (auto *I = dyn_cast<Instruction>(By))
      Name = I->getFunction()->getName();
    else if (isa<GlobalValue>(By))
      Name = By->getName();
    else if (Depth < 8)
      addUsers(*By, Users, Depth + 1);
    if (!Name.empty() && !is_contained(Users, Name))
      Users.push_back(Name.str());
  }
}

void FateWatch::begin(Module &M) {
  auto Follow = [&](GlobalObject &G) {
    if (G.isDeclaration() || !G.hasName())
      return;
    SymbolFate Symbol;
    Symbol.Name = G.getName().str();
    Symbol.IsVariable = isa<GlobalVariable>(G);
    Symbol.WasLocal = G.hasLocalLinkage();
    Symbol.WasCopy = G.hasAvailableExternallyLinkage();
    addUsers(G, Symbol.Users);
    for (const std::string &User : Symbol.Users)
      UsedIn[User].push_back(Fates.size());
    Fates.push_back(std::move(Symbol));
    Handles.emplace_back(G, *this);
  };
  for (Function &F : M)
    Follow(F);
  for (GlobalVariable &V : M.globals())
    if (!V.getName().starts_with("llvm."))
      Follow(V);
}

void FateWatch::hashTwins(Any Of) {
  const Module *M = compat::moduleOf(Of);
  if (!M)
    return;
  Twins.clear();
  ir::DigestCache Digests(M->getContext());
  for (const Function &F : *M)
    if (!F.isDeclaration())
      Twins[F.getName()] = ir::hashCode(F, Digests);
}

/// What the functions use before a pass that works on them.
std::vector<FateWatch::Use> FateWatch::usedBefore(StringRef Pass, Any Of) const {
  std::vector<Use> Used;
  if (compat::runsOthers(Pass))
    return Used;
  for (const Function *F : compat::functionsOf(Of))
    if (auto Found = UsedIn.find(F->getName()); Found != UsedIn.end())
      for (size_t I : Found->second)
        if (const Value *Symbol = Handles[I]; Symbol && !Symbol->use_empty())
          Used.push_back({I, Found->getKey()});
  return Used;
}

/// What nothing uses any more after the pass, or what it deleted.
void FateWatch::noteLastUses(StringRef Pass, ArrayRef<Use> UsedBefore) {
  for (const auto &[I, User] : UsedBefore) {
    const Value *Symbol = Handles[I];
    if (Symbol && !Symbol->use_empty())
      continue;
    Fates[I].LastUsePass = Pass.str();
    Fates[I].LastUser = User.str();
  }
}

/// The function that had the same code before equal ones were merged, and is still there; empty:
/// none, or several.
std::string FateWatch::twinOf(const SymbolFate &Symbol, const Module &M) const {
  std::string Twin;
  const std::string Code = Twins.lookup(Symbol.Name);
  if (Code.empty())
    return Twin;
  for (const auto &[Name, Hash] : Twins) {
    if (Hash != Code || Name == Symbol.Name)
      continue;
    const GlobalValue *Other = M.getNamedValue(Name);
    if (!Other || Other->isDeclaration())
      continue;
    if (!Twin.empty())
      return {};
    Twin = Name.str();
  }
  return Twin;
}

void FateWatch::instrument(PassInstrumentationCallbacks &Callbacks) {
  Callbacks.registerBeforeNonSkippedPassCallback([this](StringRef Pass, Any Of) {
    Running.push_back({Pass, usedBefore(Pass, Of)});
    if (Pass == MergesFunctions)
      hashTwins(Of);
  });
  // Some passes claim that they preserve everything although they change something.
  Callbacks.registerAfterPassCallback([this](StringRef Pass, Any, const PreservedAnalyses &) {
    noteLastUses(Pass, Running.back().Used);
    Running.pop_back();
  });
  Callbacks.registerAfterPassInvalidatedCallback(
      [this](StringRef, const PreservedAnalyses &) { Running.pop_back(); });
}

void FateWatch::decide(SymbolFate &Symbol, const Handle &Seen, const Module &M) const {
  auto *Own = dyn_cast_or_null<GlobalValue>(static_cast<Value *>(Seen));
  if (Own && !Own->isDeclaration()) {
    Symbol.Became = Own->hasLocalLinkage()                 ? Fate::KeptLocal
                    : Own->hasAvailableExternallyLinkage() ? Fate::KeptCopy
                                                           : Fate::KeptExternal;
    return;
  }
  if (Own) {
    Symbol.Became = Fate::BodyDropped;
    return;
  }
  Symbol.Pass = Seen.DeletedBy;
  const GlobalValue *Named = M.getNamedValue(Symbol.Name);
  if (auto *Alias = dyn_cast_or_null<GlobalAlias>(Named)) {
    Symbol.Became = Fate::Merged;
    Symbol.Into = Alias->getAliasee()->stripPointerCasts()->getName().str();
  } else if (Named && !Named->isDeclaration()) {
    Symbol.Became = Fate::NewSignature;
  } else if (!Seen.ReplacedBy.empty() && Seen.ReplacedIn == Seen.DeletedBy &&
             Seen.ReplacedBy != Symbol.Name) {
    Symbol.Became = Fate::Merged;
    Symbol.Into = Seen.ReplacedBy;
  } else if (Symbol.Pass == MergesFunctions) {
    Symbol.Became = Fate::Merged;
    Symbol.Into = twinOf(Symbol, M);
  } else if (Named) {
    Symbol.Became = Fate::BodyDropped;
  }
}

void FateWatch::end(const Module &M) {
  for (size_t I = 0; I < Fates.size(); ++I)
    decide(Fates[I], Handles[I], M);
  Handles.clear();
}

} // namespace lto_inspector::calls
