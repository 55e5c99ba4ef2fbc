//===- guids.h - The GUIDs of globals -------------------------------------===//
#pragma once

#include "lto/compat/series.h"
#include "llvm/IR/GlobalValue.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PassManager.h"
#if LLVM_VERSION_MAJOR >= 23
#include "llvm/Transforms/Utils/AssignGUID.h"
#endif

namespace lto_inspector::compat {

/// The GUID that an external global of this name has, or any global of this identifier
/// (`getGlobalIdentifier`). Called `getGUID` until LLVM 20.
inline llvm::GlobalValue::GUID guidOfName(llvm::StringRef Name) {
#if LLVM_VERSION_MAJOR < 21
  return llvm::GlobalValue::getGUID(Name);
#else
  return llvm::GlobalValue::getGUIDAssumingExternalLinkage(Name);
#endif
}

/// Gives every definition its GUID, unless it has one. Since LLVM 23 a GUID is metadata (`!guid`,
/// llvm#201849), which has to be there before a summary is made or bitcode is written for thin LTO:
/// `getGUID()` reads nothing where none was assigned, and does not say so in release builds.
/// Before, the name and the linkage were the GUID.
inline void assignGuids([[maybe_unused]] llvm::Module &M) {
#if LLVM_VERSION_MAJOR >= 23
  llvm::AssignGUIDPass::runOnModule(M);
#endif
}

/// The same as a pass.
inline void addGuidAssignment([[maybe_unused]] llvm::ModulePassManager &Passes) {
#if LLVM_VERSION_MAJOR >= 23
  Passes.addPass(llvm::AssignGUIDPass());
#endif
}

/// Whether a kind of metadata is the GUID of what it is attached to.
inline bool isGuid([[maybe_unused]] unsigned MetadataKind) {
#if LLVM_VERSION_MAJOR < 23
  return false;
#else
  return MetadataKind == llvm::LLVMContext::MD_unique_id;
#endif
}

/// The record of a module block that holds the GUIDs of its globals by value number, each in two
/// halves: `MODULE_CODE_GUIDLIST` of LLVM 23. What it says counts, for a promoted local keeps the
/// GUID of its old name; 0: the global has none.
inline constexpr unsigned GuidListRecord = 20;

} // namespace lto_inspector::compat
