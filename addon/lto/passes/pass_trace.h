//===- pass_trace.h - Every run of a pass over a module -------------------===//
//
// LLVM calls back before and after each pass. The trace notes what ran on what, how long it took on
// the processor, what it changed, and how much memory it took. It changes nothing, which a caller
// checks with the bitcode after the passes.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/passes/function_changes.h"
#include "lto/pipeline/stage_recorder.h"
#include "llvm/ADT/DenseMap.h"
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lto_inspector::passes {

/// In the order of SUBJECT_KINDS in src/protocol/engine/passes.ts.
enum class SubjectKind : uint8_t { Module, Scc, Function, Loop };

/// What passes run on.
struct Subject {
  SubjectKind Kind = SubjectKind::Module;
  /// Of a loop: how many loops it is in, with itself. Else 0.
  unsigned Depth = 0;
  /// Of a module: none.
  llvm::SmallVector<FunctionId, 1> Functions;

  friend bool operator<(const Subject &Left, const Subject &Right) {
    return std::tie(Left.Kind, Left.Depth, Left.Functions) <
           std::tie(Right.Kind, Right.Depth, Right.Functions);
  }
};

struct PassRun {
  /// Indexes of PassTrace::passes and PassTrace::subjects.
  uint32_t Pass = 0;
  uint32_t Subject = 0;
  bool PreservedAll = false;
  /// What it ran on does not exist any more.
  bool SubjectGone = false;
  /// Time on the processor, without passes that it ran itself and without the trace.
  uint64_t Nanos = 0;
};

struct RunChange {
  uint32_t Run = 0;
  FunctionChange Change;
};

struct RunMemory {
  uint32_t Run = 0;
  /// Bytes allocated minus freed.
  int64_t Bytes = 0;
  /// The most bytes at once beyond those at the beginning of the run.
  uint64_t Peak = 0;
};

/// How a trace finds changes.
enum class Finding {
  /// Where a pass can have made them.
  Quick,
  /// There, and then in every function of the module, to see what the quick way missed. Takes time
  /// in proportion to runs times functions.
  Checked
};

/// A function before the passes.
struct FunctionBefore {
  unsigned Instructions = 0;
  /// As FunctionChange::Hash.
  uint32_t Hash = 0;
};

class PassTrace : public pipeline::StageObserver {
public:
  /// @param Watched the stage that the traced passes lead to
  explicit PassTrace(pipeline::LtoStage Watched, Finding How = Finding::Quick)
      : Watched(Watched), How(How) {}

  void before(pipeline::LtoStage Stage, llvm::Module &M) override;
  void instrument(llvm::PassInstrumentationCallbacks &Callbacks) override;
  void after(pipeline::LtoStage Stage, llvm::Module &M) override;

  /// LLVM's names.
  const std::vector<std::string> &passes() const { return Passes; }
  std::vector<std::string> functions() const;
  /// Of the first functions; those that follow were not defined.
  const std::vector<FunctionBefore> &functionsBefore() const { return Before; }
  const std::vector<Subject> &subjects() const { return Subjects; }
  /// In the order in which they began. A pass that only runs others is here only if it changed
  /// something itself.
  const std::vector<PassRun> &runs() const { return Runs; }
  /// In the order of runs.
  const std::vector<RunChange> &changes() const { return Changes; }
  /// In the order of runs; those that allocated and freed nothing are left out.
  const std::vector<RunMemory> &memory() const { return Memory; }
  /// With Finding::Checked: changes that the quick way missed.
  const std::vector<RunChange> &missed() const { return Missed; }
  /// Whether this system tells how much is allocated.
  bool knowsMemory() const { return KnowsMemory; }
  /// Time on the processor for everything from the first pass to the last, without the trace.
  uint64_t totalNanos() const { return Total - Own; }
  /// Time on the processor that the trace took.
  uint64_t ownNanos() const { return Own; }

protected:
  /// Whether changes are looked for after a run on Of: else they are found later, or not at all.
  virtual bool looksAt(const Subject &Of) { return true; }
  /// Whether what runs allocate is counted, from then on in the whole process.
  virtual bool countsMemory() const { return true; }
  /// Called for each change when it is found, before the next pass begins.
  virtual void found(const PassRun &Run, const FunctionChange &Change) {}

  pipeline::LtoStage watched() const { return Watched; }
  FunctionChanges &functionChanges() { return *Functions; }

private:
  /// A pass that runs now.
  struct Frame {
    uint32_t Pass = 0;
    bool RunsOthers = false;
    /// Of one that runs others: over a module.
    bool OfModule = false;
    /// When the callback before it began.
    uint64_t Entered = 0;
    /// The rest: of one that does something itself.
    Subject Of;
    /// Of the inliner: what else it can empty.
    llvm::SmallVector<FunctionId, 4> CanEnd;
    /// Of a loop in a large function.
    std::optional<FunctionChanges::LoopState> LoopBefore;
    uint32_t Run = 0;
    uint64_t Start = 0;
    /// Time between its beginning and its end that is not its own.
    uint64_t NotOwn = 0;
    int64_t BytesAtStart = 0;
    int64_t OuterPeak = 0;
  };

  void begin(llvm::StringRef Pass, const llvm::Any &Of);
  /// @param Of null: what it ran on does not exist any more
  void end(const llvm::Any *Of, bool PreservedAll);
  void endOther(const Frame &Ended);
  uint32_t addRun(uint32_t Pass, const Subject &Of);
  void findChanges(const Frame &Ended, const llvm::Any *Now,
                   llvm::SmallVectorImpl<FunctionChange> &Changed);
  void addChanges(uint32_t Run, llvm::ArrayRef<FunctionChange> Added);
  void findMissed(uint32_t Run);
  Subject subjectOf(const llvm::Any &Of);
  uint32_t idOf(llvm::StringRef Pass);
  uint32_t idOf(const Subject &Of);

  const pipeline::LtoStage Watched;
  const Finding How;
  std::unique_ptr<FunctionChanges> Functions;
  std::vector<FunctionBefore> Before;
  std::vector<std::string> Passes;
  /// LLVM's names of passes are static strings.
  llvm::DenseMap<const char *, uint32_t> PassIds;
  std::vector<Subject> Subjects;
  std::map<Subject, uint32_t> SubjectIds;
  std::vector<PassRun> Runs;
  std::vector<RunChange> Changes;
  std::vector<RunChange> Missed;
  std::vector<RunMemory> Memory;
  std::vector<Frame> Running;
  bool KnowsMemory = false;
  uint64_t Total = 0;
  uint64_t Own = 0;
};

} // namespace lto_inspector::passes
