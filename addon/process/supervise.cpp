//===- supervise.cpp - Runs a program that ends with its caller -----------===//
//
// lto-inspector-supervise [--usage] PROGRAM ARGUMENT...
//
// Runs the program and exits like it. Descriptor 3 is the lifeline: a pipe or
// socket whose other end the caller holds. When the caller closes it, or is
// killed, everything that the program has started is killed too, in any process
// group or session; likewise when the program ends after a signal asked it to.
// Descriptors from 4 on are kept open until then and are not passed on: they
// are locks on what the program writes to.
//
// If PROGRAM cannot be started, the error's number is written to the lifeline.
// With --usage, "usage MICROSECONDS INSTRUCTIONS" is written when it ends: its
// time on processors and its instructions, both outside of the kernel, with
// those of all that it started and waited for; "-" if nothing counts
// instructions.
//
//===----------------------------------------------------------------------===//
#include "process/instruction_counter.h"
#include "process/process_tree.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <initializer_list>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace lto_inspector::process;

namespace {

constexpr int Lifeline = 3;
constexpr int NotStarted = 127;
/// Processes that are still there after this many rounds cannot be killed: they
/// belong to another user, or the kernel is waiting for a device.
constexpr int Rounds = 2500;
constexpr useconds_t RoundMicros = 2000;

void keepFromPrograms() {
#ifdef SYS_close_range
  constexpr unsigned CloseOnExec = 1U << 2;
  if (syscall(SYS_close_range, Lifeline, ~0U, CloseOnExec) == 0)
    return;
#endif
  for (int Descriptor = Lifeline; Descriptor < 256; ++Descriptor)
    fcntl(Descriptor, F_SETFD, FD_CLOEXEC);
}

/// \returns false if no child is left.
bool reap() {
  for (;;) {
    const pid_t Pid = waitpid(-1, nullptr, WNOHANG);
    if (Pid == 0)
      return true;
    if (Pid < 0 && errno != EINTR)
      return false;
  }
}

/// Kills until none is left; processes forked meanwhile are found in the next round.
void endAll(Victims Which) {
  for (int Round = 0; Round < Rounds; ++Round) {
    const int Found = killDescendants(Which);
    // Then only the group is known, and this process is in it.
    if (Found < 0)
      kill(0, SIGKILL);
    if (!reap() || Found == 0)
      return;
    usleep(RoundMicros);
  }
}

[[noreturn]] void endAs(int Status) {
  if (WIFEXITED(Status))
    _exit(WEXITSTATUS(Status));
  const int Signal = WTERMSIG(Status);
  const rlimit NoCore = {0, 0};
  setrlimit(RLIMIT_CORE, &NoCore);
  sigset_t Set;
  sigemptyset(&Set);
  sigaddset(&Set, Signal);
  signal(Signal, SIG_DFL);
  raise(Signal);
  sigprocmask(SIG_UNBLOCK, &Set, nullptr);
  _exit(128 + Signal);
}

[[noreturn]] void runProgram(char **Command, const sigset_t &Mask, pid_t Supervisor, int Failure) {
  // Without its supervisor, nothing would end it.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != Supervisor)
    _exit(NotStarted);
  sigprocmask(SIG_SETMASK, &Mask, nullptr);
  execvp(Command[0], Command);
  const int Error = errno;
  (void)!write(Failure, &Error, sizeof(Error));
  _exit(NotStarted);
}

/// \returns 0, or why the program could not be started.
int startProgram(char **Command, const sigset_t &Mask, pid_t &Program) {
  int Failure[2];
  if (pipe2(Failure, O_CLOEXEC) != 0)
    return errno;
  const pid_t Self = getpid();
  Program = fork();
  if (Program < 0)
    return errno;
  if (Program == 0)
    runProgram(Command, Mask, Self, Failure[1]);
  close(Failure[1]);
  int Error = 0;
  ssize_t Length;
  do
    Length = read(Failure[0], &Error, sizeof(Error));
  while (Length < 0 && errno == EINTR);
  close(Failure[0]);
  return Length == static_cast<ssize_t>(sizeof(Error)) ? Error : 0;
}

/// \returns whether the caller's end has been closed.
bool lifelineIsCut() {
  char Ignored[64];
  const ssize_t Length = read(Lifeline, Ignored, sizeof(Ignored));
  return Length == 0 || (Length < 0 && errno != EAGAIN && errno != EINTR);
}

/// How the program ended.
struct Ending {
  int Status = 0;
  rusage Usage = {};
};

/// Handles pending signals. \p Asked says whether one of them asked the
/// program to end.
///
/// \returns whether the program has ended; then \p Program's \p End is known.
bool handleSignals(int Signals, pid_t Program, pid_t Caller, bool &Asked, Ending &End) {
  signalfd_siginfo Info;
  while (read(Signals, &Info, sizeof(Info)) == static_cast<ssize_t>(sizeof(Info))) {
    if (Info.ssi_signo == SIGCHLD)
      continue;
    Asked = true;
    // The caller signals the whole group, which has reached the program.
    if (static_cast<pid_t>(Info.ssi_pid) != Caller)
      kill(Program, static_cast<int>(Info.ssi_signo));
  }
  for (;;) {
    const pid_t Pid = wait4(-1, &End.Status, WNOHANG, &End.Usage);
    if (Pid <= 0)
      return false;
    if (Pid == Program)
      return true;
  }
}

void tellUsage(const rusage &Usage, const InstructionCounter &Counter) {
  const long long Micros = Usage.ru_utime.tv_sec * 1000000LL + Usage.ru_utime.tv_usec;
  if (const auto Instructions = Counter.read())
    dprintf(Lifeline, "usage %lld %llu", Micros, static_cast<unsigned long long>(*Instructions));
  else
    dprintf(Lifeline, "usage %lld -", Micros);
}

} // namespace

