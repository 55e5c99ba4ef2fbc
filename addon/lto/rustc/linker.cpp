#include "lto/rustc/linker.h"

#include "lto/llvm/error.h"
#include "lto/rustc/save_temps.h"
#include "llvm/Bitcode/BitcodeReader.h"

using namespace llvm;

namespace lto_inspector {

Error FatLinker::add(const LtoModule &Module) {
  std::string What = "failed to load bitcode of module \"" + Module.Name + "\"";
  StringRef Stage = tagOf(LtoStage::FatInput);
  // No name: what is linked keeps the base module's identifier.
  Expected<std::unique_ptr<llvm::Module>> Source =
      getLazyBitcodeModule(MemoryBufferRef(Module.Bitcode->getBuffer(), ""), Base.getContext());
  if (!Source)
    return wrapError(Source.takeError(), "LoadBitcode", What, Module.File, Module.Name, Stage);
  bool Failed = Linker.linkInModule(std::move(*Source));
  if (!Failed && Said.Errors.empty())
    return Error::success();
  return makeError("LoadBitcode",
                   What + ": " +
                       (Said.Errors.empty() ? "LLVM cannot link it" : Said.Errors.front()),
                   Module.File, Module.Name, Stage);
}

} // namespace lto_inspector
