//===- name_counts.h - Numbers behind names of values ---------------------===//
#pragma once

#include "lto/rustc/lto_module.h"
#include "llvm/IR/Module.h"

namespace lto_inspector::rustc {

/// Sets the number that each function of a module has come to; functions that are not named keep
/// theirs.
void setNameCounts(llvm::Module &M, const NameCounts &Counts);

} // namespace lto_inspector::rustc
