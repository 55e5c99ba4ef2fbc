//===- use_lists.h - The order of use-lists of modules in memory ----------===//
//
// Bitcode as rustc writes it has everything but the order in which a value's uses are in its
// list, which some passes follow. A second compilation can leave the same module with it (LLVM's
// preserve-bc-uselistorder); its flags are others, so it is compared with what the build left.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/llvm/run_control.h"
#include "lto/rustc/lto_module.h"
#include "llvm/ADT/ArrayRef.h"
#include <string>
#include <vector>

namespace lto_inspector::rustc {

/// Whether two modules are the same bitcode once both are written without the order of use-lists.
/// Errors: LLVM's own, where one of them cannot be read.
llvm::Expected<bool> equalButForUseLists(llvm::MemoryBufferRef Left, llvm::MemoryBufferRef Right);

/// Puts the bitcode with use-lists in the place of that without, where there is any and the two are
/// equal but for them. Modules of which that does not hold stay as they are, with a warning.
///
/// Errors: ParseBitcode, Cancelled.
llvm::Error takeUseLists(llvm::MutableArrayRef<LtoModule> Modules,
                         const support::RunControl &Control, std::vector<std::string> &Warnings);

} // namespace lto_inspector::rustc
