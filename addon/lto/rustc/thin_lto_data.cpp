#include "lto/rustc/thin_lto_data.h"

#include "lto/compat/cache_key.h"
#include "lto/compat/cfi_functions.h"
#include "lto/compat/guids.h"
#include "lto/compat/summary_lists.h"
#include "lto/llvm/error.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/LTO/Config.h"
#include "llvm/LTO/LTO.h"

using namespace llvm;

namespace lto_inspector::rustc {

using namespace support;

using Guid = GlobalValue::GUID;

const GVSummaryMapTy &ThinLtoData::definedSummaries(StringRef ModuleId) const {
  auto Found = DefinedSummaries.find(ModuleId);
  return Found == DefinedSummaries.end() ? NoSummaries : Found->second;
}

bool ThinLtoData::isPrevailing(Guid Symbol, const GlobalValueSummary *Copy) const {
  auto Found = PrevailingCopies.find(Symbol);
  return Found == PrevailingCopies.end() || Found->second == Copy;
}

GlobalValue::LinkageTypes ThinLtoData::linkageAtImport(const GlobalValueSummary *Copy) const {
  auto Found = LinkagesAtImport.find(Copy);
  return Found == LinkagesAtImport.end() ? Copy->linkage() : Found->second;
}

const FunctionImporter::ExportSetTy &ThinLtoData::exportList(StringRef ModuleId) const {
  auto Found = ExportLists.find(ModuleId);
  return Found == ExportLists.end() ? NoExports : Found->second;
}

/// Of a function, or of the function behind an alias; 0 for variables.
static uint64_t instructionsOf(const GlobalValueSummary &Summary) {
  auto *Function = dyn_cast<FunctionSummary>(Summary.getBaseObject());
  return Function ? Function->instCount() : 0;
}

ModuleFigures figuresOf(const ThinLtoData &Data, StringRef ModuleId) {
  ModuleFigures Figures;
  // An alias would count its function twice.
  for (const auto &Defined : Data.definedSummaries(ModuleId))
    if (isa<FunctionSummary>(Defined.second) && Defined.second->flags().Live)
      Figures.Instructions += instructionsOf(*Defined.second);
  // Asking the index for each symbol would take four times as long.
  StringRef From;
  const GVSummaryMapTy *Source = nullptr;
  for (const compat::ImportEntry &Import : compat::entriesOf(Data.ImportLists.lookup(ModuleId))) {
    ++Figures.Imports;
    if (Import.Kind == GlobalValueSummary::Declaration)
      continue;
    if (!Source || Import.From.data() != From.data()) {
      From = Import.From;
      Source = &Data.definedSummaries(From);
    }
    if (const GlobalValueSummary *Imported = Source->lookup(Import.Symbol))
      Figures.ImportedInstructions += instructionsOf(*Imported);
  }
  return Figures;
}

static Error readSummary(const LtoModule &Module, ThinLtoData &Data) {
  if (!Data.ModuleMap.try_emplace(Module.Name, Module.buffer()).second)
    return makeError("DuplicateModule",
                     "two modules have the identifier " + Module.Name + ": one of them is in " +
                         Module.File,
                     Module.File, Module.Name);
  if (Error E = readModuleSummaryIndex(Module.buffer(), Data.Index))
    return wrapError(std::move(E), "PrepareThinLtoContext",
                     "failed to prepare thin LTO context: cannot read the summary of " +
                         Module.Name,
                     Module.File, Module.Name);
  // Later, LLVM reads the module's hash without checking whether there is an entry.
  auto Entry = Data.Index.modulePaths().find(Module.Name);
  if (Entry == Data.Index.modulePaths().end())
    return makeError("PrepareThinLtoContext",
                     "failed to prepare thin LTO context: the bitcode of " + Module.Name +
                         " has no summary",
                     Module.File, Module.Name);
  // Promoted names contain the first two words of the hash
  // (ModuleSummaryIndex::getGlobalNameForLocal).
  if (Module.PromotionSuffix) {
    Entry->second[0] = static_cast<uint32_t>(*Module.PromotionSuffix >> 32);
    Entry->second[1] = static_cast<uint32_t>(*Module.PromotionSuffix);
  }
  return Error::success();
}

static Error readSummaries(ArrayRef<LtoModule> Modules, const RunControl &Control,
                           ThinLtoData &Data) {
  for (const LtoModule &Module : Modules) {
    Expected<std::unique_ptr<ModuleWatch::Scope>> Scope = Control.enter(Module.Name, "analysis");
    if (!Scope)
      return Scope.takeError();
    if (Error E = readSummary(Module, Data))
      return E;
  }
  return Error::success();
}

/// The copy that a linker would keep: the first strong definition, otherwise the first definition.
///
/// Mirrors `getFirstDefinitionForLinker` (PassWrapper.cpp; LLVM's ThinLTOCodeGenerator.cpp, 22).
static const GlobalValueSummary *
firstDefinitionForLinker(ArrayRef<std::unique_ptr<GlobalValueSummary>> Copies) {
  auto Linkage = [](const std::unique_ptr<GlobalValueSummary> &Copy) { return Copy->linkage(); };
  auto Strong = find_if(Copies, [&](const std::unique_ptr<GlobalValueSummary> &Copy) {
    return !GlobalValue::isAvailableExternallyLinkage(Linkage(Copy)) &&
           !GlobalValue::isWeakForLinker(Linkage(Copy));
  });
  if (Strong != Copies.end())
    return Strong->get();
  auto Any = find_if(Copies, [&](const std::unique_ptr<GlobalValueSummary> &Copy) {
    return !GlobalValue::isAvailableExternallyLinkage(Linkage(Copy));
  });
  return Any == Copies.end() ? nullptr : Any->get();
}

static DenseMap<Guid, const GlobalValueSummary *>
computePrevailingCopies(const ModuleSummaryIndex &Index) {
  DenseMap<Guid, const GlobalValueSummary *> Prevailing;
  for (const auto &Entry : Index)
    if (compat::summariesOf(Entry.second).size() > 1)
      Prevailing[Entry.first] = firstDefinitionForLinker(compat::summariesOf(Entry.second));
  return Prevailing;
}

/// Symbols with more than one strong definition, which a linker rejects; thin LTO keeps the first
/// and continues.
static void noteMultiplyDefined(ThinLtoData &Data) {
  for (const auto &Entry : Data.Index) {
    std::vector<StringRef> Modules;
    for (const std::unique_ptr<GlobalValueSummary> &Copy : compat::summariesOf(Entry.second))
      if (GlobalValue::isExternalLinkage(Copy->linkage()))
        Modules.push_back(Copy->modulePath());
    StringRef Symbol = Data.Index.getValueInfo(Entry).name();
    if (Modules.size() > 1 && !Symbol.empty())
      Data.DefinedTwice.push_back({Symbol.str(), {Modules.begin(), Modules.end()}});
  }
  // The index is ordered by hash.
  llvm::sort(Data.DefinedTwice, [](const MultiplyDefined &Left, const MultiplyDefined &Right) {
    return Left.Symbol < Right.Symbol;
  });
}

/// Live external symbols keep their linkage; only dead or local ones become internal.
static DenseSet<Guid> computeExportedGuids(const ModuleSummaryIndex &Index) {
  DenseSet<Guid> Exported;
  for (const auto &Entry : Index)
    for (const std::unique_ptr<GlobalValueSummary> &Copy : compat::summariesOf(Entry.second))
      if (!GlobalValue::isLocalLinkage(Copy->linkage()) && Copy->flags().Live)
        Exported.insert(Copy->getOriginalName());
  return Exported;
}

namespace {

/// Notes the linkages that the rest of the analysis changes.
class LinkageNotes {
public:
  explicit LinkageNotes(ThinLtoData &Data) : Data(Data) {
    forEachCopy([&](const GlobalValueSummary &Copy) { Before.push_back(Copy.linkage()); });
  }
  ~LinkageNotes() {
    auto Linkage = Before.begin();
    forEachCopy([&](const GlobalValueSummary &Copy) {
      if (*Linkage != Copy.linkage())
        Data.LinkagesAtImport[&Copy] = *Linkage;
      ++Linkage;
    });
  }

private:
  void forEachCopy(function_ref<void(const GlobalValueSummary &)> Do) {
    for (const auto &Entry : Data.Index)
      for (const std::unique_ptr<GlobalValueSummary> &Copy : compat::summariesOf(Entry.second))
        Do(*Copy);
  }

