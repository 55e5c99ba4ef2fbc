//===- process_tree.cpp - The descendants of this process -----------------===//
#include "process/process_tree.h"

#include <cctype>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

using namespace lto_inspector::process;

namespace {

struct Entry {
  pid_t Pid;
  pid_t Parent;
  pid_t Group;
  bool Descends;
};

/// A growing array. The program is linked statically, and std::vector would add
/// the C++ library's exceptions and locales.
struct Entries {
  Entry *Data = nullptr;
  size_t Size = 0;
  size_t Capacity = 0;

  Entries() = default;
  Entries(const Entries &) = delete;
  Entries &operator=(const Entries &) = delete;
  ~Entries() { free(Data); }

  bool add(const Entry &E) {
    if (Size == Capacity) {
      const size_t Larger = Capacity == 0 ? 512 : Capacity * 2;
      auto *Moved = static_cast<Entry *>(realloc(Data, Larger * sizeof(Entry)));
      if (Moved == nullptr)
        return false;
      Data = Moved;
      Capacity = Larger;
    }
    Data[Size++] = E;
    return true;
  }
};

bool procIsOurs() {
  char Target[32];
  const ssize_t Length = readlink("/proc/self", Target, sizeof(Target) - 1);
  if (Length <= 0)
    return false;
  Target[Length] = '\0';
  return atoi(Target) == getpid();
}

/// Reads "pid (name) state parent group …" of /proc/PID/stat. The name may
/// contain anything, so the rest is found from its last parenthesis.
///
/// \returns false for a process that has ended, including a zombie.
bool readStat(const char *Pid, Entry &E) {
  char Path[64];
  snprintf(Path, sizeof(Path), "/proc/%s/stat", Pid);
  const int Descriptor = open(Path, O_RDONLY | O_CLOEXEC);
  if (Descriptor < 0)
    return false;
  char Text[512];
  const ssize_t Length = read(Descriptor, Text, sizeof(Text) - 1);
  close(Descriptor);
  if (Length <= 0)
    return false;
  Text[Length] = '\0';
  const char *End = strrchr(Text, ')');
  char State = 'X';
  int Parent = 0;
  int Group = 0;
  if (End == nullptr || sscanf(End + 1, " %c %d %d", &State, &Parent, &Group) != 3)
    return false;
  E = {static_cast<pid_t>(atoi(Pid)), Parent, Group, false};
  return State != 'Z' && State != 'X';
}

bool readProcesses(Entries &All) {
  DIR *Proc = opendir("/proc");
  if (Proc == nullptr)
    return false;
  bool Complete = true;
  while (const dirent *Found = readdir(Proc)) {
    Entry E;
    if (isdigit(static_cast<unsigned char>(Found->d_name[0])) != 0 && readStat(Found->d_name, E))
      Complete &= All.add(E);
  }
  closedir(Proc);
  return Complete;
}

bool descends(const Entries &All, pid_t Parent, pid_t Self) {
  if (Parent == Self)
    return true;
  for (size_t I = 0; I < All.Size; ++I)
    if (All.Data[I].Pid == Parent)
      return All.Data[I].Descends;
  return false;
}

void markDescendants(Entries &All, pid_t Self) {
  for (bool Changed = true; Changed;) {
    Changed = false;
    for (size_t I = 0; I < All.Size; ++I) {
      Entry &E = All.Data[I];
      if (!E.Descends && descends(All, E.Parent, Self))
        E.Descends = Changed = true;
    }
  }
}

} // namespace

int lto_inspector::process::killDescendants(Victims Which) {
  Entries All;
  if (!procIsOurs() || !readProcesses(All))
    return -1;
  const pid_t Self = getpid();
  const pid_t Group = getpgrp();
  markDescendants(All, Self);
  int Count = 0;
  for (size_t I = 0; I < All.Size; ++I) {
    const Entry &E = All.Data[I];
    if (!E.Descends || E.Pid == Self || (Which == Victims::OwnGroup && E.Group != Group))
      continue;
    kill(E.Pid, SIGKILL);
    ++Count;
  }
  return Count;
}