int main(int ArgumentCount, char **Arguments) {
  const bool TellsUsage = ArgumentCount > 1 && strcmp(Arguments[1], "--usage") == 0;
  char **const Command = Arguments + (TellsUsage ? 2 : 1);
  if (ArgumentCount == 0 || *Command == nullptr) {
    fputs("usage: lto-inspector-supervise [--usage] PROGRAM ARGUMENT...\n", stderr);
    return 2;
  }
  const pid_t Caller = getppid();
  keepFromPrograms();
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  sigset_t Watched;
  sigset_t Mask;
  sigemptyset(&Watched);
  for (const int Signal : {SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT})
    sigaddset(&Watched, Signal);
  sigprocmask(SIG_BLOCK, &Watched, &Mask);
  const int Signals = signalfd(-1, &Watched, SFD_CLOEXEC | SFD_NONBLOCK);
  // The program inherits it.
  const InstructionCounter Counter(TellsUsage);
  pid_t Program = -1;
  if (const int Error = startProgram(Command, Mask, Program)) {
    dprintf(Lifeline, "%d", Error);
    return NotStarted;
  }
  bool Asked = false;
  pollfd Events[] = {{Lifeline, POLLIN, 0}, {Signals, POLLIN, 0}};
  for (;;) {
    if (poll(Events, 2, -1) < 0)
      continue;
    Ending End;
    if (Events[1].revents != 0 && handleSignals(Signals, Program, Caller, Asked, End)) {
      // A build that was killed or failed may leave compilers behind; one that
      // succeeded has waited for them.
      if (Asked)
        endAll(Victims::All);
      else if (!WIFEXITED(End.Status) || WEXITSTATUS(End.Status) != 0)
        endAll(Victims::OwnGroup);
      if (TellsUsage)
        tellUsage(End.Usage, Counter);
      endAs(End.Status);
    }
    // Started by hand, without a lifeline.
    if ((Events[0].revents & POLLNVAL) != 0) {
      Events[0].fd = -1;
      continue;
    }
    if (Events[0].revents != 0 && lifelineIsCut()) {
      endAll(Victims::All);
      _exit(128 + SIGKILL);
    }
  }
}
