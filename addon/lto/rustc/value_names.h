//===- value_names.h - Names of values in modules in memory ---------------===//
//
// LLVM makes a name that already exists in a function unique with a number that increases each
// time. Bitcode contains the names but not the function's current number. If rustc keeps the names
// of values (with some sanitizers, and when it prints IR), names made by later passes depend on it.
//
// A second compilation reveals the number: instead of its own passes, rustc runs two that make
// names in every function. The same passes over the module that the build left yield the same names
// once the number is right.
//
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/llvm/run_control.h"
#include "lto/rustc/lto_module.h"
#include "lto/rustc/pass_manager.h"
#include "llvm/ADT/ArrayRef.h"

namespace lto_inspector::rustc {

/// Finds NamesSoFar of every module that has WithNames. A warning counts functions whose names, or
/// the order of whose names, differ from rustc's.
///
/// Errors: ParseBitcode, those of createTargetMachine and nameValues, Cancelled.
llvm::Error takeNameCounts(llvm::MutableArrayRef<LtoModule> Modules,
                           const pipeline::TargetSettings &Target, const ModuleConfig &Config,
                           const support::RunControl &Control, std::vector<std::string> &Warnings);

} // namespace lto_inspector::rustc
