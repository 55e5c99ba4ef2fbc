//===- journal_watch.h - Records an analysis in the journal ---------------===//
#pragma once

#include "binding/crash_journal.h"
#include "lto/llvm/run_control.h"

namespace lto_inspector::binding {

/// Records in the journal what the analysis is working on.
class JournalWatch : public support::ModuleWatch {
public:
  explicit JournalWatch(CrashJournal &Journal) : Journal(Journal) {}

  std::unique_ptr<Scope> enter(llvm::StringRef Module, llvm::StringRef Doing) override {
    return std::make_unique<JournalScope>(Journal, Module, Doing);
  }

private:
  struct JournalScope : Scope {
    JournalScope(CrashJournal &Journal, llvm::StringRef Module, llvm::StringRef Doing)
        : Entry(Journal, Module, Doing) {}
    CrashJournal::Entry Entry;
  };

  CrashJournal &Journal;
};

} // namespace lto_inspector::binding
