#include "lto/calls/import_decisions.h"

#include "lto/compat/local_copies.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include <set>

using namespace llvm;

namespace lto_inspector::calls {

namespace {

/// The copy of a function that LLVM looked at last, and what it thinks of it.
struct Candidate {
  const FunctionSummary *Function = nullptr;
  ImportRefusal Refused = ImportRefusal::None;
};

class Importer {
public:
  Importer(const ImportIndex &Of, const ImportLimits &Limits, const GVSummaryMapTy &Defined)
      : Of(Of), Limits(Limits), Defined(Defined) {}

  ModuleImports run();

private:
  /// A function whose calls are still to be followed.
  struct Pending {
    const FunctionSummary *Function;
    Guid Symbol;
    unsigned Threshold;
    unsigned Level;
    std::optional<size_t> Parent;
  };

  /// What is known of a callee so far: `ImportThresholdsTy` of LLVM.
  struct Seen {
    unsigned Threshold = 0;
    /// Once it is imported.
    const FunctionSummary *Chosen = nullptr;
    ImportDecision Refusal;
  };

  void followCalls(const Pending &From);
  void followCall(const Pending &From, ValueInfo Callee, Hotness HowHot);
  bool import(const Pending &From, ValueInfo Callee, Hotness HowHot, float Threshold, bool First,
              Seen &Known);
  void importVariables(const GlobalValueSummary &From);
  const GlobalVarSummary *variableFor(ValueInfo Variable, const GlobalValueSummary &From) const;
  bool hasOwn(ValueInfo Variable) const;

  Candidate select(ValueInfo Callee, unsigned Threshold, StringRef CallerModule) const;
  ImportRefusal refusalOf(const GlobalValueSummary *Copy, unsigned Threshold, size_t Copies,
                          StringRef CallerModule) const;
  float multiplierOf(Hotness HowHot) const;
  size_t note(const Pending &From, ValueInfo Callee, Hotness HowHot, float Threshold);

