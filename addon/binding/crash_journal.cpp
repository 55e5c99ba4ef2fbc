#include "binding/crash_journal.h"

#include "lto/llvm/error.h"
#include "llvm/ADT/STLExtras.h"
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <unistd.h>

using namespace llvm;

namespace lto_inspector {

namespace {

/// What the signal handler may touch: it can neither allocate nor lock.
struct CurrentSlot {
  int File = -1;
  size_t Offset = 0;
  std::array<char, CrashJournal::SlotBytes> Text = {};
  size_t Length = 0;
};

thread_local CurrentSlot Current;

/// Room for the signal handler of a thread whose own stack overflowed.
class AlternateStack {
public:
  AlternateStack() : Memory(new char[Size]) {
    stack_t Stack = {};
    Stack.ss_sp = Memory.get();
    Stack.ss_size = Size;
    sigaltstack(&Stack, nullptr);
  }
  ~AlternateStack() {
    stack_t Off = {};
    Off.ss_flags = SS_DISABLE;
    sigaltstack(&Off, nullptr);
  }

private:
  static constexpr size_t Size = 64 * 1024;
  std::unique_ptr<char[]> Memory;
};

constexpr std::array<int, 5> CrashSignals = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};

size_t writeNumber(char *Out, int Number) {
  size_t Digits = 0;
  char Reversed[4];
  do
    Reversed[Digits++] = static_cast<char>('0' + Number % 10);
  while ((Number /= 10) > 0 && Digits < sizeof(Reversed));
  for (size_t I = 0; I < Digits; ++I)
    Out[I] = Reversed[Digits - 1 - I];
  return Digits;
}

void markAndDie(int Signal) {
  if (Current.File >= 0) {
    char Mark[CrashJournal::SlotBytes] = {'!'};
    size_t Length = 1 + writeNumber(Mark + 1, Signal);
    Mark[Length++] = '\n';
    size_t Rest = std::min(Current.Length, sizeof(Mark) - 1 - Length);
    std::memcpy(Mark + Length, Current.Text.data(), Rest);
    ssize_t Ignored = pwrite(Current.File, Mark, sizeof(Mark), Current.Offset);
    (void)Ignored;
  }
  signal(Signal, SIG_DFL);
  raise(Signal);
}

} // namespace

static void catchCrashSignals() {
  struct sigaction Action = {};
  Action.sa_handler = markAndDie;
  sigemptyset(&Action.sa_mask);
  // A stack that overflowed cannot run the handler: it gets the working thread's own alternate
  // stack (see AlternateStack).
  Action.sa_flags = SA_NODEFER | SA_RESETHAND | SA_ONSTACK;
  for (int Signal : CrashSignals)
    sigaction(Signal, &Action, nullptr);
}

CrashJournal::~CrashJournal() {
  if (File >= 0)
    close(File);
}

Error CrashJournal::open(StringRef Path) {
  File = ::open(Path.str().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (File < 0)
    return makeError("UnreadableFile",
                     "cannot open the crash journal " + Path + ": " + std::strerror(errno), Path);
  catchCrashSignals();
  return Error::success();
}

size_t CrashJournal::takeSlot() {
  std::lock_guard<std::mutex> Lock(Mutex);
  size_t Slot = llvm::find(Taken, false) - Taken.begin();
  if (Slot == Taken.size())
    Taken.push_back(true);
  Taken[Slot] = true;
  return Slot;
}

void CrashJournal::returnSlot(size_t Slot) {
  std::lock_guard<std::mutex> Lock(Mutex);
  Taken[Slot] = false;
}

void CrashJournal::write(size_t Slot, StringRef Text) {
  if (File < 0 || Slot >= MaxSlots)
    return;
  Current.File = Text.empty() ? -1 : File;
  Current.Offset = Slot * SlotBytes;
  Current.Text.fill(0);
  Current.Length = std::min(Text.size(), SlotBytes - 1);
  std::memcpy(Current.Text.data(), Text.data(), Current.Length);
  // What the page cache holds survives the process; a journal that cannot be written costs only the
  // better message.
  ssize_t Ignored = pwrite(this->File, Current.Text.data(), SlotBytes, Current.Offset);
  (void)Ignored;
}

CrashJournal::Entry::Entry(CrashJournal &Journal, StringRef Module)
    : Journal(Journal), Module(Module.str()), Slot(Journal.takeSlot()) {
  thread_local AlternateStack ForThisThread;
  (void)ForThisThread;
  Journal.write(Slot, this->Module + "\n");
}

CrashJournal::Entry::~Entry() {
  Journal.write(Slot, {});
  Journal.returnSlot(Slot);
}

void CrashJournal::Entry::enter(StringRef Stage) {
  Journal.write(Slot, Module + "\n" + Stage.str() + "\n");
}

} // namespace lto_inspector
