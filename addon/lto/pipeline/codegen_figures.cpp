#include "lto/pipeline/codegen_figures.h"

#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/Function.h"

using namespace llvm;

namespace lto_inspector::pipeline {

namespace {

using Remark = DiagnosticInfoOptimizationBase;

/// Passes remarks of code generation on, and leaves everything else to the context's own handler.
class FiguresHandler : public DiagnosticHandler {
public:
  FiguresHandler(StringMap<CodegenFigures> &Figures, std::unique_ptr<DiagnosticHandler> Other)
      : Other(std::move(Other)), Figures(Figures) {}

  bool isAnalysisRemarkEnabled(StringRef Pass) const override {
    return Pass == "prologepilog" || Pass == "asm-printer" || Pass == "stack-frame-layout";
  }
  bool isMissedOptRemarkEnabled(StringRef Pass) const override { return Pass == "regalloc"; }
  bool isAnyRemarkEnabled() const override { return true; }

  bool handleDiagnostics(const DiagnosticInfo &Said) override;

  std::unique_ptr<DiagnosticHandler> Other;

private:
  StringMap<CodegenFigures> &Figures;
};

} // namespace

static uint64_t numberOf(StringRef Text) {
  uint64_t Number = 0;
  return Text.getAsInteger(10, Number) ? 0 : Number;
}

/// The names are those of `RAGreedyStats::report` (RegAllocGreedy.cpp, LLVM 19 to 22), which
/// counts a whole function, and each of its loops before.
static void addSpills(CodegenFigures &Of, const Remark &Said) {
  if (Said.getRemarkName() != "SpillReloadCopies")
    return;
  for (const auto &Part : Said.getArgs()) {
    if (Part.Key == "NumSpills" || Part.Key == "NumFoldedSpills")
      Of.Spills += numberOf(Part.Val);
    if (Part.Key == "NumReloads" || Part.Key == "NumFoldedReloads")
      Of.Reloads += numberOf(Part.Val);
  }
}

/// `StackFrameLayoutAnalysis` (StackFrameLayoutAnalysisPass.cpp, LLVM 19 to 22) lists all slots in
/// one remark: the type of each, and then its size.
static void addSlots(CodegenFigures &Of, const Remark &Said) {
  bool Spill = false;
  for (const auto &Part : Said.getArgs()) {
    if (Part.Key == "Type")
      Spill = Part.Val == "Spill";
    if (Part.Key == "Size" && Spill)
      Of.SpillBytes += numberOf(Part.Val);
  }
}

/// `AsmPrinter::emitFunctionBody` (AsmPrinter.cpp, LLVM 19 to 22) counts by basic block.
static void addMix(CodegenFigures &Of, const Remark &Said) {
  for (const auto &Part : Said.getArgs())
    if (StringRef Mnemonic = Part.Key; Mnemonic.consume_front("INST_"))
      Of.Mix[Mnemonic.str()] += numberOf(Part.Val);
}

static void addRemark(CodegenFigures &Of, const Remark &Said) {
  const StringRef Pass = Said.getPassName(), Name = Said.getRemarkName();
  for (const auto &Part : Said.getArgs()) {
    if (Pass == "prologepilog" && Part.Key == "NumStackBytes")
      Of.StackBytes = numberOf(Part.Val);
    if (Pass == "asm-printer" && Name == "InstructionCount" && Part.Key == "NumInstructions")
      Of.Instructions = numberOf(Part.Val);
  }
  if (Pass == "regalloc")
    addSpills(Of, Said);
  else if (Pass == "stack-frame-layout")
    addSlots(Of, Said);
  else if (Pass == "asm-printer" && Name == "InstructionMix")
    addMix(Of, Said);
}

bool FiguresHandler::handleDiagnostics(const DiagnosticInfo &Said) {
  auto *Heard = dyn_cast<Remark>(&Said);
  if (!Heard)
    return Other->handleDiagnostics(Said);
  addRemark(Figures[Heard->getFunction().getName()], *Heard);
  return true;
}

CodegenListener::CodegenListener(LLVMContext &Context) : Context(Context) {
  Context.setDiagnosticHandler(
      std::make_unique<FiguresHandler>(Figures, Context.getDiagnosticHandler()),
      /*RespectFilters=*/true);
}

CodegenListener::~CodegenListener() {
  std::unique_ptr<DiagnosticHandler> Own = Context.getDiagnosticHandler();
  Context.setDiagnosticHandler(std::move(static_cast<FiguresHandler &>(*Own).Other),
                               /*RespectFilters=*/true);
}

} // namespace lto_inspector::pipeline
