//===- file_lock.cpp - Locks that end with their owner --------------------===//
#include "process/file_lock.h"

#include <cerrno>
#include <sys/file.h>

int lto_inspector::process::tryLock(int Descriptor, LockMode Mode) {
  const int Operation = (Mode == LockMode::Shared ? LOCK_SH : LOCK_EX) | LOCK_NB;
  while (flock(Descriptor, Operation) != 0)
    if (errno != EINTR)
      return errno;
  return 0;
}