  ThinLtoData &Data;
  std::vector<GlobalValue::LinkageTypes> Before;
};

} // namespace

static void resolveLinkages(ThinLtoData &Data) {
  Data.PrevailingCopies = computePrevailingCopies(Data.Index);
  auto IsPrevailing = [&](Guid Symbol, const GlobalValueSummary *Copy) {
    return Data.isPrevailing(Symbol, Copy);
  };
  ComputeCrossModuleImport(Data.Index, Data.DefinedSummaries, IsPrevailing, Data.ImportLists,
                           Data.ExportLists);

  LinkageNotes Notes(Data);
  lto::Config Conf;
  thinLTOResolvePrevailingInIndex(
      Conf, Data.Index, IsPrevailing,
      [&](StringRef ModuleId, Guid Symbol, GlobalValue::LinkageTypes Linkage) {
        Data.ResolvedOdr[ModuleId][Symbol] = Linkage;
      },
      Data.PreservedGuids);

  DenseSet<Guid> ExportedGuids = computeExportedGuids(Data.Index);
  auto IsExported = [&](StringRef ModuleId, ValueInfo VI) {
    auto List = Data.ExportLists.find(ModuleId);
    return (List != Data.ExportLists.end() && List->second.count(VI)) ||
           ExportedGuids.count(VI.getGUID());
  };
  thinLTOInternalizeAndPromoteInIndex(Data.Index, IsExported, IsPrevailing);
}

Expected<std::unique_ptr<ThinLtoData>> createThinLtoData(ArrayRef<LtoModule> Modules,
                                                         ArrayRef<std::string> Preserved,
                                                         const RunControl &Control) {
  auto Data = std::make_unique<ThinLtoData>();
  if (Error E = readSummaries(Modules, Control, *Data))
    return E;
  Data->Index.collectDefinedGVSummariesPerModule(Data->DefinedSummaries);
  noteMultiplyDefined(*Data);
  for (const std::string &Symbol : Preserved)
    Data->PreservedGuids.insert(compat::guidOfName(Symbol));

  // Importing is declared to be off, because rustc only sees its own crate graph: internalising
  // more would lose statics (rust#60184).
  computeDeadSymbolsWithConstProp(
      Data->Index, Data->PreservedGuids, [](Guid) { return PrevailingType::Unknown; },
      /*ImportEnabled=*/false);
  resolveLinkages(*Data);
  return Data;
}

std::string computeThinLtoCacheKey(const ThinLtoData &Data, StringRef ModuleId) {
  // rustc computes keys with a default configuration: optimisation level and target are not part of
  // its keys.
  lto::Config Conf;
  return compat::llvmCacheKey({/*LlvmVersion=*/"", /*LlvmRevision=*/"", Conf, Data.Index, ModuleId,
                               Data.ImportLists.lookup(ModuleId), Data.exportList(ModuleId),
                               Data.ResolvedOdr.lookup(ModuleId), Data.definedSummaries(ModuleId),
                               compat::guidsOfCfi(Data.Index.cfiFunctionDefs()),
                               compat::guidsOfCfi(Data.Index.cfiFunctionDecls())});
}

} // namespace lto_inspector::rustc
