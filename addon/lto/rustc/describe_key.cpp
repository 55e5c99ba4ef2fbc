#include "lto/rustc/describe_key.h"

#include "lto/compat/cfi_functions.h"
#include "lto/llvm/library_info.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace lto_inspector::rustc {

using namespace support;
using namespace compat;

using Guid = GlobalValue::GUID;

KeyLlvm keyLlvm() {
  LibraryInfo Info = readLibraryInfo();
  return {std::move(Info.Version), std::move(Info.Revision)};
}

static std::vector<Guid> usesOf(const GlobalValueSummary &Summary) {
  std::vector<Guid> Uses;
  DenseSet<Guid> Seen;
  auto Add = [&](const ValueInfo &VI) {
    if (Seen.insert(VI.getGUID()).second)
      Uses.push_back(VI.getGUID());
  };
  if (auto *Alias = dyn_cast<AliasSummary>(&Summary); Alias && Alias->hasAliasee())
    Add(Alias->getAliaseeVI());
  if (auto *Function = dyn_cast<FunctionSummary>(&Summary))
    for (const FunctionSummary::EdgeTy &Call : Function->calls())
      Add(Call.first);
  for (const ValueInfo &Referenced : Summary.refs())
    Add(Referenced);
  return Uses;
}

static KeyGlobal stateOf(Guid Symbol, const GlobalValueSummary &Summary) {
  KeyGlobal State;
  State.Symbol = Symbol;
  State.Kind = Summary.getSummaryKind();
  State.Linkage = Summary.linkage();
  State.Visibility = Summary.getVisibility();
  State.Live = Summary.isLive();
  State.CanAutoHide = Summary.canAutoHide();
  State.DsoLocal = Summary.isDSOLocal();
  if (auto *Variable = dyn_cast<GlobalVarSummary>(&Summary)) {
    State.ReadOnly = Variable->maybeReadOnly();
    State.WriteOnly = Variable->maybeWriteOnly();
  }
  if (auto *Function = dyn_cast<FunctionSummary>(&Summary))
    State.Instructions = Function->instCount();
  State.Uses = usesOf(Summary);
  return State;
}

static std::string hexOf(const ModuleHash &Hash) {
  std::string Hex;
  for (uint32_t Word : Hash)
    Hex += utohexstr(Word, /*LowerCase=*/true, 8);
  return Hex;
}

KeyComponents describeKey(const ThinLtoData &Data, StringRef ModuleId, const KeyLlvm &Llvm) {
  lto::Config Conf;
  const auto ResolvedOdr = Data.ResolvedOdr.lookup(ModuleId);
  const FunctionImporter::ImportMapTy &Imports = Data.ImportLists.lookup(ModuleId);
  const auto &Exports = Data.exportList(ModuleId);
  const GVSummaryMapTy &Defined = Data.definedSummaries(ModuleId);
  const DenseSet<Guid> CfiDefs = guidsOfCfi(Data.Index.cfiFunctionDefs());
  const DenseSet<Guid> CfiDecls = guidsOfCfi(Data.Index.cfiFunctionDecls());
  KeyDigests Mirrored =
      mirrorLtoCacheKey({Llvm.Version, Llvm.Revision, Conf, Data.Index, ModuleId, Imports, Exports,
                         ResolvedOdr, Defined, CfiDefs, CfiDecls});

  KeyComponents Found;
  Found.Key = computeThinLtoCacheKey(Data, ModuleId);
  Found.Exact = Found.Key == Mirrored.Total;
  Found.ModuleHash = hexOf(Data.Index.getModule(ModuleId)->second);
  Found.Digests = std::move(Mirrored.Parts);
  for (const ValueInfo &VI : Exports)
    Found.Exports.push_back(VI.getGUID());
  llvm::sort(Found.Exports);
  for (const auto &[From, Symbol, Kind] : entriesOf(Imports))
    Found.Imports.push_back({From, Symbol, Kind == GlobalValueSummary::Declaration});
  llvm::sort(Found.Imports, [](const ImportedSymbol &Left, const ImportedSymbol &Right) {
    return std::tie(Left.From, Left.Symbol) < std::tie(Right.From, Right.Symbol);
  });
  Found.ResolvedOdr.assign(ResolvedOdr.begin(), ResolvedOdr.end());
  for (const auto &[Symbol, Summary] : Defined)
    Found.Globals.push_back(stateOf(Symbol, *Summary));
  llvm::sort(Found.Globals, [](const KeyGlobal &Left, const KeyGlobal &Right) {
    return Left.Symbol < Right.Symbol;
  });
  return Found;
}

} // namespace lto_inspector::rustc
