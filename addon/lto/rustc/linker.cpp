#include "lto/rustc/linker.h"

#include "lto/llvm/error.h"
#include "lto/rustc/stages.h"
#include "lto/rustc/symbol_export.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Bitcode/BitcodeReader.h"

using namespace llvm;

namespace lto_inspector::rustc {

using namespace support;

/// The symbol that LLVM refuses to link, from its message; empty: another message.
static StringRef symbolDefinedTwice(StringRef Said) {
  return Said.contains("symbol multiply defined") ? Said.split('\'').second.rsplit('\'').first
                                                  : StringRef();
}

static bool defines(const LtoModule &Module, StringRef Symbol) {
  SymbolExportRules Rules;
  Rules.AllExternals = true;
  Expected<std::vector<std::string>> Defined = exportedSymbols(Module.buffer(), Rules);
  if (Defined)
    return is_contained(*Defined, Symbol);
  consumeError(Defined.takeError());
  return false;
}

/// Success if LLVM refused the module for another reason.
Error FatLinker::multiplyDefined(const LtoModule &Module) const {
  StringRef Symbol = Said.Errors.empty() ? StringRef() : symbolDefinedTwice(Said.Errors.front());
  if (Symbol.empty())
    return Error::success();
  auto Other = find_if(Linked, [&](const LtoModule *One) { return defines(*One, Symbol); });
  StringRef First = Other == Linked.end() ? StringRef(Linked.front()->Name) : (*Other)->Name;
  return makeError("LoadBitcode",
                   "failed to load bitcode of module \"" + Module.Name +
                       "\": " + Said.Errors.front() + " " + First + " defines it, and so does " +
                       Module.Name + ".",
                   Module.File, Module.Name, FatInput.tag());
}

Error FatLinker::add(const LtoModule &Module) {
  std::string What = "failed to load bitcode of module \"" + Module.Name + "\"";
  StringRef Stage = FatInput.tag();
  // No name: the linked module keeps the base module's identifier.
  Expected<std::unique_ptr<llvm::Module>> Source =
      getLazyBitcodeModule(MemoryBufferRef(Module.Bitcode->getBuffer(), ""), Base.getContext());
  if (!Source)
    return wrapError(Source.takeError(), "LoadBitcode", What, Module.File, Module.Name, Stage);
  bool Failed = Linker.linkInModule(std::move(*Source));
  if (!Failed && Said.Errors.empty()) {
    Linked.push_back(&Module);
    return Error::success();
  }
  if (Error E = multiplyDefined(Module))
    return E;
  return makeError("LoadBitcode",
                   What + ": " +
                       (Said.Errors.empty() ? "LLVM cannot link it" : Said.Errors.front()),
                   Module.File, Module.Name, Stage);
}

} // namespace lto_inspector::rustc
