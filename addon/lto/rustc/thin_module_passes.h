//===- thin_module_passes.h - The steps of thin LTO for one module --------===//
//
// The steps between the stages of one module. They run concurrently for different modules and share
// a read-only ThinLtoData.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/rustc/thin_lto_data.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

namespace lto_inspector::rustc {

/// Promotes and renames locals that other modules import. Mirrors `LLVMRustPrepareThinLTORename`
/// (PassWrapper.cpp, 1.9x).
void prepareThinLtoRename(const ThinLtoData &Data, llvm::Module &M, const llvm::TargetMachine &TM);

/// Gives linkonce and weak symbols the linkage that the analysis resolved. Mirrors
/// `LLVMRustPrepareThinLTOResolveWeak` (PassWrapper.cpp, 1.9x).
void prepareThinLtoResolveWeak(const ThinLtoData &Data, llvm::Module &M);

/// Internalises what nothing outside needs. Mirrors `LLVMRustPrepareThinLTOInternalize`
/// (PassWrapper.cpp, 1.9x).
void prepareThinLtoInternalize(const ThinLtoData &Data, llvm::Module &M);

/// Imports functions from other modules. Mirrors `LLVMRustPrepareThinLTOImport`
/// (PassWrapper.cpp, 1.9x). Errors: PrepareThinLtoModule.
llvm::Error prepareThinLtoImport(const ThinLtoData &Data, llvm::Module &M,
                                 const llvm::TargetMachine &TM);

} // namespace lto_inspector::rustc
