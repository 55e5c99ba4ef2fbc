#include "lto/compat/guids.h"
#include "lto/llvm/context.h"
#include "lto/llvm/error.h"
#include "lto/llvm/parallel.h"
#include "lto/rustc/fat_lto.h"
#include "lto/rustc/in_memory_module.h"
#include "lto/rustc/session_target.h"
#include "lto/rustc/use_lists.h"
#include "lto/rustc/value_names.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace lto_inspector::rustc {

using namespace support;
using namespace pipeline;

uint64_t moduleCost(const Module &M) { return M.size(); }

namespace {

/// A codegen unit as rustc had it in memory when its fat LTO began.
struct InMemoryModule {
  uint64_t Cost = 0;
  std::unique_ptr<MemoryBuffer> Serialized;
};

/// The modules before the base is chosen: `serialized_modules` and `in_memory` of rustc's
/// `fat_lto`.
struct IncomingModules {
  std::vector<LtoModule> Serialized;
  std::vector<LtoModule> InMemory;
};

} // namespace

/// Serialises the result like `ModuleBuffer::new` (rustc_codegen_llvm/src/back/lto.rs) and
/// `LLVMRustModuleBufferCreate` (PassWrapper.cpp, 1.9x).
static Expected<InMemoryModule> passesBefore(const LtoModule &Input, const FatLtoOptions &Options,
                                             const TargetSettings &Target) {
  Expected<std::unique_ptr<ModuleWatch::Scope>> Scope =
      Options.Control.enter(Input.Name, "passes before LTO");
  if (!Scope)
    return Scope.takeError();
  Diagnostics Said;
  std::unique_ptr<LLVMContext> Context = makeContext(Said);
  Context->setDiscardValueNames(Options.FewerNames);
  const std::atomic<bool> Never = false;
  const std::atomic<bool> &Cancelled =
      Options.Control.Cancelled ? *Options.Control.Cancelled : Never;
  Expected<std::unique_ptr<Module>> M =
      parseInMemoryModule(*Context, Input, Target, Options.Config, Cancelled);
  if (!M)
    return M.takeError();
  compat::assignGuids(**M);
  SmallVector<char, 0> Bytes;
  raw_svector_ostream OS(Bytes);
  WriteBitcodeToFile(**M, OS);
  return InMemoryModule{
      moduleCost(**M), std::make_unique<SmallVectorMemoryBuffer>(std::move(Bytes), Input.Name,
                                                                 /*RequiresNullTerminator=*/false)};
}

/// upstream, then cached, then modules serialised in this session: the order of rustc's list.
static IncomingModules sortOut(std::vector<LtoModule> LocalModules,
                               std::vector<LtoModule> UpstreamModules) {
  IncomingModules Incoming;
  Incoming.Serialized = std::move(UpstreamModules);
  std::vector<LtoModule> Fresh, Last;
  for (LtoModule &Module : LocalModules) {
    if (Module.InMemory)
      Incoming.InMemory.push_back(std::move(Module));
    else if (Module.Origin == ModuleOrigin::Allocator)
      Last.push_back(std::move(Module));
    else
      (Module.Green ? Incoming.Serialized : Fresh).push_back(std::move(Module));
  }
  // The allocator's module is always in memory, and serialised after all others.
  for (std::vector<LtoModule> *Part : {&Fresh, &Last})
    llvm::move(*Part, std::back_inserter(Incoming.Serialized));
  return Incoming;
}

/// The costliest of the modules in memory; the last one of several. No index: there is none.
static std::optional<size_t> costliest(ArrayRef<LtoModule> Modules, ArrayRef<InMemoryModule> Costs,
                                       const std::optional<std::string> &WhereTied,
                                       std::vector<std::string> &Warnings) {
  if (Costs.empty())
    return std::nullopt;
  uint64_t Highest = 0;
  for (const InMemoryModule &Module : Costs)
    Highest = std::max(Highest, Module.Cost);
  std::vector<size_t> Tied;
  for (size_t I = 0; I < Costs.size(); ++I)
    if (Costs[I].Cost == Highest)
      Tied.push_back(I);
  if (Tied.size() == 1)
    return Tied.front();
  auto Named = find_if(Tied, [&](size_t I) { return WhereTied && Modules[I].Name == *WhereTied; });
  size_t Chosen = Named == Tied.end() ? Tied.back() : *Named;
  Warnings.push_back(
      std::to_string(Tied.size()) +
      " codegen units cost the same, and rustc takes the one that it "
      "finished last as the base module, which no file tells: " +
      Modules[Chosen].Name +
      (Named == Tied.end() ? " is taken for it." : " is taken because rustc names it."));
  return Chosen;
}

