#include "lto/passes/function_changes.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;

namespace lto_inspector::passes {

/// Functions without a name cannot be found again. After LTO's steps before the passes, and after
/// the passes, there are none.
static bool isFollowed(const Function &F) { return !F.isDeclaration() && F.hasName(); }

FunctionChanges::FunctionChanges(const Module &M)
    : M(M), Digests(M.getContext()), Globals(fingerprintOfGlobals(M)) {
  for (const Function &F : M)
    if (isFollowed(F)) {
      const FunctionId Id = idOf(F.getName());
      States[Id] = State{fingerprintOf(F), ir::shortHashes(F, Digests)};
    }
}

FunctionId FunctionChanges::idOf(StringRef Name) {
  const auto [Entry, New] = Ids.try_emplace(Name, Names.size());
  if (New) {
    Names.push_back(Entry->getKey());
    States.emplace_back();
  }
  return Entry->second;
}

const Function *FunctionChanges::definition(FunctionId Id) const {
  const Function *F = M.getFunction(Names[Id]);
  return F && !F->isDeclaration() ? F : nullptr;
}

/// @param F null: not defined
/// @param Exactly whether the fingerprint may be the same although something changed
std::optional<FunctionChange> FunctionChanges::changeOf(FunctionId Id, const Function *F,
                                                        bool Exactly) {
  std::optional<State> &Known = States[Id];
  FunctionChange Change;
  Change.Function = Id;
  if (!F) {
    if (!Known)
      return std::nullopt;
    Change.Removed = true;
    Change.Instructions = -static_cast<int64_t>(Known->Quick.Instructions);
    Known.reset();
    return Change;
  }
  const Fingerprint Quick = fingerprintOf(*F);
  if (Known && Known->Quick == Quick && !Exactly)
    return std::nullopt;
  const ir::ShortHashes Exact = ir::shortHashes(*F, Digests);
  Change.Created = !Known;
  Change.Code = !Known || Known->Exact.Code != Exact.Code;
  Change.Header = !Known || Known->Exact.Header != Exact.Header;
  Change.Instructions = static_cast<int64_t>(Quick.Instructions) -
                        static_cast<int64_t>(Known ? Known->Quick.Instructions : 0);
  Change.Hash = shortened(Exact);
  Known = State{Quick, Exact};
  return Change.Code || Change.Header ? std::optional(Change) : std::nullopt;
}

/// Functions that a function calls or refers to (a pointer can become a call) and that may go when
/// nothing uses them.
static void addDiscardable(const Function &F, SmallSetVector<const Function *, 8> &Used) {
  for (const BasicBlock &BB : F)
    for (const Instruction &I : BB)
      for (const Use &Operand : I.operands())
        if (auto *Other = dyn_cast<Function>(Operand.get()))
          if (isFollowed(*Other) && Other->isDiscardableIfUnused())
            Used.insert(Other);
}

SmallVector<FunctionId, 4> FunctionChanges::onlyCalledBy(ArrayRef<FunctionId> Callers) {
  SmallPtrSet<const Function *, 8> Among;
  SmallSetVector<const Function *, 8> Candidates;
  auto Add = [&](const Function &F) {
    Among.insert(&F);
    addDiscardable(F, Candidates);
  };
  for (FunctionId Id : Callers)
    if (const Function *F = definition(Id))
      Add(*F);
  auto IsOnlyUsedAmong = [&](const Function &F) {
    return all_of(F.users(), [&](const User *By) {
      auto *I = dyn_cast<Instruction>(By);
      return I && (I->getFunction() == &F || Among.contains(I->getFunction()));
    });
  };
  SmallVector<FunctionId, 4> Found;
  for (bool More = true; std::exchange(More, false);) {
    for (const Function *F : Candidates.takeVector())
      if (!Among.contains(F) && IsOnlyUsedAmong(*F)) {
        Found.push_back(idOf(F->getName()));
        Add(*F);
        More = true;
      } else if (!Among.contains(F)) {
        Candidates.insert(F);
      }
  }
  return Found;
}

FunctionChanges::LoopState FunctionChanges::stateOf(const Loop &L) {
  const SmallVector<const BasicBlock *, 8> Blocks = blocksAround(L);
  const uint64_t Quick = fingerprintOf(Blocks);
  if (!LastLoop || LastLoop->Quick != Quick)
    LastLoop = LoopState{Quick, ir::hashBlocks(Blocks, Digests)};
  return *LastLoop;
}

std::optional<FunctionChange> FunctionChanges::changeOfLoop(FunctionId Of, const LoopState &Before,
                                                            const Loop *L) {
  if (Unsettled && *Unsettled != Of)
    settleLoops();
  const Function *F = definition(Of);
  std::optional<State> &Known = States[Of];
  if (!F || !Known)
    return std::nullopt;
  std::optional<LoopState> Now;
  if (L)
    Now = stateOf(*L);
  if (Now && Now->Exact.WithAddresses == Before.Exact.WithAddresses)
    return std::nullopt;
  const auto Instructions = static_cast<unsigned>(F->getInstructionCount());
  // An equal value in place of another is no change.
  const bool CanBeEqual =
      Now ? Now->Exact.Content == Before.Exact.Content : Instructions == Known->Quick.Instructions;
  if (CanBeEqual && !Unsettled)
    return changeOf(Of, F, /*Exactly=*/true);
  const uint64_t Content = Now ? Now->Exact.Content : xxh3_64bits(std::to_string(Instructions));
  FunctionChange Change;
  Change.Function = Of;
  Change.Code = true;
  Change.Instructions = static_cast<int64_t>(Instructions) - Known->Quick.Instructions;
  Change.Hash = shortened({Content, 0});
  Known->Quick.Instructions = Instructions;
  Unsettled = Of;
  return Change;
}

void FunctionChanges::settleLoops() {
  LastLoop.reset();
  if (!Unsettled)
    return;
  const Function *F = definition(*Unsettled);
  if (F && States[*Unsettled])
    States[*Unsettled] = State{fingerprintOf(*F), ir::shortHashes(*F, Digests)};
  Unsettled.reset();
}

void FunctionChanges::findIn(ArrayRef<FunctionId> Of, SmallVectorImpl<FunctionChange> &Changes) {
  for (FunctionId Id : Of) {
    const Function *F = definition(Id);
    std::optional<FunctionChange> Change = changeOf(Id, F, /*Exactly=*/false);
    if (!Change)
      continue;
    Changes.push_back(*Change);
    if (F && Change->Header)
      findInCallers(*F, Changes);
  }
}

void FunctionChanges::findInCallers(const Function &F, SmallVectorImpl<FunctionChange> &Changes) {
  SmallSetVector<const Function *, 8> Callers;
  for (const User *By : F.users())
    if (auto *Call = dyn_cast<CallBase>(By))
      Callers.insert(Call->getFunction());
  for (const Function *Caller : Callers)
    if (std::optional<FunctionChange> Change =
            changeOf(idOf(Caller->getName()), Caller, /*Exactly=*/false))
      Changes.push_back(*Change);
}

void FunctionChanges::findInAll(SmallVectorImpl<FunctionChange> &Changes) {
  const uint64_t Now = fingerprintOfGlobals(M);
  const bool Exactly = std::exchange(Globals, Now) != Now;
  if (Exactly)
    Digests.forgetData();
  findRemoved(Changes);
  for (const Function &F : M)
    if (isFollowed(F))
      if (std::optional<FunctionChange> Change = changeOf(idOf(F.getName()), &F, Exactly))
        Changes.push_back(*Change);
}

void FunctionChanges::findRemoved(SmallVectorImpl<FunctionChange> &Changes) {
  for (FunctionId Id = 0; Id < States.size(); ++Id)
    if (States[Id] && !definition(Id))
      Changes.push_back(*changeOf(Id, nullptr, /*Exactly=*/false));
}

void FunctionChanges::findMissed(SmallVectorImpl<FunctionChange> &Changes) {
  settleLoops();
  findRemoved(Changes);
  for (const Function &F : M)
    if (isFollowed(F))
      if (std::optional<FunctionChange> Change = changeOf(idOf(F.getName()), &F, /*Exactly=*/true))
        Changes.push_back(*Change);
}

} // namespace lto_inspector::passes
