//===- function_texts.h - A function between the passes that change it ----===//
#pragma once

#include "lto/passes/pass_trace.h"
#include "llvm/ADT/StringSet.h"

namespace lto_inspector::passes {

/// The pass that changed a function, and the function's text afterwards.
struct TextStep {
  std::string Pass;
  /// Index of FunctionTexts::texts; none: the function was removed.
  std::optional<size_t> Text;
  /// As FunctionChange::Hash.
  uint32_t Hash = 0;
};

/// A change that a trace has.
struct ExpectedChange {
  std::string Pass;
  uint32_t Hash = 0;
};

/// On which functions passes run.
enum class PassScope {
  /// On those that the function refers to, directly or not. Others hardly ever matter to it;
  /// whether they did shows in FunctionTexts::asExpected.
  Related,
  All
};

/// Takes the texts of one function between those passes that change it. Passes stop after the last
/// expected change, so the module cannot be used afterwards.
class FunctionTexts : public PassTrace {
public:
  /// @param Function its symbol
  /// @param Expected the changes of a trace, in order
  FunctionTexts(pipeline::LtoStage Watched, llvm::StringRef Function,
                std::vector<ExpectedChange> Expected, PassScope Scope)
      : PassTrace(Watched), Name(Function), Expected(std::move(Expected)), Scope(Scope) {}

  void before(pipeline::LtoStage Stage, llvm::Module &Of) override;
  void instrument(llvm::PassInstrumentationCallbacks &Callbacks) override;

  const std::vector<TextStep> &steps() const { return Steps; }
  /// LLVM's text of the function with what it refers to (ir::printFunction). The first is the
  /// function before the passes, if it was defined.
  const std::vector<std::string> &texts() const { return Texts; }
  /// Whether the steps are the expected changes.
  bool asExpected() const;
  /// Whether the texts together were larger than MostTextBytes, so that some are missing.
  bool tooLarge() const { return TextBytes > MostTextBytes; }

  static constexpr size_t MostTextBytes = 256 * 1024 * 1024;

protected:
  bool countsMemory() const override { return false; }
  bool looksAt(const Subject &Of) override;
  void found(const PassRun &Run, const FunctionChange &Change) override;

private:
  bool runs(llvm::StringRef Pass, const llvm::Any &Of) const;
  void addText();

  const std::string Name;
  const std::vector<ExpectedChange> Expected;
  const PassScope Scope;
  const llvm::Module *M = nullptr;
  FunctionId Id = 0;
  llvm::StringSet<> Related;
  std::vector<TextStep> Steps;
  std::vector<std::string> Texts;
  size_t TextBytes = 0;
};

} // namespace lto_inspector::passes
