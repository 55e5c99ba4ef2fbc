#include "lto/passes/pass_trace.h"

#include "lto/compat/pass_subjects.h"
#include "lto/llvm/allocations.h"
#include "lto/llvm/processor_time.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace lto_inspector::passes {

using namespace pipeline;
using support::threadAllocations;
using support::threadNanos;

/// LLVM's pass that inlines over the call graph.
static constexpr StringLiteral Inliner = "InlinerPass";

/// Looking at a whole function of more instructions after each pass over each of its loops can take
/// longer than the passes.
static constexpr unsigned LargeFunction = 500;

void PassTrace::before(LtoStage Stage, Module &M) {
  if (Stage != Watched)
    return;
  Functions = std::make_unique<FunctionChanges>(M);
  for (FunctionId Id = 0; Id < Functions->names().size(); ++Id)
    Before.push_back({Functions->instructionsOf(Id), Functions->hashOf(Id)});
  KnowsMemory = countsMemory() && support::countAllocations();
  Total = threadNanos();
}

void PassTrace::after(LtoStage Stage, Module &) {
  if (Stage == Watched)
    Total = threadNanos() - Total;
}

std::vector<std::string> PassTrace::functions() const {
  std::vector<std::string> Names;
  for (StringRef Name : Functions->names())
    Names.push_back(Name.str());
  return Names;
}

void PassTrace::instrument(PassInstrumentationCallbacks &Callbacks) {
  Callbacks.registerBeforeNonSkippedPassCallback(
      [this](StringRef Pass, Any Of) { begin(Pass, Of); });
  Callbacks.registerAfterPassCallback(
      [this](StringRef, Any Of, const PreservedAnalyses &Preserved) {
        end(&Of, Preserved.areAllPreserved());
      });
  Callbacks.registerAfterPassInvalidatedCallback(
      [this](StringRef, const PreservedAnalyses &Preserved) {
        end(nullptr, Preserved.areAllPreserved());
      });
}

/// A template's name can be in several libraries.
uint32_t PassTrace::idOf(StringRef Pass) {
  const auto [Entry, New] = PassIds.try_emplace(Pass.data(), Passes.size());
  if (!New)
    return Entry->second;
  const auto Known = find(Passes, Pass);
  Entry->second = static_cast<uint32_t>(Known - Passes.begin());
  if (Known == Passes.end())
    Passes.push_back(Pass.str());
  return Entry->second;
}

uint32_t PassTrace::idOf(const Subject &Of) {
  const auto [Entry, New] = SubjectIds.try_emplace(Of, Subjects.size());
  if (New)
    Subjects.push_back(Of);
  return Entry->second;
}

Subject PassTrace::subjectOf(const Any &Of) {
  Subject Found;
  if (compat::moduleOf(Of))
    return Found;
  const Loop *L = compat::loopOf(Of);
  Found.Depth = L ? L->getLoopDepth() : 0;
  Found.Kind = L ? SubjectKind::Loop : compat::isScc(Of) ? SubjectKind::Scc : SubjectKind::Function;
  for (const Function *F : compat::functionsOf(Of))
    Found.Functions.push_back(Functions->idOf(F->getName()));
  return Found;
}

void PassTrace::begin(StringRef Pass, const Any &Of) {
  Frame Begun;
  Begun.Pass = idOf(Pass);
  Begun.RunsOthers = compat::runsOthers(Pass);
  if (Begun.RunsOthers) {
    Begun.OfModule = compat::moduleOf(Of);
    Running.push_back(std::move(Begun));
    return;
  }
  Begun.Entered = threadNanos();
  Begun.Of = subjectOf(Of);
  if (Pass == Inliner)
    Begun.CanEnd = Functions->onlyCalledBy(Begun.Of.Functions);
  const Loop *L = compat::loopOf(Of);
  const bool LargeLoop = L && Functions->instructionsOf(Begun.Of.Functions.front()) > LargeFunction;
  if (!LargeLoop)
    Functions->settleLoops();
  else if (looksAt(Begun.Of))
    Begun.LoopBefore = Functions->stateOf(*L);
  Begun.Run = addRun(Begun.Pass, Begun.Of);
  support::ThreadAllocations &Counts = threadAllocations();
  Begun.BytesAtStart = Counts.Bytes;
  Begun.OuterPeak = std::exchange(Counts.Peak, Counts.Bytes);
  Begun.Start = threadNanos();
  Own += Begun.Start - Begun.Entered;
  Running.push_back(std::move(Begun));
}

