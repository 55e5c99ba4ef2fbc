#include "lto/rustc/kept_symbols.h"

#include "lto/compat/guids.h"
#include "lto/llvm/regular_file.h"
#include "lto/rustc/symbol_export.h"
#include "llvm/ADT/StringSet.h"

using namespace llvm;

namespace lto_inspector::rustc {

using namespace support;

/// Every external definition of a module; none if it cannot be read.
static std::vector<std::string> externalsOf(MemoryBufferRef Bitcode, bool HiddenOnly) {
  SymbolExportRules Rules;
  Rules.AllExternals = true;
  Rules.HiddenOnly = HiddenOnly;
  Expected<std::vector<std::string>> Symbols = exportedSymbols(Bitcode, Rules);
  if (Symbols)
    return std::move(*Symbols);
  consumeError(Symbols.takeError());
  return {};
}

/// Hidden Rust definitions that are dead: rustc internalises them unless they are preserved.
static std::vector<std::string> undecided(const LtoModule &Module, const ThinLtoData &Data) {
  const GVSummaryMapTy &Defined = Data.definedSummaries(Module.Name);
  std::vector<std::string> Symbols = externalsOf(Module.buffer(), /*HiddenOnly=*/true);
  erase_if(Symbols, [&](const std::string &Name) {
    auto Summary = Defined.find(compat::guidOfName(Name));
    return !isRustMangled(Name) || Summary == Defined.end() || Summary->second->isLive();
  });
  return Symbols;
}

static std::vector<std::string> keptInFile(std::vector<std::string> Symbols, StringRef File) {
  Expected<std::unique_ptr<MemoryBuffer>> Bitcode = readWholeFile(File);
  if (!Bitcode) {
    consumeError(Bitcode.takeError());
    return {};
  }
  StringSet<> External;
  for (const std::string &Name : externalsOf(**Bitcode, /*HiddenOnly=*/false))
    External.insert(Name);
  erase_if(Symbols, [&](const std::string &Name) { return !External.contains(Name); });
  return Symbols;
}

/// All of them, or a single one, with which the module has the wanted key.
static std::vector<std::string> keptByKey(const std::vector<std::string> &Symbols,
                                          ArrayRef<LtoModule> Modules,
                                          ArrayRef<std::string> Preserved, StringRef Module,
                                          StringRef Key, const RunControl &Control) {
  std::vector<std::vector<std::string>> Trials = {Symbols};
  if (Symbols.size() > 1)
    for (const std::string &Name : Symbols)
      Trials.push_back({Name});
  for (std::vector<std::string> &Trial : Trials) {
    std::vector<std::string> All(Preserved);
    append_range(All, Trial);
    Expected<std::unique_ptr<ThinLtoData>> Data = createThinLtoData(Modules, All, Control);
    if (!Data) {
      consumeError(Data.takeError());
      return {};
    }
    if (computeThinLtoCacheKey(**Data, Module) == Key)
      return std::move(Trial);
  }
  return {};
}

std::vector<std::string> symbolsKeptByRustc(ArrayRef<LtoModule> Modules,
                                            ArrayRef<std::string> Preserved,
                                            const ThinLtoData &Data, PreviousKeyOf PreviousKey,
                                            const RunControl &Control) {
  std::vector<std::string> Kept;
  for (const LtoModule &Module : Modules) {
    if (Module.Origin != ModuleOrigin::Local)
      continue;
    std::optional<std::string> Key =
        Module.InternalizedFile.empty() && Module.Green ? PreviousKey(Module.Name) : std::nullopt;
    if (Module.InternalizedFile.empty() && !Key)
      continue;
    if (Key && *Key == computeThinLtoCacheKey(Data, Module.Name))
      continue;
    std::vector<std::string> Symbols = undecided(Module, Data);
    if (Symbols.empty())
      continue;
    append_range(Kept, Key ? keptByKey(Symbols, Modules, Preserved, Module.Name, *Key, Control)
                           : keptInFile(std::move(Symbols), Module.InternalizedFile));
  }
  return Kept;
}

} // namespace lto_inspector::rustc
