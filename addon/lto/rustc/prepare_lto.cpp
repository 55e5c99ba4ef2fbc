#include "lto/rustc/prepare_lto.h"

#include "lto/llvm/context.h"
#include "lto/llvm/error.h"
#include "lto/llvm/parallel.h"
#include "lto/rustc/bitcode_file.h"
#include "lto/rustc/symbol_export.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/Module.h"
#include <numeric>

using namespace llvm;

namespace lto_inspector::rustc {

using namespace support;
using namespace pipeline;

static constexpr StringLiteral SymbolsActivity = "lto_generate_symbols_below_threshold";

/// rustc leaves out compiler_builtins, because the code generator calls its symbols.
///
/// Mirrors `ignored_for_lto` (rustc_codegen_ssa/src/back/link.rs, 1.9x), with isNoBuiltins.
static bool takesPartInLto(const UpstreamRlib &Rlib) { return Rlib.Crate != "compiler_builtins"; }

static Error addSlice(const BitcodeSlice &Slice, const UpstreamRlib &Rlib, bool PlainInputs,
                      std::vector<LtoModule> &Modules) {
  LtoModule Module;
  Module.Name = Slice.Name;
  Module.Origin = PlainInputs ? ModuleOrigin::Input : ModuleOrigin::Upstream;
  Module.Crate = Rlib.Crate;
  Module.File = Slice.File;
  Module.Member = Slice.Member;
  // A copy of only the bitcode: std's rlibs contain mostly machine code.
  Module.Bitcode = MemoryBuffer::getMemBufferCopy(Slice.Data, Slice.Name);
  Expected<Producer> WrittenBy = readProducer(Module.buffer());
  if (!WrittenBy)
    return wrapError(WrittenBy.takeError(), "ParseBitcode", "cannot read the bitcode", Slice.File,
                     Slice.Name);
  Module.WrittenBy = std::move(*WrittenBy);
  Modules.push_back(std::move(Module));
  return Error::success();
}

/// rustc leaves `#![no_builtins]` crates out of LTO; it marks every function of such a crate.
static Expected<bool> isNoBuiltins(ArrayRef<BitcodeSlice> Slices) {
  bool AnyFunction = false;
  for (const BitcodeSlice &Slice : Slices) {
    Diagnostics Said;
    std::unique_ptr<LLVMContext> Context = makeContext(Said);
    Expected<std::unique_ptr<Module>> M = getLazyBitcodeModule(
        MemoryBufferRef(Slice.Data, Slice.Name), *Context, /*ShouldLazyLoadMetadata=*/true);
    if (!M)
      return wrapError(M.takeError(), "ParseBitcode", "failed to parse bitcode for LTO module",
                       Slice.File, Slice.Name);
    for (const Function &F : **M) {
      if (F.isDeclaration())
        continue;
      AnyFunction = true;
      if (!F.hasFnAttribute("no-builtins"))
        return false;
    }
  }
  return AnyFunction;
}

static Expected<std::vector<LtoModule>> readRlib(const UpstreamRlib &Rlib, bool PlainInputs,
                                                 const RunControl &Control) {
  Expected<std::unique_ptr<ModuleWatch::Scope>> Scope = Control.enter(Rlib.File, "reading");
  if (!Scope)
    return Scope.takeError();
  MemberSelection Selection =
      PlainInputs || Rlib.Members ? MemberSelection::All : MemberSelection::RustObjects;
  std::vector<LtoModule> Modules;
  Expected<BitcodeFile> File = openBitcodeFile(
      Rlib.File, Selection, PlainInputs ? ThinArchives::Read : ThinArchives::Refuse);
  if (!File)
    return File.takeError();
  if (!Rlib.Members) {
    if (!PlainInputs) {
      Expected<bool> LeftOut = isNoBuiltins(File->Slices);
      if (!LeftOut)
        return LeftOut.takeError();
      if (*LeftOut)
        return Modules;
    }
    for (const BitcodeSlice &Slice : File->Slices)
      if (Error E = addSlice(Slice, Rlib, PlainInputs, Modules))
        return E;
    return Modules;
  }
  for (const std::string &Member : *Rlib.Members) {
    auto Slice = find_if(File->Slices, [&](const BitcodeSlice &S) { return S.Name == Member; });
    if (Slice == File->Slices.end())
      return makeError("LtoBitcodeFromRlib",
                       "failed to get bitcode from object file for LTO: " + Rlib.File +
                           " no longer has a member " + Member + " with bitcode",
                       Rlib.File, Member);
    if (Error E = addSlice(*Slice, Rlib, PlainInputs, Modules))
      return E;
  }
  return Modules;
}

/// The modules of all archives that take part, in the order of the command line.
static Expected<std::vector<LtoModule>> readRlibs(ArrayRef<UpstreamRlib> Rlibs, bool PlainInputs,
                                                  const RunControl &Control) {
  auto Read = [&](size_t I) -> Expected<std::vector<LtoModule>> {
    if (!takesPartInLto(Rlibs[I]))
      return std::vector<LtoModule>();
    return readRlib(Rlibs[I], PlainInputs, Control);
  };
  Expected<std::vector<std::vector<LtoModule>>> Found =
      parallelMap<std::vector<LtoModule>>(Control.Threads, Rlibs.size(), Read);
  if (!Found)
    return Found.takeError();
  std::vector<LtoModule> Modules;
  for (std::vector<LtoModule> &OfRlib : *Found)
    llvm::move(OfRlib, std::back_inserter(Modules));
  return Modules;
}

namespace {
/// The facts in a module's declarations.
struct ModuleFacts {
  std::vector<std::string> Symbols;
  SessionTarget Target;
  NoBuiltinsMarks Marks;
};

/// What all modules say together.
struct CollectedFacts {
  SessionTarget Target;
  NoBuiltinsMarks Marks;
};

/// Whose functions determine the session's target.
enum class TargetSource { TheseModules, OtherModules };
} // namespace

static Error cannotParse(Error E, const LtoModule &Input) {
  return wrapError(std::move(E), "ParseBitcode", "failed to parse bitcode for LTO module",
                   Input.File, Input.Name);
}

/// A module's exported symbols, and its target if requested; or why it could not be read.
static Expected<ModuleFacts> factsOf(const LtoModule &Input, SymbolExportRules Rules,
                                     TargetSource Source, const std::optional<LocalCrate> &Crate) {
  ModuleFacts Facts;
  Rules.AllocatorModule = Input.Origin == ModuleOrigin::Allocator;
  Expected<std::vector<std::string>> Symbols = exportedSymbols(Input.buffer(), Rules);
  if (!Symbols)
    return cannotParse(Symbols.takeError(), Input);
  Facts.Symbols = std::move(*Symbols);
  if (Source == TargetSource::OtherModules)
    return Facts;

  Diagnostics Said;
  std::unique_ptr<LLVMContext> Context = makeContext(Said);
  Expected<std::unique_ptr<Module>> M =
      getLazyBitcodeModule(Input.buffer(), *Context, /*ShouldLazyLoadMetadata=*/true);
  if (!M)
    return cannotParse(M.takeError(), Input);
  Facts.Target = sessionTargetOf(**M);
  if (Crate && Input.Origin == ModuleOrigin::Local)
    addNoBuiltinsMarks(**M, *Crate, Facts.Marks);
  return Facts;
}

/// The symbols of all modules, module by module in order, without duplicates; and the target in the
/// modules' functions, if these are its source.
static Expected<CollectedFacts> collectSymbols(ArrayRef<LtoModule> Modules,
                                               const SymbolExportRules &Rules, TargetSource Source,
                                               const std::optional<LocalCrate> &Crate,
                                               const RunControl &Control, StringSet<> &Seen,
                                               std::vector<std::string> &Symbols) {
  // std may be a single module as large as all others together, so it must not come last.
  std::vector<size_t> LargestFirst(Modules.size());
  std::iota(LargestFirst.begin(), LargestFirst.end(), 0);
  llvm::stable_sort(LargestFirst, [&](size_t Left, size_t Right) {
    return Modules[Left].buffer().getBufferSize() > Modules[Right].buffer().getBufferSize();
  });
  auto Read = [&](size_t I) -> Expected<ModuleFacts> {
    const LtoModule &Module = Modules[LargestFirst[I]];
    Expected<std::unique_ptr<ModuleWatch::Scope>> Scope = Control.enter(Module.Name, "reading");
    if (!Scope)
      return Scope.takeError();
    return factsOf(Module, Rules, Source, Crate);
  };
  Expected<std::vector<ModuleFacts>> Facts =
      parallelMap<ModuleFacts>(Control.Threads, Modules.size(), Read);
  if (!Facts)
    return Facts.takeError();
  std::vector<ModuleFacts *> Found(Modules.size());
  for (size_t I = 0; I < Modules.size(); ++I)
    Found[LargestFirst[I]] = &(*Facts)[I];
  CollectedFacts Together;
  for (ModuleFacts *OfModule : Found) {
    for (std::string &Symbol : OfModule->Symbols)
      if (Seen.insert(Symbol).second)
        Symbols.push_back(std::move(Symbol));
    mergeSessionTarget(Together.Target, OfModule->Target);
    Together.Marks.Marked |= OfModule->Marks.Marked;
    Together.Marks.Unmarked |= OfModule->Marks.Unmarked;
  }
  return Together;
}

/// For plain inputs, finds all external definitions first, then drops those neither named nor used.
static Error keepOnlyNamed(ArrayRef<LtoModule> Modules, ArrayRef<std::string> Named,
                           PreparedLto &Prepared) {
  StringSet<> Wanted, Used, Defined;
  Wanted.insert(Named.begin(), Named.end());
  for (const LtoModule &Module : Modules) {
    Expected<std::vector<std::string>> Found = usedSymbols(Module.buffer());
    if (!Found)
      return cannotParse(Found.takeError(), Module);
    Used.insert(Found->begin(), Found->end());
  }
  Defined.insert(Prepared.SymbolsBelowThreshold.begin(), Prepared.SymbolsBelowThreshold.end());
  erase_if(Prepared.SymbolsBelowThreshold, [&](const std::string &Symbol) {
    return !Wanted.contains(Symbol) && !Used.contains(Symbol);
  });
  Prepared.LocalSymbols = Prepared.SymbolsBelowThreshold.size();
  StringSet<> Told;
  for (const std::string &Symbol : Named)
    if (!Defined.contains(Symbol) && Told.insert(Symbol).second)
      Prepared.Warnings.push_back("no module defines the symbol " + Symbol +
                                  ", which was to be preserved, with external linkage");
  return Error::success();
}

/// Weak symbols of MemorySanitizer's runtime, which LLVM defines in every instrumented module.
static bool isOfMemorySanitizer(StringRef Symbol) {
  return Symbol == "__msan_keep_going" || Symbol == "__msan_track_origins";
}

Expected<PreparedLto> prepareLto(const PrepareLtoOptions &Options, ArrayRef<LtoModule> LocalModules,
                                 const RunControl &Control, SelfProfiler &Profiler,
                                 std::vector<Timing> &Timings) {
  const LtoPermission &Permission = Options.Permission;
  if (Error E = checkLtoAllowed(Permission))
    return E;

  PreparedLto Prepared;
  StringSet<> Seen;
  SymbolExportRules Rules;
  Rules.Threshold =
      Permission.ThinLocal ? SymbolExportLevel::Rust : cratesExportThreshold(Permission.CrateTypes);
  Rules.AllExternals = Options.AllExternals || Options.OnlyNamed;
  Rules.RustLevelNames = Options.RustLevelNames;
  Rules.UsedSymbols = Options.PlainInputs || anyRustLibrary(Permission.CrateTypes);
  std::vector<std::string> &Symbols = Prepared.SymbolsBelowThreshold;
  {
    ActivityTimer Timer(Profiler, Timings, SymbolsActivity);
    Expected<CollectedFacts> Facts = collectSymbols(LocalModules, Rules, TargetSource::TheseModules,
                                                    Options.Crate, Control, Seen, Symbols);
    if (!Facts)
      return Facts.takeError();
    Prepared.LocalTarget = std::move(Facts->Target);
    if (Options.Crate)
      Prepared.NoBuiltins = isNoBuiltinsCrate(*Options.Crate, Facts->Marks, Prepared.Warnings);
  }
  if (Options.CrateSymbols) {
    Symbols = *Options.CrateSymbols;
    Seen.clear();
    Seen.insert(Symbols.begin(), Symbols.end());
  }
  // Weak symbols of the runtimes.
  auto AddProfilerSymbols = [&] {
    for (StringRef Symbol : {"__llvm_profile_raw_version", "__llvm_profile_filename"})
      if (Options.ProfilerRuntime && Seen.insert(Symbol).second)
        Symbols.push_back(Symbol.str());
  };
  if (Options.CountsProfilerSymbols)
    AddProfilerSymbols();
  Prepared.LocalSymbols = Symbols.size();
  if (!Options.CountsProfilerSymbols)
    Prepared.LocalSymbols -= count_if(Symbols, isOfMemorySanitizer);

  if (!Permission.ThinLocal) {
    Expected<std::vector<LtoModule>> Upstream =
        readRlibs(Options.Rlibs, Options.PlainInputs, Control);
    if (!Upstream)
      return Upstream.takeError();
    Prepared.UpstreamModules = std::move(*Upstream);
    ActivityTimer Timer(Profiler, Timings, SymbolsActivity);
    Rules.UsedSymbols = true;
    // Only archives: nothing is local.
    TargetSource Source =
        LocalModules.empty() ? TargetSource::TheseModules : TargetSource::OtherModules;
    Expected<CollectedFacts> Facts = collectSymbols(Prepared.UpstreamModules, Rules, Source,
                                                    std::nullopt, Control, Seen, Symbols);
    if (!Facts)
      return Facts.takeError();
    if (LocalModules.empty())
      Prepared.LocalTarget = std::move(Facts->Target);
  }

  if (Options.OnlyNamed) {
    if (Error E = keepOnlyNamed(LocalModules, Options.Preserve, Prepared))
      return E;
    return Prepared;
  }

  AddProfilerSymbols();
  for (const std::string &Symbol : Options.Preserve)
    if (Seen.insert(Symbol).second)
      Symbols.push_back(Symbol);
  // The address sanitizer's constructor is dropped otherwise.
  if (Options.PreservesAsanGlobals)
    Symbols.push_back("___asan_globals_registered");
  // An undefined reference to __llvm_profile_runtime pulls it in at link time, so nothing shows
  // that it is needed.
  Symbols.push_back("__llvm_profile_counter_bias");
  return Prepared;
}

} // namespace lto_inspector::rustc
