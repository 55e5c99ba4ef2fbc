#include "binding/crash_journal.h"
#include "lto/llvm/atomic_file.h"
#include "test/support/expected.h"
#include "test/support/scratch.h"
#include "llvm/Support/ErrorHandling.h"
#include <csignal>
#include <cstdlib>
#include <sys/mman.h>
#include <sys/resource.h>
#include <thread>

namespace crash_journal_test {

using namespace llvm;
using namespace lto_inspector::support;
using namespace lto_inspector::binding;
using namespace lto_inspector::test;

namespace {

/// The text of each slot of a journal, without trailing zeros.
std::vector<std::string> slotsOf(const std::string &Path) {
  std::string Content = contentOf(Path);
  EXPECT_EQ(Content.size() % CrashJournal::SlotBytes, 0u);
  std::vector<std::string> Slots;
  for (size_t At = 0; At < Content.size(); At += CrashJournal::SlotBytes)
    Slots.push_back(Content.substr(At, CrashJournal::SlotBytes).c_str());
  return Slots;
}

/// Runs Crash in a child with a journal, expects a signal to end it, and returns the slots.
template <typename F> std::vector<std::string> slotsAfter(int Signal, const char *Stderr, F Crash) {
  Scratch Folder;
  std::string Path = Folder.path("journal");
  auto Child = [&] {
    struct rlimit NoCore = {0, 0};
    setrlimit(RLIMIT_CORE, &NoCore);
    CrashJournal Journal;
    succeeds(Journal.open(Path));
    Crash(Journal);
  };
  EXPECT_EXIT(Child(), testing::KilledBySignal(Signal), Stderr);
  return slotsOf(Path);
}

/// Fails as a program does. Until LLVM 20 its signal handler cleans up and returns, so that the
/// faulting instruction runs again; what was only raised is over, and the program would go on.
void fault(int Signal) {
  void *Page = mmap(nullptr, 1, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  volatile int Number = 1, Zero = 0;
  switch (Signal) {
  case SIGBUS: {
    // A page of a file that has none.
    int Empty = memfd_create("empty", 0);
    Page = mmap(nullptr, 1, PROT_READ | PROT_WRITE, MAP_SHARED, Empty, 0);
    [[fallthrough]];
  }
  case SIGSEGV:
    *static_cast<volatile char *>(Page) = 1;
    break;
  case SIGILL:
    __builtin_trap();
  case SIGFPE:
    Number = Number / Zero;
    break;
  default:
    std::abort();
  }
}

using Slots = std::vector<std::string>;

TEST(CrashJournal, KeepsWhatIsUnderWayAndForgetsWhatIsDone) {
  Scratch Folder;
  std::string Path = Folder.path("journal");
  // In a child, so that this process keeps its own signal handlers.
  auto Child = [&] {
    CrashJournal Journal;
    succeeds(Journal.open(Path));
    CrashJournal::Entry First(Journal, "one");
    {
      CrashJournal::Entry Second(Journal, "two", "reading");
      if (slotsOf(Path) != Slots{"one\n", "two\nreading\n"})
        std::exit(1);
    }
    First.enter("thin-lto-input");
    First.enter("thin-lto-after-pm");
    if (slotsOf(Path) != Slots{"one\nthin-lto-after-pm\n", ""})
      std::exit(2);
    CrashJournal::Entry Third(Journal, "three", "reading");
    std::exit(slotsOf(Path) == Slots{"one\nthin-lto-after-pm\n", "three\nreading\n"} ? 0 : 3);
  };
  EXPECT_EXIT(Child(), testing::ExitedWithCode(0), "");
}

TEST(CrashJournal, MarksTheSlotOfTheThreadThatCrashed) {
  Slots Found = slotsAfter(SIGSEGV, "", [](CrashJournal &Journal) {
    CrashJournal::Entry Mine(Journal, "waiting", "thin-lto-input");
    std::thread([&] {
      CrashJournal::Entry Theirs(Journal, "crashing", "thin-lto-after-pm");
      fault(SIGSEGV);
    }).join();
  });
  EXPECT_EQ(Found, (Slots{"waiting\nthin-lto-input\n", "!11\ncrashing\nthin-lto-after-pm\n"}));
}

TEST(CrashJournal, NamesThePassAndItsFunction) {
  Slots Found = slotsAfter(SIGKILL, "", [](CrashJournal &Journal) {
    CrashJournal::Entry Other(Journal, "other", "thin-lto-after-pm");
    CrashJournal::enterPass("IPSCCPPass", "");
    CrashJournal::Entry Mine(Journal, "m", "thin-lto-after-pm");
    CrashJournal::enterPass("AVeryLongNameOfAPass", "a_function_that_is_long");
    CrashJournal::enterPass("GVNPass", "f\nf");
    kill(getpid(), SIGKILL);
  });
  EXPECT_EQ(Found, (Slots{"other\nthin-lto-after-pm\nIPSCCPPass\n",
                          "m\nthin-lto-after-pm\nGVNPass\nf f\n"}));
}

TEST(CrashJournal, MarksAPassThatCrashes) {
  Slots Found = slotsAfter(SIGSEGV, "", [](CrashJournal &Journal) {
    CrashJournal::Entry Mine(Journal, std::string(5000, 'm'), "thin-lto-after-pm");
    CrashJournal::enterPass("GVNPass", std::string(5000, 'f'));
    CrashJournal::Entry Inner(Journal, "n", "thin-lto-after-pm");
    CrashJournal::enterPass("GVNPass", std::string(5000, 'f'));
    fault(SIGSEGV);
  });
  ASSERT_EQ(Found.size(), 2u);
  EXPECT_TRUE(StringRef(Found[1]).starts_with("!11\nn\nthin-lto-after-pm\nGVNPass\nffff"));
  EXPECT_LT(Found[1].size(), CrashJournal::SlotBytes);
  // There is no room for a pass behind such a name.
  EXPECT_TRUE(StringRef(Found[0]).ends_with("m\nthin-lto-after-pm\n"));
}

TEST(CrashJournal, MarksEverySignalThatLlvmCrashesWith) {
  for (int Signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}) {
    Slots Found = slotsAfter(Signal, "", [&](CrashJournal &Journal) {
      CrashJournal::Entry Entry(Journal, "m", "reading");
      fault(Signal);
    });
    EXPECT_EQ(Found, Slots{"!" + std::to_string(Signal) + "\nm\nreading\n"});
  }
}

TEST(CrashJournal, TellsTheInnermostOfNestedWork) {
  Slots Found = slotsAfter(SIGABRT, "", [](CrashJournal &Journal) {
    CrashJournal::Entry Outer(Journal, "(all modules)", "analysis");
    {
      CrashJournal::Entry Done(Journal, "done", "reading");
    }
    CrashJournal::Entry Inner(Journal, "m", "reading");
    std::abort();
  });
  EXPECT_EQ(Found, (Slots{"(all modules)\nanalysis\n", "!6\nm\nreading\n"}));
}

TEST(CrashJournal, GoesBackToTheOuterWork) {
  Slots Found = slotsAfter(SIGABRT, "", [](CrashJournal &Journal) {
    CrashJournal::Entry Outer(Journal, "(all modules)", "analysis");
    {
      CrashJournal::Entry Done(Journal, "done", "reading");
    }
    std::abort();
  });
  EXPECT_EQ(Found, (Slots{"!6\n(all modules)\nanalysis\n", ""}));
}

TEST(CrashJournal, MarksNothingForAThreadThatIsIdle) {
  Slots Found = slotsAfter(SIGABRT, "", [](CrashJournal &Journal) {
    CrashJournal::Entry Mine(Journal, "waiting", "reading");
    std::thread([] { std::abort(); }).join();
  });
  EXPECT_EQ(Found, Slots{"waiting\nreading\n"});
}

TEST(CrashJournal, MarksAnOverflowOfTheStack) {
  Slots Found = slotsAfter(SIGSEGV, "", [](CrashJournal &Journal) {
    std::thread([&] {
      CrashJournal::Entry Entry(Journal, "deep", "thin-lto-after-pm");
      // In steps of less than the page that guards the stack: beyond it there can be other memory.
      constexpr size_t Step = 1 << 10;
      volatile char *Kept = nullptr;
      for (size_t Size = Step; Kept == nullptr || Size < (1u << 30); Size += Step) {
        Kept = static_cast<volatile char *>(__builtin_alloca(Step));
        *Kept = 1;
      }
    }).join();
  });
  EXPECT_EQ(Found, Slots{"!11\ndeep\nthin-lto-after-pm\n"});
}

TEST(CrashJournal, MarksAfterLlvmHasPutItsOwnHandlersInPlace) {
  // LLVM does this to remove temporary files when it dies, if a file is being replaced.
  Scratch Folder;
  std::string Blob = Folder.file("blob", "an older content");
  Slots Found = slotsAfter(SIGSEGV, "", [&](CrashJournal &Journal) {
    CrashJournal::Entry Entry(Journal, "m", "thin-lto-input");
    succeeds(writeFileAtomically(Blob, [](raw_ostream &OS) { OS << "content"; }));
    Entry.enter("thin-lto-after-rename");
    fault(SIGSEGV);
  });
  EXPECT_EQ(Found, Slots{"!11\nm\nthin-lto-after-rename\n"});
  EXPECT_EQ(contentOf(Blob), "content");
}

TEST(CrashJournal, LeavesNoHalfWrittenFileBehind) {
  Scratch Folder;
  std::string Replaced = Folder.file("replaced", "an older content");
  slotsAfter(SIGSEGV, "", [&](CrashJournal &Journal) {
    CrashJournal::Entry Entry(Journal, "m", "thin-lto-input");
    succeeds(writeFileAtomically(Folder.path("blob"), [](raw_ostream &OS) {
      OS << "half of the con";
      OS.flush();
      fault(SIGSEGV);
    }));
  });
  slotsAfter(SIGSEGV, "", [&](CrashJournal &Journal) {
    CrashJournal::Entry Entry(Journal, "m", "thin-lto-input");
    int Times = 0;
    succeeds(writeFileAtomically(Replaced, [&](raw_ostream &OS) {
      OS << "half of the con";
      OS.flush();
      if (++Times == 2)
        fault(SIGSEGV);
    }));
  });
  EXPECT_EQ(Folder.files(), std::vector<std::string>{"replaced"});
  EXPECT_EQ(contentOf(Replaced), "an older content");
}

TEST(CrashJournal, GivesTheWordsOfLlvmsFatalErrors) {
  Slots Found = slotsAfter(SIGABRT, "LLVM ERROR: the words of LLVM", [](CrashJournal &Journal) {
    CrashJournal::Entry Entry(Journal, "m", "thin-lto-after-pm");
    report_fatal_error("the words of LLVM");
  });
  EXPECT_EQ(Found, Slots{"!6\nm\nthin-lto-after-pm\n"});
}

TEST(CrashJournal, TellsFatalErrorsThatLlvmWouldExitWith) {
  Slots Found = slotsAfter(SIGABRT, "LLVM ERROR: unsupported something", [](CrashJournal &Journal) {
    CrashJournal::Entry Entry(Journal, "m", "thin-lto-after-pm");
    report_fatal_error("unsupported something", /*gen_crash_diag=*/false);
  });
  EXPECT_EQ(Found, Slots{"!6\nm\nthin-lto-after-pm\n"});
}

TEST(CrashJournal, CutsLongNamesAndKeepsTheStage) {
  Slots Found = slotsAfter(SIGABRT, "", [](CrashJournal &Journal) {
    CrashJournal::Entry Entry(Journal, std::string(5000, 'x'), "thin-lto-after-internalize");
    std::abort();
  });
  ASSERT_EQ(Found.size(), 1u);
  EXPECT_LT(Found[0].size(), CrashJournal::SlotBytes);
  EXPECT_TRUE(StringRef(Found[0]).starts_with("!6\nxxxxxxxx"));
  EXPECT_TRUE(StringRef(Found[0]).ends_with("x\nthin-lto-after-internalize\n"));
}

TEST(CrashJournal, KeepsItsFormatForNamesWithLineBreaks) {
  Slots Found = slotsAfter(SIGABRT, "", [](CrashJournal &Journal) {
    CrashJournal::Entry Entry(Journal, "two\nlines", "reading");
    std::abort();
  });
  EXPECT_EQ(Found, Slots{"!6\ntwo lines\nreading\n"});
}

TEST(CrashJournal, DoesNothingWithoutAFile) {
  CrashJournal Journal;
  CrashJournal::Entry Entry(Journal, "m", "reading");
  Entry.enter("analysis");
}

TEST(CrashJournal, TakesMoreThreadsThanItHasSlots) {
  Scratch Folder;
  std::string Path = Folder.path("journal");
  auto Child = [&] {
    CrashJournal Journal;
    succeeds(Journal.open(Path));
    std::vector<std::unique_ptr<CrashJournal::Entry>> Entries;
    for (size_t I = 0; I < CrashJournal::MaxSlots + 10; ++I)
      Entries.push_back(std::make_unique<CrashJournal::Entry>(Journal, "m", "reading"));
    while (!Entries.empty())
      Entries.pop_back();
    std::exit(0);
  };
  EXPECT_EXIT(Child(), testing::ExitedWithCode(0), "");
  EXPECT_EQ(slotsOf(Path), Slots(CrashJournal::MaxSlots, ""));
}

TEST(CrashJournal, SaysThatItCannotBeOpened) {
  Scratch Folder;
  CrashJournal Journal;
  ErrorReport Report = errorOf(Journal.open(Folder.path("absent/journal")));
  EXPECT_EQ(Report.Name, "UnreadableFile");
  EXPECT_TRUE(contains(Report.Message, "No such file or directory")) << Report.Message;
}

} // namespace

} // namespace crash_journal_test
