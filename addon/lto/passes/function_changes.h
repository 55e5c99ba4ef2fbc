//===- function_changes.h - Which functions a pass changed ----------------===//
#pragma once

#include "lto/ir/hash.h"
#include "lto/passes/fingerprint.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/IR/Module.h"
#include <optional>
#include <vector>

namespace lto_inspector::passes {

/// The number of a function, by its name.
using FunctionId = uint32_t;

/// A function that a pass changed. Unlike StructuralHash, the hashes leave nothing out.
struct FunctionChange {
  FunctionId Function = 0;
  bool Code = false;
  bool Header = false;
  bool Created = false;
  bool Removed = false;
  /// Instructions after minus before.
  int64_t Instructions = 0;
  /// The first 32 bits of the hash of the code afterwards; 0: removed.
  uint32_t Hash = 0;
};

/// Knows the state of every function of a module, and finds what passes changed. Functions are
/// known by name: passes replace a function by another object with its name.
class FunctionChanges {
public:
  /// Begins with a module's functions. The module must outlive this.
  explicit FunctionChanges(const llvm::Module &M);

  /// The names of the functions that were seen, by number.
  const std::vector<llvm::StringRef> &names() const { return Names; }
  FunctionId idOf(llvm::StringRef Name);
  /// As far as is known; 0: not defined.
  unsigned instructionsOf(FunctionId Id) const {
    return States[Id] ? States[Id]->Quick.Instructions : 0;
  }
  /// The first 32 bits of the hash of the code, as far as is known; 0: not defined.
  uint32_t hashOf(FunctionId Id) const { return States[Id] ? shortened(States[Id]->Exact) : 0; }

  /// Functions that nothing uses any more once their calls in some others are inlined: those that
  /// only these, or such functions, use. The inliner empties them at once
  /// (`makeFunctionBodyUnreachable`, Inliner.cpp, LLVM 19 to 23).
  llvm::SmallVector<FunctionId, 4> onlyCalledBy(llvm::ArrayRef<FunctionId> Callers);

  /// The state of a loop in a large function, whose code is not hashed as a whole after each pass
  /// on each of its loops.
  struct LoopState {
    uint64_t Quick = 0;
    ir::BlockHashes Exact;
  };
  LoopState stateOf(const llvm::Loop &L);

  /// What a pass on a loop of a large function changed. FunctionChange::Hash is then of the loop
  /// with the blocks around it, or of the number of instructions if there is no such loop any more.
  ///
  /// @param L null: the loop does not exist any more
  std::optional<FunctionChange> changeOfLoop(FunctionId Of, const LoopState &Before,
                                             const llvm::Loop *L);
  /// Looks at the function again that a pass on a loop changed. To be called before another pass
  /// works on it.
  void settleLoops();

  /// What changed in functions that a pass worked on, and, if it changed how they are called, in
  /// those that call them.
  ///
  /// @param Of functions, by number; they need not exist any more
  void findIn(llvm::ArrayRef<FunctionId> Of, llvm::SmallVectorImpl<FunctionChange> &Changes);
  /// What changed in the whole module.
  void findInAll(llvm::SmallVectorImpl<FunctionChange> &Changes);
  /// Functions that are not defined any more.
  void findRemoved(llvm::SmallVectorImpl<FunctionChange> &Changes);
  /// Changes that the others did not find, by the hash of every function of the module: the slow
  /// and certain way. Found ones are known from then on.
  void findMissed(llvm::SmallVectorImpl<FunctionChange> &Changes);

private:
  /// Defined functions only.
  struct State {
    Fingerprint Quick;
    ir::ShortHashes Exact;
  };

  static uint32_t shortened(const ir::ShortHashes &Exact) {
    return std::max<uint32_t>(1, static_cast<uint32_t>(Exact.Code >> 32));
  }
  std::optional<FunctionChange> changeOf(FunctionId Id, const llvm::Function *F, bool Exactly);
  const llvm::Function *definition(FunctionId Id) const;
  void findInCallers(const llvm::Function &F, llvm::SmallVectorImpl<FunctionChange> &Changes);

  const llvm::Module &M;
  ir::DigestCache Digests;
  uint64_t Globals;
  llvm::StringMap<FunctionId> Ids;
  std::vector<llvm::StringRef> Names;
  std::vector<std::optional<State>> States;
  /// The state of the last loop, which is that before the next pass on it.
  std::optional<LoopState> LastLoop;
  /// Whose state is not that of its code: a pass on a loop changed it.
  std::optional<FunctionId> Unsettled;
};

} // namespace lto_inspector::passes
