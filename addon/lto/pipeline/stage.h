//===- stage.h - Stages of LTO as data ------------------------------------===//
//
// A pipeline is what a compiler or a linker does to modules during LTO: the list of stages, in the
// order in which they are made. Each compiler's lists are in its own folder (rustc/stages.h).
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <cassert>

namespace lto_inspector::pipeline {

struct StageInfo {
  /// The compiler's own name of the stage.
  llvm::StringLiteral Tag;
  /// The profiling activity of the step that leads here, as the compiler names it; empty: it has
  /// none, and the step is named after the stage.
  llvm::StringLiteral Activity = "";
  /// The step changes nothing that a GlobalState does not show.
  bool ChangesGlobalsOnly = false;
};

struct Pipeline {
  llvm::StringLiteral Name;
  llvm::ArrayRef<StageInfo> Stages;
};

/// A stage of a pipeline.
class LtoStage {
public:
  /// No stage: what a SavedStage has before it is filled in.
  constexpr LtoStage() = default;
  constexpr LtoStage(const Pipeline &Of, size_t Index) : Of(&Of), Index(Index) {}

  const Pipeline &pipeline() const {
    assert(Of && "no stage");
    return *Of;
  }
  llvm::StringRef tag() const { return info().Tag; }
  llvm::StringRef activity() const {
    return info().Activity.empty() ? tag() : llvm::StringRef(info().Activity);
  }
  bool changesGlobalsOnly() const { return info().ChangesGlobalsOnly; }

  /// Whether it is made directly after the other one.
  bool follows(LtoStage Other) const { return Of == Other.Of && Index == Other.Index + 1; }

  friend bool operator==(LtoStage, LtoStage) = default;
  /// The order in which stages of one pipeline are made.
  friend bool operator<(LtoStage Left, LtoStage Right) { return Left.Index < Right.Index; }

private:
  const StageInfo &info() const { return pipeline().Stages[Index]; }

  const Pipeline *Of = nullptr;
  size_t Index = 0;
};

} // namespace lto_inspector::pipeline
