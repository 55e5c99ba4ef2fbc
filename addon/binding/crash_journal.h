//===- crash_journal.h - What was under way when LLVM crashed -------------===//
//
// LLVM can end the process by a signal, and no handler can mend that. So each working thread keeps
// what it is doing in a slot of a small file, and the signal handler marks the slot of the thread
// that crashed. src/core/engine/journal.ts reads it.
//
// Format: slots of 1024 bytes. Idle: zeros. Busy: "module\nstage\n". Crashed: "!<signal
// number>\nmodule\nstage\n".
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <mutex>
#include <vector>

namespace lto_inspector {

/// Thread-safe. A journal without a file does nothing.
class CrashJournal {
public:
  static constexpr size_t SlotBytes = 1024;
  static constexpr size_t MaxSlots = 256;

  ~CrashJournal();

  /// Opens the file and catches SIGSEGV, SIGBUS, SIGILL, SIGFPE and SIGABRT. Errors:
  /// UnreadableFile.
  llvm::Error open(llvm::StringRef Path);

  /// Holds a slot while a thread works on a module.
  class Entry {
  public:
    Entry(CrashJournal &Journal, llvm::StringRef Module);
    ~Entry();
    Entry(const Entry &) = delete;
    Entry &operator=(const Entry &) = delete;
    void enter(llvm::StringRef Stage);

  private:
    CrashJournal &Journal;
    std::string Module;
    size_t Slot;
  };

private:
  size_t takeSlot();
  void returnSlot(size_t Slot);
  void write(size_t Slot, llvm::StringRef Text);

  int File = -1;
  std::mutex Mutex;
  std::vector<bool> Taken;
};

} // namespace lto_inspector
