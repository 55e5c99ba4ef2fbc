#include "lto/calls/inline_ledger.h"

#include "lto/ir/hash.h"
#include "lto/ir/module.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/GlobalAlias.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace llvm;

namespace lto_inspector::calls {

namespace {

/// The name of the inliner's remarks; what runs it appends to it ("inline-ml").
constexpr StringLiteral Inliner = "inline";

/// Passes remarks to a ledger, and leaves everything else to the context's own handler.
class RemarkHandler : public DiagnosticHandler {
public:
  RemarkHandler(InlineLedger &Ledger, Costs Computed, std::unique_ptr<DiagnosticHandler> Other)
      : Ledger(Ledger), Computed(Computed), Other(std::move(Other)) {}

  /// Asked by the inliner when it chooses how to compute costs (`getDefaultInlineAdvice`,
  /// InlineAdvisor.cpp, LLVM 19 to 23), and by other passes before they analyse something for a
  /// remark only. Remarks come in any case: the context has no filter.
  bool isMissedOptRemarkEnabled(StringRef Pass) const override {
    return Computed == Costs::Full && PassRemarks::wants(Pass);
  }
  bool isPassedOptRemarkEnabled(StringRef Pass) const override {
    return isMissedOptRemarkEnabled(Pass);
  }
  bool isAnalysisRemarkEnabled(StringRef Pass) const override {
    return isMissedOptRemarkEnabled(Pass);
  }
  bool isAnyRemarkEnabled() const override { return true; }

