#include "lto/rustc/thin_module_passes.h"

#include "lto/llvm/error.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Transforms/Utils/FunctionImportUtils.h"

using namespace llvm;

namespace lto_inspector::rustc {

using namespace support;

/// Whether declarations may be in another shared object, as in position-independent ELF code.
///
/// Mirrors `clearDSOLocalOnDeclarations` (PassWrapper.cpp, 1.9x).
static bool clearsDsoLocalOnDeclarations(const Module &M, const TargetMachine &TM) {
  return TM.getTargetTriple().isOSBinFormatELF() && TM.getRelocationModel() != Reloc::Static &&
         M.getPIELevel() == PIELevel::Default;
}

void prepareThinLtoRename(const ThinLtoData &Data, Module &M, const TargetMachine &TM) {
  renameModuleForThinLTO(M, Data.Index, clearsDsoLocalOnDeclarations(M, TM));
}

void prepareThinLtoResolveWeak(const ThinLtoData &Data, Module &M) {
  thinLTOFinalizeInModule(M, Data.definedSummaries(M.getModuleIdentifier()),
                          /*PropagateAttrs=*/true);
}

void prepareThinLtoInternalize(const ThinLtoData &Data, Module &M) {
  thinLTOInternalizeModule(M, Data.definedSummaries(M.getModuleIdentifier()));
}

/// Module-wide metadata that importing would repeat in every importer (llvm#38184 for the wasm
/// sections).
static void dropNamedMetadata(Module &M) {
  for (StringRef Name : {"wasm.custom_sections", "llvm.ident"})
    if (NamedMDNode *Node = M.getNamedMetadata(Name))
      Node->eraseFromParent();
}

Error prepareThinLtoImport(const ThinLtoData &Data, Module &M, const TargetMachine &TM) {
  auto Loader = [&](StringRef Identifier) -> Expected<std::unique_ptr<Module>> {
    Expected<std::unique_ptr<Module>> Source =
        getLazyBitcodeModule(Data.ModuleMap.lookup(Identifier), M.getContext(),
                             /*ShouldLazyLoadMetadata=*/true, /*IsImporting=*/true);
    if (!Source)
      return Source;
    if (Error E = (*Source)->materializeMetadata())
      return E;
    dropNamedMetadata(**Source);
    return Source;
  };
  FunctionImporter Importer(Data.Index, Loader, clearsDsoLocalOnDeclarations(M, TM));
  Expected<bool> Changed =
      Importer.importFunctions(M, Data.ImportLists.lookup(M.getModuleIdentifier()));
  if (!Changed)
    return wrapError(Changed.takeError(), "PrepareThinLtoModule",
                     "failed to prepare thin LTO module", {}, M.getModuleIdentifier(),
                     "thin-lto-after-import");
  return Error::success();
}

} // namespace lto_inspector::rustc
