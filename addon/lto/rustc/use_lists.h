//===- use_lists.h - The order of use-lists of modules in memory ----------===//
//
// rustc's bitcode has everything except the order of the uses in a value's list, which some passes
// follow. A second compilation can write the same module with that order (LLVM's
// preserve-bc-uselistorder, or addon/plugin where there is no such option); it uses other flags, so
// its module is compared with the build's.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/llvm/run_control.h"
#include "lto/rustc/lto_module.h"
#include "llvm/ADT/ArrayRef.h"
#include <string>
#include <vector>

namespace lto_inspector::rustc {

/// Whether two modules have the same bitcode once both are written without the order of use-lists,
/// in the state in which their passes begin: a plugin sees intrinsics as LLVM has upgraded them.
/// Errors: LLVM's own, if one of them cannot be read.
llvm::Expected<bool> equalButForUseLists(llvm::MemoryBufferRef Left, llvm::MemoryBufferRef Right);

/// Replaces the bitcode of modules by that with use-lists, if there is any and both are otherwise
/// equal. Other modules stay unchanged, with a warning.
///
/// Errors: ParseBitcode, Cancelled.
llvm::Error takeUseLists(llvm::MutableArrayRef<LtoModule> Modules,
                         const support::RunControl &Control, std::vector<std::string> &Warnings);

} // namespace lto_inspector::rustc