uint32_t PassTrace::addRun(uint32_t Pass, const Subject &Of) {
  PassRun Run;
  Run.Pass = Pass;
  Run.Subject = idOf(Of);
  Runs.push_back(Run);
  return static_cast<uint32_t>(Runs.size() - 1);
}

void PassTrace::end(const Any *Of, bool PreservedAll) {
  const Frame Ended = std::move(Running.back());
  Running.pop_back();
  if (Ended.RunsOthers)
    return endOther(Ended);
  const uint64_t Now = threadNanos();
  PassRun &Run = Runs[Ended.Run];
  Run.PreservedAll = PreservedAll;
  Run.SubjectGone = !Of;
  Run.Nanos = Now - Ended.Start - Ended.NotOwn;
  support::ThreadAllocations &Counts = threadAllocations();
  const RunMemory Used{Ended.Run, Counts.Bytes - Ended.BytesAtStart,
                       static_cast<uint64_t>(Counts.Peak - Ended.BytesAtStart)};
  if (Used.Bytes != 0 || Used.Peak != 0)
    Memory.push_back(Used);
  const int64_t Peak = std::max(Counts.Peak, Ended.OuterPeak);
  SmallVector<FunctionChange, 4> Changed;
  if (looksAt(Ended.Of))
    findChanges(Ended, Of, Changed);
  addChanges(Ended.Run, Changed);
  if (How == Finding::Checked)
    findMissed(Ended.Run);
  Counts.Peak = Peak;
  const uint64_t Later = threadNanos();
  Own += Later - Now;
  if (!Running.empty())
    Running.back().NotOwn += Later - Ended.Entered;
}

/// The inliner's callees are deleted by the adaptor that runs it over the call graph.
void PassTrace::endOther(const Frame &Ended) {
  if (!Running.empty())
    Running.back().NotOwn += Ended.NotOwn;
  if (!Ended.OfModule)
    return;
  const uint64_t Now = threadNanos();
  SmallVector<FunctionChange, 4> Changed;
  Functions->findRemoved(Changed);
  if (!Changed.empty())
    addChanges(addRun(Ended.Pass, Subject()), Changed);
  // Without a run of its own, what it changed would belong to the pass before.
  if (How == Finding::Checked && !Runs.empty())
    findMissed(static_cast<uint32_t>(Runs.size() - 1));
  const uint64_t Spent = threadNanos() - Now;
  Own += Spent;
  if (!Running.empty())
    Running.back().NotOwn += Spent;
}

/// @param Now null: what the pass ran on does not exist any more
void PassTrace::findChanges(const Frame &Ended, const Any *Now,
                            SmallVectorImpl<FunctionChange> &Changed) {
  const Subject &Before = Ended.Of;
  if (Before.Kind == SubjectKind::Module)
    return Functions->findInAll(Changed);
  if (Ended.LoopBefore) {
    if (std::optional<FunctionChange> Change = Functions->changeOfLoop(
            Before.Functions.front(), *Ended.LoopBefore, Now ? compat::loopOf(*Now) : nullptr))
      Changed.push_back(*Change);
    return;
  }
  Functions->findIn(Before.Functions, Changed);
  Functions->findIn(Ended.CanEnd, Changed);
  if (Before.Kind != SubjectKind::Scc || !Now)
    return;
  SmallVector<FunctionId, 4> More;
  for (FunctionId Id : subjectOf(*Now).Functions)
    if (!is_contained(Before.Functions, Id))
      More.push_back(Id);
  Functions->findIn(More, Changed);
}

void PassTrace::addChanges(uint32_t Run, ArrayRef<FunctionChange> Added) {
  for (const FunctionChange &Change : Added) {
    Changes.push_back({Run, Change});
    found(Runs[Run], Change);
  }
}

void PassTrace::findMissed(uint32_t Run) {
  SmallVector<FunctionChange, 4> Found;
  Functions->findMissed(Found);
  for (const FunctionChange &Change : Found)
    Missed.push_back({Run, Change});
}

} // namespace lto_inspector::passes
