#include "lto/calls/fates.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/GlobalAlias.h"
#include "llvm/IR/Instruction.h"

using namespace llvm;

namespace lto_inspector::calls {

/// Passes that only run others.
static bool runsOthers(StringRef Pass) {
  return any_of(ArrayRef<StringRef>{"PassManager", "PassAdaptor", "AnalysisManagerProxy",
                                    "DevirtSCCRepeatedPass", "ModuleInlinerWrapperPass"},
                [&](StringRef Part) { return Pass.contains(Part); });
}

/// The innermost pass that does something itself. What the inliner empties is deleted later, by the
/// adaptor that runs it over the call graph.
std::string FateWatch::currentPass() const {
  for (StringRef Pass : reverse(Running))
    if (!runsOthers(Pass))
      return Pass.str();
  return Running.empty() ? std::string() : Running.back().str();
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
    Fates.push_back(std::move(Symbol));
    Handles.emplace_back(G, *this);
  };
  for (Function &F : M)
    Follow(F);
  for (GlobalVariable &V : M.globals())
    if (!V.getName().starts_with("llvm."))
      Follow(V);
}

void FateWatch::instrument(PassInstrumentationCallbacks &Callbacks) {
  Callbacks.registerBeforeNonSkippedPassCallback(
      [this](StringRef Pass, Any) { Running.push_back(Pass); });
  Callbacks.registerAfterPassCallback(
      [this](StringRef, Any, const PreservedAnalyses &) { Running.pop_back(); });
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
  } else if (Symbol.Pass == "MergeFunctionsPass") {
    // It redirects calls one by one, and deletes nothing else.
    Symbol.Became = Fate::Merged;
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
