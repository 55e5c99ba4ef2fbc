//===- fates.h - What becomes of a module's functions and variables -------===//
#pragma once

#include "llvm/ADT/Any.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PassInstrumentation.h"
#include "llvm/IR/ValueHandle.h"
#include <deque>
#include <string>
#include <vector>

namespace lto_inspector::calls {

/// What the passes made of a definition.
enum class Fate {
  /// Still defined, and other modules may see it.
  KeptExternal,
  KeptLocal,
  /// Still defined as a copy that is not emitted.
  KeptCopy,
  /// Declared only: a copy whose body was dropped.
  BodyDropped,
  /// Defined under its name, with other arguments or results.
  NewSignature,
  /// Its uses and its name lead to an equal definition.
  Merged,
  Gone
};

/// A definition before the passes, and what became of it.
struct SymbolFate {
  std::string Name;
  bool IsVariable = false;
  /// Before the passes: visible to this module only, or a copy that is not emitted.
  bool WasLocal = false;
  bool WasCopy = false;
  /// Functions and variables that used it before the passes, at most MostUsers.
  std::vector<std::string> Users;
  Fate Became = Fate::Gone;
  /// LLVM's name of the pass that ended it; empty: it is kept.
  std::string Pass;
  /// Of a merged one: the definition that stands for it; empty: not known.
  std::string Into;
  /// Of one that is gone: the pass that removed the last use in one of its users, and that user;
  /// empty: not noticed.
  std::string LastUsePass;
  std::string LastUser;
};

inline constexpr size_t MostUsers = 8;

/// Follows every definition of a module through the passes.
class FateWatch {
public:
  /// Begins with the definitions that the module has.
  void begin(llvm::Module &M);
  /// Notes which pass runs. Callbacks must not outlive this.
  void instrument(llvm::PassInstrumentationCallbacks &Callbacks);
  void end(const llvm::Module &M);

  const std::vector<SymbolFate> &fates() const { return Fates; }

private:
  /// Notices when a definition is deleted or replaced.
  class Handle final : public llvm::CallbackVH {
  public:
    Handle(llvm::GlobalValue &G, const FateWatch &Watch) : CallbackVH(&G), Watch(Watch) {}
    void deleted() override;
    void allUsesReplacedWith(llvm::Value *New) override;

    std::string DeletedBy, ReplacedBy, ReplacedIn;

  private:
    const FateWatch &Watch;
  };

  void hashTwins(llvm::Any Of);
  /// A definition, by index of Fates, and a function that used it at first.
  struct Use {
    size_t Symbol;
    llvm::StringRef User;
  };

  std::vector<Use> usedBefore(llvm::StringRef Pass, llvm::Any Of) const;
  void noteLastUses(llvm::StringRef Pass, llvm::ArrayRef<Use> UsedBefore);
  std::string twinOf(const SymbolFate &Symbol, const llvm::Module &M) const;
  std::string currentPass() const;
  void decide(SymbolFate &Symbol, const Handle &Seen, const llvm::Module &M) const;

  struct RunningPass {
    llvm::StringRef Name;
    std::vector<Use> Used;
  };

  /// Innermost last.
  llvm::SmallVector<RunningPass, 16> Running;
  std::vector<SymbolFate> Fates;
  /// By index of Fates. Handles do not move.
  std::deque<Handle> Handles;
  /// Indexes of Fates, by the functions that use them.
  llvm::StringMap<std::vector<size_t>> UsedIn;
  /// Code hashes of functions before equal ones are merged.
  llvm::StringMap<std::string> Twins;
};

} // namespace lto_inspector::calls