  bool handleDiagnostics(const DiagnosticInfo &Said) override {
    auto *Remark = dyn_cast<DiagnosticInfoOptimizationBase>(&Said);
    if (!Remark)
      return Other->handleDiagnostics(Said);
    if (auto *OfIr = dyn_cast<DiagnosticInfoIROptimization>(&Said))
      Ledger.add(*OfIr);
    return true;
  }

private:
  InlineLedger &Ledger;
  const Costs Computed;
  std::unique_ptr<DiagnosticHandler> Other;
};

/// What a remark says besides its words.
struct RemarkArguments {
  StringRef Callee, Caller, Reason;
  std::optional<int64_t> Cost, Threshold;
  /// Of an inlined call, innermost first.
  std::vector<CallPlace> Places;
};

} // namespace

static std::optional<int64_t> numberIn(StringRef Text) {
  int64_t Number;
  return Text.getAsInteger(10, Number) ? std::nullopt : std::optional(Number);
}

/// Reads a remark. That of an inlined call ends with its places: "at callsite f:1:2 @ g:3:4;", in
/// which lines count from the line of the function (`addLocationToRemarks`, InlineAdvisor.cpp,
/// LLVM 19 to 23).
static RemarkArguments readArguments(const DiagnosticInfoIROptimization &Remark,
                                     const WrittenFunctions &Written) {
  RemarkArguments Read;
  StringRef Function;
  std::optional<int64_t> Line;
  StringRef Before;
  for (const DiagnosticInfoOptimizationBase::Argument &Argument : Remark.getArgs()) {
    StringRef Value = Argument.Val;
    if (Argument.Key == "Callee")
      Read.Callee = Value;
    else if (Argument.Key == "Caller")
      Read.Caller = Value;
    else if (Argument.Key == "Reason")
      Read.Reason = Value;
    else if (Argument.Key == "Cost")
      Read.Cost = numberIn(Value);
    else if (Argument.Key == "Threshold")
      Read.Threshold = numberIn(Value);
    else if (Argument.Key == "Line") {
      Function = Before;
      Line = numberIn(Value);
    } else if (Argument.Key == "Column" && Line) {
      Read.Places.push_back(
          Written.placeOf(Function, *Line, static_cast<unsigned>(numberIn(Value).value_or(0))));
      Line.reset();
    } else if (Argument.Key == "String" && Value != ":") {
      Before = Value;
    }
  }
  return Read;
}

/// The calls in a block that a remark can be about.
static std::vector<const CallBase *> callsIn(const BasicBlock &Block, StringRef Callee,
                                             const DiagnosticInfoIROptimization &Remark) {
  std::vector<const CallBase *> Calls;
  StringRef File;
  unsigned Line = 0, Column = 0;
  if (Remark.isLocationAvailable())
    Remark.getLocation(File, Line, Column);
  for (const Instruction &I : Block) {
    auto *Call = dyn_cast<CallBase>(&I);
    if (!Call || calleeName(*Call) != Callee)
      continue;
    const DebugLoc &Location = Call->getDebugLoc();
    if ((Location ? Location.getLine() : 0) == Line && (Location ? Location.getCol() : 0) == Column)
      Calls.push_back(Call);
  }
  return Calls;
}

/// Where a call that was not inlined is. The remark names the innermost place, and the call is
/// still in its block.
static void findPlaces(const DiagnosticInfoIROptimization &Remark, InlineDecision &Decision) {
  std::vector<std::vector<CallPlace>> Ways;
  if (auto *Block = dyn_cast_or_null<BasicBlock>(Remark.getCodeRegion()))
    for (const CallBase *Call : callsIn(*Block, Decision.Callee, Remark))
      if (std::vector<CallPlace> Way = placesOf(Call->getDebugLoc().get());
          !is_contained(Ways, Way))
        Ways.push_back(std::move(Way));
  if (Ways.size() == 1) {
    Decision.At = std::move(Ways.front());
    return;
  }
  if (Ways.empty() && Remark.isLocationAvailable()) {
    StringRef File;
    unsigned Line = 0, Column = 0;
    Remark.getLocation(File, Line, Column);
    Decision.At = {placeIn(File, Line, Column)};
  } else if (!Ways.empty() && !Ways.front().empty()) {
    Decision.At = {Ways.front().front()};
  }
  Decision.WholeWay = false;
}

/// Only the location itself tells whether the call has a line: an inlined call's words count from
/// the line of its function.
static void correctPlace(const DiagnosticInfoIROptimization &Remark, InlineDecision &Decision) {
  if (Decision.At.empty() || !Remark.isLocationAvailable())
    return;
  StringRef File;
  unsigned Line = 0, Column = 0;
  Remark.getLocation(File, Line, Column);
  CallPlace Place = placeIn(File, Line, Column);
  if (Place.File.empty())
    Decision.At.front() = std::move(Place);
}

void InlineLedger::add(const DiagnosticInfoIROptimization &Remark) {
  if (!Remark.getPassName().starts_with(Inliner))
    Others.add(Remark);
  else if ((Remark.isPassed() || Remark.isMissed()) && !Remark.isVerbose())
    addDecision(Remark);
}

void InlineLedger::addDecision(const DiagnosticInfoIROptimization &Remark) {
  RemarkArguments Read = readArguments(Remark, *Written);
  if (Read.Callee.empty())
    return;
  InlineDecision Decision;
  Decision.Caller = Remark.getFunction().getName().str();
  Decision.Callee = Read.Callee.str();
  Decision.Inlined = Remark.isPassed();
  Decision.Remark = Remark.getRemarkName().str();
  Decision.Cost = Read.Cost;
  Decision.Threshold = Read.Threshold;
  Decision.Reason = Read.Reason.str();
  Decision.At = std::move(Read.Places);
  if (Decision.Inlined)
    correctPlace(Remark, Decision);
  else
    findPlaces(Remark, Decision);
  findLost(Decision);
  note(std::move(Decision));
}

/// Whether a function was inlined into the code of another one, as far as its places tell.
static bool isWithin(const InlineDecision &Inlined, StringRef Function) {
  return !Inlined.WholeWay || Inlined.Caller == Function ||
         any_of(Inlined.At, [&](const CallPlace &Place) { return Place.Function == Function; });
}

/// The calls of a callee that a function had before the passes, or that came with what was inlined
/// into it, here or before it was inlined into the caller: the location of a merged call names the
/// function that they have in common.
std::vector<CallPlace> InlineLedger::callsIn(StringRef Function,
                                             const InlineDecision &Decision) const {
  if (ArrayRef<CallPlace> Own = Written->callsOf(Decision.Callee, Function); !Own.empty())
    return Own;
  SetVector<StringRef> Parts;
  auto AddInlined = [&](StringRef Into) {
    for (size_t I : InlinedInto.lookup(Into))
      if (Into != Decision.Caller || isWithin(Decisions[I], Function))
        Parts.insert(Decisions[I].Callee);
  };
  AddInlined(Decision.Caller);
  if (Function != Decision.Caller)
    AddInlined(Function);
  std::vector<CallPlace> Calls;
  for (size_t I = 0; I < Parts.size(); ++I) {
    append_range(Calls, Written->callsOf(Decision.Callee, Parts[I]));
    AddInlined(Parts[I]);
  }
  return Calls;
}

/// A call without a line is one of those of its callee that the function had before the passes.
void InlineLedger::findLost(InlineDecision &Decision) const {
  std::vector<CallPlace> &At = Decision.At;
  if (!At.empty() && At.front().Line != 0)
    return;
  StringRef Function = At.empty() || At.front().Function.empty() ? StringRef(Decision.Caller)
                                                                 : StringRef(At.front().Function);
  std::vector<CallPlace> Calls = callsIn(Function, Decision);
  if (Calls.size() != 1) {
    Decision.OneOf = std::move(Calls);
    return;
  }
  Decision.WholeWay &= !At.empty();
  if (At.empty())
    At.push_back(Calls.front());
  else
    At.front() = Calls.front();
}

/// Identifies a call: the caller, the callee and the places.
static std::string keyOf(const InlineDecision &Decision) {
  std::string Key = Decision.Caller + '\0' + Decision.Callee;
  for (const CallPlace &Place : Decision.At)
    Key += '\0' + Place.Function + '\0' + std::to_string(Place.Line) + ':' +
           std::to_string(Place.Column);
  return Key;
}

/// The inliner comes back to a call that it did not inline, and then says so again: the last word
/// counts. If it inlines several with the same key, they are copies of one (an unrolled loop).
void InlineLedger::note(InlineDecision Decision) {
  const std::string Key = keyOf(Decision);
  auto [Entry, New] = Known.try_emplace(Key, Decisions.size());
  if (!New) {
    InlineDecision &Earlier = Decisions[Entry->second];
    if (Earlier.Inlined && Decision.Inlined)
      return void(++Earlier.Times);
    if (!Earlier.Inlined) {
      Earlier = std::move(Decision);
      return listInlined(Entry->second);
    }
    Entry->second = Decisions.size();
  }
  Decisions.push_back(std::move(Decision));
  listInlined(Decisions.size() - 1);
}

void InlineLedger::listInlined(size_t Index) {
  if (const InlineDecision &Decision = Decisions[Index]; Decision.Inlined)
    InlinedInto[Decision.Caller].push_back(Index);
}

void InlineLedger::before(pipeline::LtoStage Stage, Module &M) {
  if (!(Stage == Watched))
    return;
  for (const Function &F : M)
    if (!F.isDeclaration())
      Defined[GlobalValue::dropLLVMManglingEscape(F.getName())] = true;
  Symbols.begin(M);
  addAnchors(M, Wanted);
  Written = std::make_unique<WrittenFunctions>(M);
  LLVMContext &Context = M.getContext();
  Context.setDiagnosticHandler(
      std::make_unique<RemarkHandler>(*this, Computed, Context.getDiagnosticHandler()),
      /*RespectFilters=*/false);
}

void InlineLedger::instrument(PassInstrumentationCallbacks &Callbacks) {
  Symbols.instrument(Callbacks);
}

/// What the inliner has to say about a call that stayed, without a remark.
static StringRef unsaid(StringRef Callee, const StringMap<bool> &Defined) {
  if (Callee.empty())
    return "Indirect";
  return Defined.contains(Callee) ? "NoRemark" : "NoDefinition";
}

/// Calls about which the inliner has no remark, or only verbose ones, which come for some only.
void InlineLedger::noteWhatStayed(const Module &M) {
  for (const Function &F : M) {
    for (const Instruction &I : instructions(F)) {
      auto *Call = dyn_cast<CallBase>(&I);
      if (!Call || isa<IntrinsicInst>(Call) || Call->isInlineAsm())
        continue;
      InlineDecision Decision;
      Decision.Caller = F.getName().str();
      Decision.Callee = calleeName(*Call).str();
      Decision.Remark = unsaid(Decision.Callee, Defined).str();
      Decision.At = placesOf(Call->getDebugLoc().get());
      Decision.WholeWay = !Decision.At.empty();
      findLost(Decision);
      if (!Known.contains(keyOf(Decision)))
        note(std::move(Decision));
    }
  }
}

static StringMap<std::string> codeHashesOf(const Module &M) {
  StringMap<std::string> Code;
  ir::DigestCache Digests(M.getContext());
  for (const Function &F : M)
    if (!F.isDeclaration())
      Code[F.getName()] = ir::hashCode(F, Digests);
  return Code;
}

Expected<StringMap<std::string>> codeHashesOf(MemoryBufferRef Bitcode) {
  Expected<ir::OpenModule> Open = ir::openModule(Bitcode, ir::Bodies::All);
  if (!Open)
    return Open.takeError();
  return codeHashesOf(*Open->Module);
}

void InlineLedger::after(pipeline::LtoStage Stage, Module &M) {
  if (!(Stage == Watched))
    return;
  noteWhatStayed(M);
  Symbols.end(M);
  Code = codeHashesOf(M);
}

} // namespace lto_inspector::calls
