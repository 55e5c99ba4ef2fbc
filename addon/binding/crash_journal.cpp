#include "binding/crash_journal.h"

#include "lto/llvm/error.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/ErrorHandling.h"
#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <sys/mman.h>
#include <unistd.h>

using namespace llvm;

namespace lto_inspector::binding {

using namespace support;

namespace {

/// What this thread is working on. In static thread-local storage, because any other is allocated
/// on first use, and that must not happen in the signal handler.
__attribute__((tls_model("initial-exec"))) thread_local CrashJournal::Work *Innermost = nullptr;

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

/// The previous handlers of these signals: V8's, or LLVM's to remove its temporary files. A signal
/// handler only has static state.
std::array<struct sigaction, CrashSignals.size()> Before = {};

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
  if (const CrashJournal::Work *Work = Innermost; Work && Work->File >= 0) {
    char Mark[CrashJournal::SlotBytes] = {'!'};
    size_t Length = 1 + writeNumber(Mark + 1, Signal);
    Mark[Length++] = '\n';
    size_t Rest = std::min(Work->Length, sizeof(Mark) - 1 - Length);
    std::memcpy(Mark + Length, Work->Text.data(), Rest);
    ssize_t Ignored = pwrite(Work->File, Mark, sizeof(Mark), Work->Offset);
    (void)Ignored;
  }
  sigaction(Signal, &Before[llvm::find(CrashSignals, Signal) - CrashSignals.begin()], nullptr);
  raise(Signal);
}

/// Aborts, because after some fatal errors LLVM would exit with code 1, and nothing would say where
/// they occurred.
void sayAndAbort(void *, const char *Reason, bool) {
  std::string Text = std::string("LLVM ERROR: ") + Reason + "\n";
  ssize_t Ignored = ::write(STDERR_FILENO, Text.data(), Text.size());
  (void)Ignored;
  std::abort();
}

} // namespace

static void catchCrashSignals() {
  struct sigaction Action = {};
  Action.sa_handler = markAndDie;
  sigemptyset(&Action.sa_mask);
  // A stack that overflowed cannot run the handler, so the handler gets the thread's alternate
  // stack (see AlternateStack).
  Action.sa_flags = SA_NODEFER | SA_RESETHAND | SA_ONSTACK;
  for (size_t I = 0; I < CrashSignals.size(); ++I)
    sigaction(CrashSignals[I], &Action, &Before[I]);
}

CrashJournal::~CrashJournal() {
  if (Mapped)
    munmap(Mapped, MaxSlots * SlotBytes);
  if (File >= 0)
    close(File);
}

Error CrashJournal::open(StringRef Path) {
  File = ::open(Path.str().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (File < 0)
    return makeError("UnreadableFile",
                     "cannot open the crash journal " + Path + ": " + std::strerror(errno), Path);
  void *Slots = mmap(nullptr, MaxSlots * SlotBytes, PROT_READ | PROT_WRITE, MAP_SHARED, File, 0);
  Mapped = Slots == MAP_FAILED ? nullptr : static_cast<char *>(Slots);
  catchCrashSignals();
  install_fatal_error_handler(sayAndAbort);
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

CrashJournal::Entry::Entry(CrashJournal &Journal, StringRef Module, StringRef Stage)
    : Journal(Journal), Module(Module.str()), Slot(Journal.takeSlot()), Outer(Innermost) {
  thread_local AlternateStack ForThisThread;
  (void)ForThisThread;
  std::replace(this->Module.begin(), this->Module.end(), '\n', ' ');
  if (Slot < MaxSlots)
    Current.File = Journal.File;
  Current.Offset = Slot * SlotBytes;
  enter(Stage);
  Innermost = &Current;
}

CrashJournal::Entry::~Entry() {
  Innermost = Outer;
  if (Current.File >= 0) {
    Current.Text.fill(0);
    ssize_t Ignored = pwrite(Current.File, Current.Text.data(), SlotBytes, Current.Offset);
    (void)Ignored;
  }
  Journal.returnSlot(Slot);
}

void CrashJournal::Entry::enter(StringRef Stage) {
  // Room for the mark, both line ends and the end of the text.
  constexpr size_t Spare = 16;
  StringRef Doing = Stage.take_front(SlotBytes / 4);
  StringRef Name = StringRef(Module).take_front(SlotBytes - Spare - Doing.size());
  std::string Text = (Name + "\n" + (Doing.empty() ? "" : Doing + "\n")).str();
  Current.Text.fill(0);
  Current.Length = Current.StageLength = Text.size();
  std::memcpy(Current.Text.data(), Text.data(), Text.size());
  if (Current.File < 0)
    return;
  // The page cache survives the process. A journal that cannot be written only costs the better
  // error message.
  const ssize_t Written = pwrite(Current.File, Current.Text.data(), SlotBytes, Current.Offset);
  // Only what was written has a place in the file, without which the memory cannot be used.
  const bool Whole = Written == static_cast<ssize_t>(SlotBytes);
  Current.Mapped = Whole && Journal.Mapped ? Journal.Mapped + Current.Offset : nullptr;
}

/// Copies a line as far as it fits before End. Returns where the next one begins.
static char *appendLine(char *At, const char *End, StringRef Line) {
  for (char C : Line.take_front(End - At - 1))
    *At++ = C == '\n' ? ' ' : C;
  *At++ = '\n';
  return At;
}

void CrashJournal::enterPass(StringRef Pass, StringRef Function) {
  // Room for the mark of a crash and for the shortest names that say anything.
  constexpr size_t Spare = 16, Least = 64;
  Work *Current = Innermost;
  if (!Current || !Current->Mapped || Current->StageLength + Spare + Least > SlotBytes)
    return;
  char *Begin = Current->Text.data() + Current->StageLength;
  const char *End = Current->Text.data() + SlotBytes - Spare;
  char *At = appendLine(Begin, End, Pass);
  if (!Function.empty() && At + 1 < End)
    At = appendLine(At, End, Function);
  *At++ = 0;
  Current->Length = At - 1 - Current->Text.data();
  // The first byte last, so that a reader never finds parts of two passes.
  char *Slot = Current->Mapped + Current->StageLength;
  __atomic_store_n(Slot, 0, __ATOMIC_RELAXED);
  std::atomic_thread_fence(std::memory_order_release);
  std::memcpy(Slot + 1, Begin + 1, At - Begin - 1);
  __atomic_store_n(Slot, *Begin, __ATOMIC_RELEASE);
}

} // namespace lto_inspector::binding
