//===- file_lock.h - Locks that end with their owner ------------*- C++ -*-===//
//
// What Node lacks: flock(2). The kernel drops such a lock when the last
// descriptor of the open file is closed, however its owner ended, so nothing
// has to be guessed from process ids, which are re-used and mean nothing in
// another PID namespace. Knows neither LLVM nor Node.
//
//===----------------------------------------------------------------------===//
#ifndef LTO_INSPECTOR_PROCESS_FILE_LOCK_H
#define LTO_INSPECTOR_PROCESS_FILE_LOCK_H

namespace lto_inspector::process {

enum class LockMode { Shared, Exclusive };

/// Locks the open file behind a descriptor, without waiting.
///
/// \returns 0, or an error number: EWOULDBLOCK where another open file of the
/// same inode holds a lock that excludes this one; ENOLCK, EOPNOTSUPP and the
/// like where the file system has no locks.
int tryLock(int Descriptor, LockMode Mode);

} // namespace lto_inspector::process

#endif
