//===- file_lock.h - Locks that end with their owner ------------*- C++ -*-===//
//
// flock(2), which Node lacks. The kernel releases such a lock when the last
// descriptor of the open file is closed, however its owner ended, so nothing
// has to be guessed from process ids, which are re-used and mean nothing in
// another PID namespace. Depends neither on LLVM nor on Node.
//
//===----------------------------------------------------------------------===//
#ifndef LTO_INSPECTOR_PROCESS_FILE_LOCK_H
#define LTO_INSPECTOR_PROCESS_FILE_LOCK_H

namespace lto_inspector::process {

enum class LockMode { Shared, Exclusive };

/// Locks the open file behind a descriptor, without waiting.
///
/// \returns 0, or an error number: EWOULDBLOCK if another open file of the same
/// inode holds a lock that excludes this one; ENOLCK, EOPNOTSUPP and the like
/// if the file system has no locks.
int tryLock(int Descriptor, LockMode Mode);

} // namespace lto_inspector::process

#endif
