//===- inline_ledger.h - What the inliner decides about every call --------===//
//
// The inliner says why in remarks, which a handler of diagnostics gets as data. Listening changes
// no code; the anchors that make remarks name their calls must not either, which a caller checks
// with the hashes of the code after the passes.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/calls/call_places.h"
#include "lto/calls/fates.h"
#include "lto/calls/pass_remarks.h"
#include "lto/pipeline/stage_recorder.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/DiagnosticInfo.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lto_inspector::calls {

/// The last decision about a call, or a decision about copies of it at the same place.
struct InlineDecision {
  std::string Caller;
  /// Empty: a call through a pointer.
  std::string Callee;
  bool Inlined = false;
  /// LLVM's name of the remark ("TooCostly", "NeverInline"). For a call that stayed without one:
  /// "Indirect" through a pointer, "NoDefinition" of a function that the module only declares, else
  /// "NoRemark".
  std::string Remark;
  /// None: LLVM decided without them.
  std::optional<int64_t> Cost;
  std::optional<int64_t> Threshold;
  /// LLVM's words; may be empty.
  std::string Reason;
  /// Where the call is written, and the calls over which its function was inlined into the caller,
  /// innermost first; empty: not known.
  std::vector<CallPlace> At;
  /// At has the whole way to the caller. Otherwise several copies of the call in one block cannot
  /// be distinguished, and it has the first place only.
  bool WholeWay = true;
  /// The passes made one call of several, or moved it, and it has no line any more: the calls of
  /// the callee that it can be; empty: At is certain, or none is known.
  std::vector<CallPlace> OneOf;
  /// Copies about which the inliner decided the same.
  unsigned Times = 1;
};

/// How costs are computed, and how far passes analyse what they only report.
enum class Costs {
  /// To the end, as LLVM does when it reports. Late savings can then bring a cost below the
  /// threshold, so that LLVM inlines more.
  Full,
  /// As far as LLVM computes them when nobody listens: up to the threshold.
  AsCompiled
};

/// Listens to the inliner, and to all other passes, during the step that leads to one stage.
class InlineLedger : public pipeline::StageObserver {
public:
  explicit InlineLedger(pipeline::LtoStage Watched, Anchors Wanted = Anchors::All,
                        Costs Computed = Costs::Full)
      : Watched(Watched), Wanted(Wanted), Computed(Computed) {}

  void before(pipeline::LtoStage Stage, llvm::Module &M) override;
  void instrument(llvm::PassInstrumentationCallbacks &Callbacks) override;
  void after(pipeline::LtoStage Stage, llvm::Module &M) override;

  /// A remark of the inliner, or of another pass.
  void add(const llvm::DiagnosticInfoIROptimization &Remark);

  const std::vector<InlineDecision> &decisions() const { return Decisions; }
  /// What the other passes say.
  const std::vector<PassRemark> &remarks() const { return Others.all(); }
  /// What became of everything that was defined before the step.
  const std::vector<SymbolFate> &fates() const { return Symbols.fates(); }
  /// ir::hashCode of every function that is defined after the step.
  const llvm::StringMap<std::string> &codeHashes() const { return Code; }

private:
  void addDecision(const llvm::DiagnosticInfoIROptimization &Remark);
  std::vector<CallPlace> callsIn(llvm::StringRef Function, const InlineDecision &Decision) const;
  void findLost(InlineDecision &Decision) const;
  void note(InlineDecision Decision);
  void listInlined(size_t Index);
  void noteWhatStayed(const llvm::Module &M);

  const pipeline::LtoStage Watched;
  const Anchors Wanted;
  const Costs Computed;
  std::unique_ptr<WrittenFunctions> Written;
  /// Functions that were defined before the step.
  llvm::StringMap<bool> Defined;
  FateWatch Symbols;
  PassRemarks Others;
  std::vector<InlineDecision> Decisions;
  /// Index into Decisions.
  llvm::StringMap<size_t> Known;
  /// By caller: indices of what was inlined into it.
  llvm::StringMap<std::vector<size_t>> InlinedInto;
  llvm::StringMap<std::string> Code;
};

/// The code hashes of a module's functions, by symbol. Error: ParseBitcode.
llvm::Expected<llvm::StringMap<std::string>> codeHashesOf(llvm::MemoryBufferRef Bitcode);

} // namespace lto_inspector::calls
