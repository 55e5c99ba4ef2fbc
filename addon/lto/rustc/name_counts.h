//===- name_counts.h - Numbers behind names of values ---------------------===//
#pragma once

#include "lto/rustc/lto_module.h"
#include "llvm/IR/Module.h"

namespace lto_inspector::rustc {

/// Sets the current number of each function of a module; other functions keep
/// theirs.
void setNameCounts(llvm::Module &M, const NameCounts &Counts);

} // namespace lto_inspector::rustc
