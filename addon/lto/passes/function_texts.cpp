#include "lto/passes/function_texts.h"

#include "lto/compat/pass_subjects.h"
#include "lto/ir/function_text.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace lto_inspector::passes {

using namespace pipeline;

/// The defined functions that a function refers to, directly or not, with itself.
static StringSet<> relatedTo(const Function &F) {
  StringSet<> Related;
  SmallVector<const Function *, 32> Left{&F};
  Related.insert(F.getName());
  while (!Left.empty())
    for (const BasicBlock &BB : *Left.pop_back_val())
      for (const Instruction &I : BB)
        for (const Use &Operand : I.operands())
          if (auto *Other = dyn_cast<Function>(Operand.get()))
            if (!Other->isDeclaration() && Related.insert(Other->getName()).second)
              Left.push_back(Other);
  return Related;
}

void FunctionTexts::before(LtoStage Stage, Module &Of) {
  PassTrace::before(Stage, Of);
  if (Stage != watched())
    return;
  M = &Of;
  Id = functionChanges().idOf(Name);
  const Function *F = M->getFunction(Name);
  if (!F || F->isDeclaration())
    return;
  Related = relatedTo(*F);
  addText();
}

void FunctionTexts::addText() {
  Texts.emplace_back();
  raw_string_ostream OS(Texts.back());
  ir::printFunction(*M->getFunction(Name), OS);
  OS.flush();
  TextBytes += Texts.back().size();
}

void FunctionTexts::instrument(PassInstrumentationCallbacks &Callbacks) {
  PassTrace::instrument(Callbacks);
  Callbacks.registerShouldRunOptionalPassCallback(
      [this](StringRef Pass, Any Of) { return runs(Pass, Of); });
}

bool FunctionTexts::runs(StringRef Pass, const Any &Of) const {
  if (tooLarge() || (!Expected.empty() && Steps.size() >= Expected.size()))
    return false;
  if (Scope == PassScope::All || Related.empty() || compat::moduleOf(Of))
    return true;
  return any_of(compat::functionsOf(Of),
                [&](const Function *F) { return Related.contains(F->getName()); });
}

bool FunctionTexts::looksAt(const Subject &Of) {
  return Of.Kind == SubjectKind::Module || Of.Kind == SubjectKind::Scc ||
         Of.Functions.front() == Id;
}

void FunctionTexts::found(const PassRun &Run, const FunctionChange &Change) {
  if (Change.Function != Id || tooLarge())
    return;
  TextStep Step;
  Step.Pass = passes()[Run.Pass];
  Step.Hash = Change.Hash;
  if (!Change.Removed) {
    Step.Text = Texts.size();
    addText();
  }
  Steps.push_back(std::move(Step));
}

bool FunctionTexts::asExpected() const {
  return equal(Steps, Expected, [](const TextStep &Step, const ExpectedChange &Change) {
    return Step.Pass == Change.Pass && Step.Hash == Change.Hash;
  });
}

} // namespace lto_inspector::passes
