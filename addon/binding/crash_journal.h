//===- crash_journal.h - What was under way when LLVM crashed -------------===//
//
// LLVM can end the process by a signal, and no handler can prevent that. So each working thread
// keeps what it is doing in a slot of a small file, and the signal handler marks the slot of the
// thread that crashed. src/core/engine/journal.ts reads it. Where LLVM gives up in words, these go
// to stderr.
//
// Format: slots of 1024 bytes. Idle: zeros. Busy: "module\nstage\n". Crashed: "!<signal
// number>\nmodule\nstage\n". A module's name is cut where it does not fit; line breaks in it
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

  /// Opens the file, catches SIGSEGV, SIGBUS, SIGILL, SIGFPE and SIGABRT, and makes LLVM's fatal
  /// errors end in the last of these. Once per process. Errors: UnreadableFile.
  llvm::Error open(llvm::StringRef Path);

  /// What the signal handler needs of a slot: it can neither allocate nor lock.
  struct Work {
    int File = -1;
    size_t Offset = 0;
    size_t Length = 0;
    std::array<char, SlotBytes> Text = {};
  };

  /// Holds a slot while a thread works on a module; ends on the same thread. The innermost of
  /// several is the one that a crash is blamed on.
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
    const Work *Outer;
  };

private:
  size_t takeSlot();
  void returnSlot(size_t Slot);

  int File = -1;
  std::mutex Mutex;
  std::vector<bool> Taken;
};

} // namespace lto_inspector::binding
