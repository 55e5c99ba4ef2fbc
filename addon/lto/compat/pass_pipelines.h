//===- pass_pipelines.h - Options of the pass builder ---------------------===//
#pragma once

#include "lto/compat/series.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/PGOOptions.h"
#include "llvm/Support/VirtualFileSystem.h"
#include <functional>
#include <string>

namespace lto_inspector::compat {

/// The pipeline before linking where nothing is optimised. Until LLVM 19 it only knows that a
/// link follows, and not of which kind.
inline llvm::ModulePassManager unoptimizedPreLink(llvm::PassBuilder &Builder,
                                                  llvm::ThinOrFullLTOPhase Phase) {
#if LLVM_VERSION_MAJOR < 20
  (void)Phase;
  return Builder.buildO0DefaultPipeline(llvm::OptimizationLevel::O0, /*LTOPreLink=*/true);
#else
  return Builder.buildO0DefaultPipeline(llvm::OptimizationLevel::O0, Phase);
#endif
}

/// The level of a pipeline that optimises for size, or for the least size. Since LLVM 23 that is
/// the functions' attributes alone, and the pipeline that of O2 (llvm#191363).
inline llvm::OptimizationLevel levelForSize([[maybe_unused]] bool Least) {
#if LLVM_VERSION_MAJOR < 23
  return Least ? llvm::OptimizationLevel::Oz : llvm::OptimizationLevel::Os;
#else
  return llvm::OptimizationLevel::O2;
#endif
}

/// Calls Add where the optimising part of a pipeline ends. Since LLVM 20 such functions also get
/// the phase.
inline void atOptimizerLast(llvm::PassBuilder &Builder,
                            std::function<void(llvm::ModulePassManager &)> Add) {
#if LLVM_VERSION_MAJOR < 20
  Builder.registerOptimizerLastEPCallback(
      [Add](llvm::ModulePassManager &Passes, llvm::OptimizationLevel) { Add(Passes); });
#else
  Builder.registerOptimizerLastEPCallback([Add](llvm::ModulePassManager &Passes,
                                                llvm::OptimizationLevel,
                                                llvm::ThinOrFullLTOPhase) { Add(Passes); });
#endif
}

/// Until LLVM 21 they name the file system from which profiles are read.
inline llvm::PGOOptions profileOptions(const std::string &File,
                                       llvm::PGOOptions::PGOAction Action) {
#if LLVM_VERSION_MAJOR < 22
  return llvm::PGOOptions(File, "", "", "", llvm::vfs::getRealFileSystem(), Action);
#else
  return llvm::PGOOptions(File, "", "", "", Action);
#endif
}

} // namespace lto_inspector::compat
