//===- process_tree.h - The descendants of this process ---------*- C++ -*-===//
//
// Finds and ends what this process and its children started, in any process
// group or session. Orphaned descendants remain descendants as long as this
// process is a child subreaper (prctl(2)).
//
//===----------------------------------------------------------------------===//
#ifndef LTO_INSPECTOR_PROCESS_PROCESS_TREE_H
#define LTO_INSPECTOR_PROCESS_PROCESS_TREE_H

#include <sys/types.h>

namespace lto_inspector::process {

/// The processes that `killDescendants` ends.
enum class Victims {
  All,
  /// Those in this process's own group; others have left it to outlive the
  /// program (such as a compiler cache's server).
  OwnGroup,
};

/// Sends SIGKILL to living descendants of this process once.
///
/// \returns how many there were, or -1 if /proc is missing or belongs to
/// another PID namespace, whose ids would hit unrelated processes.
int killDescendants(Victims Which);

} // namespace lto_inspector::process

#endif