  const ImportIndex &Of;
  const ImportLimits &Limits;
  const GVSummaryMapTy &Defined;
  ModuleImports Result;
  MapVector<Guid, Seen> Callees;
  DenseSet<std::pair<Guid, const GlobalValueSummary *>> Variables;
  SmallVector<Pending, 128> Work;
};

} // namespace

ModuleImports Importer::run() {
  for (const auto &[Symbol, Summary] : Defined) {
    if (!Of.Index.isGlobalValueLive(Summary))
      continue;
    if (auto *Function = dyn_cast<FunctionSummary>(Summary->getBaseObject()))
      followCalls({Function, Symbol, Limits.Instructions, 0, std::nullopt});
  }
  while (!Work.empty())
    followCalls(Work.pop_back_val());
  for (auto &[Symbol, Known] : Callees)
    if (!Known.Chosen)
      Result.Decisions.push_back(std::move(Known.Refusal));
  return std::move(Result);
}

void Importer::followCalls(const Pending &From) {
  importVariables(*From.Function);
  for (const auto &[Callee, Info] : From.Function->calls())
    if (!Defined.count(Callee.getGUID()))
      followCall(From, Callee, Info.getHotness());
}

float Importer::multiplierOf(Hotness HowHot) const {
  switch (HowHot) {
  case Hotness::Hot:
    return Limits.Hot;
  case Hotness::Cold:
    return Limits.Cold;
  case Hotness::Critical:
    return Limits.Critical;
  default:
    return 1.0f;
  }
}

size_t Importer::note(const Pending &From, ValueInfo Callee, Hotness HowHot, float Threshold) {
  Result.Attempts.push_back({From.Symbol, Callee.getGUID(), static_cast<unsigned>(Threshold),
                             From.Level, From.Parent, HowHot});
  return Result.Attempts.size() - 1;
}

/// As in LLVM, thresholds are compared as floating-point numbers and lose their fraction when they
/// are kept.
void Importer::followCall(const Pending &From, ValueInfo Callee, Hotness HowHot) {
  const float Threshold = From.Threshold * multiplierOf(HowHot);
  auto [Entry, First] = Callees.try_emplace(Callee.getGUID());
  Seen &Known = Entry->second;
  if (First)
    Known.Threshold = static_cast<unsigned>(Threshold);
  if (Known.Chosen) {
    // With a higher threshold, its own calls may import more.
    if (Threshold <= Known.Threshold)
      return;
    Known.Threshold = static_cast<unsigned>(Threshold);
    note(From, Callee, HowHot, Threshold);
  } else if (!import(From, Callee, HowHot, Threshold, First, Known)) {
    return;
  }
  const float Next =
      From.Threshold * (HowHot == Hotness::Hot ? Limits.HotEvolution : Limits.Evolution);
  Work.push_back({Known.Chosen, Callee.getGUID(), static_cast<unsigned>(Next), From.Level + 1,
                  Result.Attempts.size() - 1});
}

/// @param First nobody called the function before
/// @returns whether it is imported
bool Importer::import(const Pending &From, ValueInfo Callee, Hotness HowHot, float Threshold,
                      bool First, Seen &Known) {
  ImportDecision &Refusal = Known.Refusal;
  auto Refuse = [&] {
    ++Refusal.Attempts;
    if (!is_contained(Refusal.Callers, From.Symbol))
      Refusal.Callers.push_back(From.Symbol);
    return false;
  };
  if (!First && Threshold <= Known.Threshold)
    return Refuse();
  Candidate Found = select(Callee, static_cast<unsigned>(Threshold), From.Function->modulePath());
  size_t Attempt = note(From, Callee, HowHot, Threshold);
  ImportDecision Decision;
  Decision.Symbol = Callee.getGUID();
  Decision.Attempt = Attempt;
  if (Found.Function) {
    Decision.Size = Found.Function->instCount();
    Decision.AlwaysInline = Found.Function->fflags().AlwaysInline;
  }
  if (Found.Function && Found.Refused == ImportRefusal::None) {
    Known.Chosen = Found.Function;
    Decision.Chosen = Found.Function;
    Result.Decisions.push_back(std::move(Decision));
    return true;
  }
  Decision.Refused = Found.Refused;
  Decision.NoSummary = Callee.getSummaryList().empty();
  Decision.MaxHotness = First ? HowHot : std::max(Refusal.MaxHotness, HowHot);
  Decision.Attempts = Refusal.Attempts;
  Decision.Callers = std::move(Refusal.Callers);
  Refusal = std::move(Decision);
  Known.Threshold = static_cast<unsigned>(Threshold);
  return Refuse();
}

Candidate Importer::select(ValueInfo Callee, unsigned Threshold, StringRef CallerModule) const {
  Candidate Last;
  for (const std::unique_ptr<GlobalValueSummary> &Copy : Callee.getSummaryList()) {
    Last = {dyn_cast<FunctionSummary>(Copy->getBaseObject()),
            refusalOf(Copy.get(), Threshold, Callee.getSummaryList().size(), CallerModule)};
    if (Last.Refused == ImportRefusal::None)
      return Last;
  }
  return Last;
}

ImportRefusal Importer::refusalOf(const GlobalValueSummary *Copy, unsigned Threshold, size_t Copies,
                                  StringRef CallerModule) const {
  if (!Of.Index.isGlobalValueLive(Copy))
    return ImportRefusal::NotLive;
  if (GlobalValue::isInterposableLinkage(Of.LinkageOf(Copy)))
    return ImportRefusal::InterposableLinkage;
  auto *Function = dyn_cast<FunctionSummary>(Copy->getBaseObject());
  if (!Function)
    return ImportRefusal::GlobalVar;
  if (GlobalValue::isLocalLinkage(Of.LinkageOf(Function)) && Copies > 1 &&
      Function->modulePath() != CallerModule)
    return ImportRefusal::LocalLinkageNotInModule;
  if (Function->notEligibleToImport())
    return ImportRefusal::NotEligible;
  if (Function->instCount() > Threshold && !Function->fflags().AlwaysInline)
    return ImportRefusal::TooLarge;
  if (Function->fflags().NoInline)
    return ImportRefusal::NoInline;
  return ImportRefusal::None;
}

/// Whether the module has a copy of a variable that makes another one unnecessary.
bool Importer::hasOwn(ValueInfo Variable) const {
  auto Own = Defined.find(Variable.getGUID());
  if (Own == Defined.end())
    return false;
  return Variable.getSummaryList().size() <= 1 ||
         !GlobalValue::isInterposableLinkage(Of.LinkageOf(Own->second)) ||
         Of.IsPrevailing(Variable.getGUID(), Own->second);
}

/// The copy of a variable to import; null: there is none.
const GlobalVarSummary *Importer::variableFor(ValueInfo Variable,
                                              const GlobalValueSummary &From) const {
  auto Copies = Variable.getSummaryList();
  for (const std::unique_ptr<GlobalValueSummary> &Copy : Copies) {
    auto *Found = dyn_cast<GlobalVarSummary>(Copy.get());
    if (Found && !GlobalValue::isInterposableLinkage(Of.LinkageOf(Found)) &&
        Of.Index.canImportGlobalVar(Found, /*AnalyzeRefs=*/true) &&
        !compat::skipsLocalOfAnotherModule(Of.LinkageOf(Found), Found->modulePath(), Copies.size(),
                                           From.modulePath()))
      return Found;
  }
  return nullptr;
}

void Importer::importVariables(const GlobalValueSummary &From) {
  SmallVector<const GlobalValueSummary *, 128> Referring = {&From};
  while (!Referring.empty()) {
    const GlobalValueSummary *Next = Referring.pop_back_val();
    for (const ValueInfo &Variable : Next->refs()) {
      const GlobalVarSummary *Found = hasOwn(Variable) ? nullptr : variableFor(Variable, *Next);
      if (!Found || !Variables.insert({Variable.getGUID(), Found}).second)
        continue;
      ImportDecision Decision;
      Decision.Symbol = Variable.getGUID();
      Decision.Chosen = Found;
      Result.Decisions.push_back(std::move(Decision));
      if (!Of.Index.isWriteOnly(Found))
        Referring.push_back(Found);
    }
  }
}

ModuleImports decideImports(const ImportIndex &Of, const ImportLimits &Limits,
                            const GVSummaryMapTy &Defined) {
  return Importer(Of, Limits, Defined).run();
}

bool isLlvmsList(const ModuleImports &Decided, const FunctionImporter::ImportMapTy &List) {
  std::set<std::pair<StringRef, Guid>> Ours, Theirs;
  for (const ImportDecision &Decision : Decided.Decisions)
    if (Decision.Chosen)
      Ours.insert({Decision.Chosen->modulePath(), Decision.Symbol});
  for (const compat::ImportEntry &Entry : compat::entriesOf(List)) {
    if (Entry.Kind != GlobalValueSummary::Definition)
      return false;
    Theirs.insert({Entry.From, Entry.Symbol});
  }
  return Ours == Theirs;
}

} // namespace lto_inspector::calls
