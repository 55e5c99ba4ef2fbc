//===- crash_journal.h - What LLVM was doing when it crashed --------------===//
//
// LLVM can end the process with a signal, and no handler can prevent that. So each worker thread
// records what it is doing in a slot of a small file, and the signal handler marks the slot of the
// thread that crashed. src/core/engine/journal.ts reads it. If LLVM gives up with a message, the
// message goes to stderr.
//
// Format: slots of 1024 bytes. Idle: zeros. Busy: "module\nstage\n", and during passes
// "module\nstage\npass\nfunction\n" (without a function: the pass works on the module). Crashed:
// the same after "!<signal number>\n". Names are truncated if they do not fit; line breaks in them
// become spaces.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <array>
#include <mutex>
#include <string>
#include <vector>

namespace lto_inspector::binding {

/// Thread-safe. A journal without a file does nothing.
class CrashJournal {
public:
  static constexpr size_t SlotBytes = 1024;
  static constexpr size_t MaxSlots = 256;

  ~CrashJournal();

  /// Opens the file, catches SIGSEGV, SIGBUS, SIGILL, SIGFPE and SIGABRT, and turns LLVM's fatal
  /// errors into the last of these. Once per process. Errors: UnreadableFile.
  llvm::Error open(llvm::StringRef Path);

  /// The part of a slot for the signal handler, which can neither allocate nor lock.
  struct Work {
    int File = -1;
    size_t Offset = 0;
    size_t Length = 0;
    /// Of the module and the stage.
    size_t StageLength = 0;
    /// The slot in memory that the system writes to the file even if the process is killed; null:
    /// there is none.
    char *Mapped = nullptr;
    std::array<char, SlotBytes> Text = {};
  };

  /// Holds a slot while a thread works on a module; ends on the same thread. A crash is attributed
  /// to the innermost entry.
  class Entry {
  public:
    Entry(CrashJournal &Journal, llvm::StringRef Module, llvm::StringRef Stage = {});
    ~Entry();
    Entry(const Entry &) = delete;
    Entry &operator=(const Entry &) = delete;
    void enter(llvm::StringRef Stage);

  private:
    CrashJournal &Journal;
    std::string Module;
    size_t Slot;
    Work Current;
    Work *Outer;
  };

  /// Notes which pass this thread runs on what, in its innermost entry. Called before each of many
  /// thousands of passes.
  static void enterPass(llvm::StringRef Pass, llvm::StringRef Function);

private:
  size_t takeSlot();
  void returnSlot(size_t Slot);

  int File = -1;
  /// All slots in memory; null: the system cannot do that.
  char *Mapped = nullptr;
  std::mutex Mutex;
  std::vector<bool> Taken;
};

} // namespace lto_inspector::binding
