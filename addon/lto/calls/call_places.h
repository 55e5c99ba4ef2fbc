//===- call_places.h - Where calls are written ----------------------------===//
//
// LLVM's remarks name calls by debug locations. A function without debug info gets synthetic ones:
// its n-th call is on line n. They exist only in a module that is never saved, and a place that
// comes from them has the ordinal of the call instead of a line.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/StringMap.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"
#include <string>
#include <vector>

namespace lto_inspector::calls {

/// A call in the function that contains it in the source.
struct CallPlace {
  /// The function's symbol.
  std::string Function;
  /// Empty: the call has no line, and Line is the ordinal of the call among the
  /// function's calls before the passes, from 1.
  std::string File;
  unsigned Line = 0;
  unsigned Column = 0;

  friend bool operator==(const CallPlace &, const CallPlace &) = default;
};

/// Which calls get synthetic locations.
enum class Anchors {
  /// Every call without a line.
  All,
  /// Those of functions without debug info.
  WholeFunctions,
  None
};

/// Gives defined functions without debug info a subprogram, and calls without a line a location.
void addAnchors(llvm::Module &M, Anchors Wanted);

/// The symbol of the callee, as remarks spell it; empty: a call through a pointer.
llvm::StringRef calleeName(const llvm::CallBase &Call);

/// The place of a location, and those of the calls over which it was inlined, innermost first.
std::vector<CallPlace> placesOf(const llvm::DILocation *Location);

/// The place that LLVM's words name: a file, a line and a column. Function is empty unless an
/// anchor names it.
CallPlace placeIn(llvm::StringRef File, unsigned Line, unsigned Column);

/// What the debug info of a module says before the passes: its functions by symbol, which remarks
/// name without their files, and their calls.
class WrittenFunctions {
public:
  explicit WrittenFunctions(const llvm::Module &M);

  /// The calls of Callee that a function contains in the source, in the order of the code.
  llvm::ArrayRef<CallPlace> callsOf(llvm::StringRef Callee, llvm::StringRef Function) const;

  /// @param Offset lines after the line of the function, as in LLVM's remarks
  CallPlace placeOf(llvm::StringRef Function, unsigned Offset, unsigned Column) const;

private:
  void add(const llvm::DILocation *Location);
  void addCall(const llvm::CallBase &Call);

  llvm::StringMap<const llvm::DISubprogram *> Subprograms;
  /// By function and callee.
  llvm::StringMap<std::vector<CallPlace>> Calls;
};

} // namespace lto_inspector::calls
