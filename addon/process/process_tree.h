//===- process_tree.h - The descendants of this process ---------*- C++ -*-===//
//
// Finds and ends what this process and its children started, whichever process
// group or session it has put itself in. A descendant whose parents have ended
// stays one as long as this process is a child subreaper (prctl(2)).
//
//===----------------------------------------------------------------------===//
#ifndef LTO_INSPECTOR_PROCESS_PROCESS_TREE_H
#define LTO_INSPECTOR_PROCESS_PROCESS_TREE_H

#include <sys/types.h>

namespace lto_inspector::process {

/// Whom `killDescendants` ends.
enum class Victims {
  All,
  /// Those in this process's own group; what has left it meant to outlive the
  /// program (a compiler cache's server, for instance).
  OwnGroup,
};

/// Sends SIGKILL to living descendants of this process once.
///
/// \returns how many there were, or -1 where /proc is missing or belongs to
/// another PID namespace, whose ids would hit strangers.
int killDescendants(Victims Which);

} // namespace lto_inspector::process

#endif
