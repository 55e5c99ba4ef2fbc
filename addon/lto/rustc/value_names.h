//===- value_names.h - Names of values in modules in memory ---------------===//
//
// LLVM makes a name that a function has already unique with a number, which goes up each time.
// Bitcode keeps the names, but not the number that the function had come to. Where rustc keeps the
// names of values (with some sanitizers, and where it prints IR), names that passes make depend on
// it.
//
// A second compilation shows the number: rustc is told to run, instead of its own passes, two that
// make names in every function. The same passes over the module that the build left give the same
// names once the number is right.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/llvm/run_control.h"
#include "lto/rustc/lto_module.h"
#include "lto/rustc/pass_manager.h"
#include "llvm/ADT/ArrayRef.h"

namespace lto_inspector::rustc {

/// Finds NamesSoFar of every module that has WithNames. Functions whose names do not come out as
/// rustc's, or not in rustc's order, are counted in a warning.
///
/// Errors: ParseBitcode, those of createTargetMachine and nameValues, Cancelled.
llvm::Error takeNameCounts(llvm::MutableArrayRef<LtoModule> Modules,
                           const pipeline::TargetSettings &Target, const ModuleConfig &Config,
                           const support::RunControl &Control, std::vector<std::string> &Warnings);

} // namespace lto_inspector::rustc
