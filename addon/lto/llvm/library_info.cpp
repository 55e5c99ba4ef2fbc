#include "lto/llvm/library_info.h"

#include "lto/compat/triples.h"
#include "lto/llvm/context.h"
#include "lto/llvm/producer.h"
#include "llvm-c/Core.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/raw_ostream.h"
#include <dlfcn.h>

using namespace llvm;

namespace lto_inspector::support {

/// A triple that the library can compile for, because it only writes symbol tables for those.
static std::string anyTriple() {
  for (StringRef Triple : {"x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu",
                           "riscv64-unknown-linux-gnu", "wasm32-unknown-unknown"}) {
    std::string Why;
    if (compat::lookupTarget(llvm::Triple(Triple), Why))
      return Triple.str();
  }
  return {};
}

static Producer producerOfLoadedLibrary() {
  Diagnostics Said;
  std::unique_ptr<LLVMContext> Context = makeContext(Said);
  Module M("lto-inspector", *Context);
  M.setTargetTriple(compat::asLlvmTakesIt(Triple(anyTriple())));
  // A module without a layout gets no symbol table.
  M.setDataLayout("e");
  SmallVector<char, 0> Bytes;
  BitcodeWriter Writer(Bytes);
  Writer.writeModule(M);
  Writer.writeSymtab();
  Writer.writeStrtab();
  Expected<Producer> Found =
      readProducer(MemoryBufferRef(StringRef(Bytes.data(), Bytes.size()), "lto-inspector"));
  if (Found)
    return std::move(*Found);
  consumeError(Found.takeError());
  return {};
}

LibraryInfo readLibraryInfo() {
  LibraryInfo Info;
  Dl_info Where;
  if (dladdr(reinterpret_cast<void *>(&LLVMGetVersion), &Where) && Where.dli_fname)
    Info.Path = Where.dli_fname;
  Producer Self = producerOfLoadedLibrary();
  Info.Version = Self.Version;
  // Symbol tables name "VERSION REVISION", or only the version if no revision was recorded.
  StringRef Revision = Self.SymtabProducer;
  if (Revision.consume_front(Self.Version))
    Info.Revision = Revision.trim().str();
  Info.CompiledAgainst = LLVM_VERSION_STRING;
  for (const Target &T : TargetRegistry::targets())
    Info.Targets.push_back(T.getName());
  return Info;
}

} // namespace lto_inspector::support