static void addText(BLAKE3 &Hasher, StringRef Text) {
  uint64_t Size = Text.size();
  Hasher.update(ArrayRef<uint8_t>(reinterpret_cast<const uint8_t *>(&Size), sizeof(Size)));
  Hasher.update(Text);
}

static std::string digestOf(const FatShared &Shared, StringRef Profile) {
  BLAKE3 Hasher;
  if (!Profile.empty())
    addText(Hasher, Profile);
  for (const LtoModule &Module : Shared.Modules) {
    addText(Hasher, Module.Name);
    addText(Hasher, Module.InMemory ? "in memory" : "serialised");
    addText(Hasher, Module.Bitcode->getBuffer());
    for (const auto &[Function, Count] : Module.NamesSoFar)
      addText(Hasher, Function + '=' + std::to_string(Count));
  }
  for (const std::string &Symbol : Shared.SymbolsBelowThreshold)
    addText(Hasher, Symbol);
  BLAKE3Result<20> Digest = Hasher.final<20>();
  return toHex(Digest);
}

/// The base module of `fat_lto`. Puts it first, and the others after it in the byte order of their
/// names.
static Error chooseBase(IncomingModules Incoming, const FatLtoOptions &Options, FatShared &Shared) {
  auto Run = [&](size_t I) { return passesBefore(Incoming.InMemory[I], Options, Shared.Target); };
  Expected<std::vector<InMemoryModule>> Finished =
      parallelMap<InMemoryModule>(Options.Control.Threads, Incoming.InMemory.size(), Run);
  if (!Finished)
    return Finished.takeError();
  std::optional<size_t> Base =
      costliest(Incoming.InMemory, *Finished, Options.BaseWhereTied, Shared.Warnings);
  std::vector<LtoModule> &Serialized = Incoming.Serialized;
  if (!Base && Serialized.empty())
    return makeError("NoBitcode", "there is no module to link");
  if (Base) {
    // It is used as it comes from the passes and never serialised, so the passes run again for it.
    Shared.Modules.push_back(std::move(Incoming.InMemory[*Base]));
  } else {
    Shared.Modules.push_back(std::move(Serialized.front()));
    Serialized.erase(Serialized.begin());
  }
  for (size_t I = 0; I < Incoming.InMemory.size(); ++I) {
    if (I == Base)
      continue;
    LtoModule &Module = Incoming.InMemory[I];
    Module.InMemory = false;
    Module.Bitcode = std::move((*Finished)[I].Serialized);
    Serialized.push_back(std::move(Module));
  }
  stable_sort(Serialized,
              [](const LtoModule &Left, const LtoModule &Right) { return Left.Name < Right.Name; });
  llvm::move(Serialized, std::back_inserter(Shared.Modules));
  return Error::success();
}

Expected<std::unique_ptr<FatShared>> runFat(FatLtoOptions Options,
                                            std::vector<LtoModule> LocalModules,
                                            SelfProfiler &Profiler, std::vector<Timing> &Timings) {
  Expected<PreparedLto> Prepared =
      prepareLto(Options.Prepare, LocalModules, Options.Control, Profiler, Timings);
  if (!Prepared)
    return Prepared.takeError();
  std::unique_ptr<MemoryBuffer> Profile;
  if (Options.Config.Profile) {
    Expected<std::unique_ptr<MemoryBuffer>> Read = readProfile(*Options.Config.Profile);
    if (!Read)
      return Read.takeError();
    Profile = std::move(*Read);
  }
  auto Shared = std::make_unique<FatShared>();
  Shared->SymbolsBelowThreshold = std::move(Prepared->SymbolsBelowThreshold);
  Shared->LocalSymbols = Prepared->LocalSymbols;
  Shared->Warnings = std::move(Prepared->Warnings);
  Shared->Target = completedTarget(Options.Target, Prepared->LocalTarget);
  Shared->NoBuiltins = Options.Config.NoBuiltins = Prepared->NoBuiltins;
  IncomingModules Incoming = sortOut(std::move(LocalModules), std::move(Prepared->UpstreamModules));
  if (Error E = takeUseLists(Incoming.InMemory, Options.Control, Shared->Warnings))
    return E;
  if (Error E = takeNameCounts(Incoming.InMemory, Shared->Target, Options.Config, Options.Control,
                               Shared->Warnings))
    return E;
  if (Error E = chooseBase(std::move(Incoming), Options, *Shared))
    return E;
  Shared->Digest = digestOf(*Shared, Profile ? Profile->getBuffer() : StringRef());
  return Shared;
}

} // namespace lto_inspector::rustc
