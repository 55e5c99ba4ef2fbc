#include "lto/llvm/module_files.h"

#include "lto/llvm/context.h"
#include "lto/llvm/error.h"
#include "lto/rustc/symbol_export.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace lto_inspector {

static Error describe(const BitcodeSlice &Slice, ModuleFile &Result) {
  MemoryBufferRef Buffer(Slice.Data, Slice.Name);
  auto Failed = [&](Error E) {
    return wrapError(std::move(E), "ParseBitcode", "failed to parse bitcode for LTO module",
                     Slice.File, Slice.Name);
  };
  Expected<Producer> WrittenBy = readProducer(Buffer);
  if (!WrittenBy)
    return Failed(WrittenBy.takeError());
  Expected<BitcodeLTOInfo> Info = getBitcodeLTOInfo(Buffer);
  if (!Info)
    return Failed(Info.takeError());
  Diagnostics Said;
  std::unique_ptr<LLVMContext> Context = makeContext(Said);
  Expected<std::unique_ptr<Module>> M =
      getLazyBitcodeModule(Buffer, *Context, /*ShouldLazyLoadMetadata=*/true);
  if (!M)
    return Failed(M.takeError());

  Result.Name = Slice.Name;
  Result.File = Slice.File;
  Result.Member = Slice.Member;
  Result.Bytes = Slice.Data.size();
  Result.Triple = (*M)->getTargetTriple().str();
  Result.SourceFileName = (*M)->getSourceFileName();
  Result.WrittenBy = std::move(*WrittenBy);
  Result.HasSummary = Info->HasSummary;
  Result.IsAllocator = definesAllocatorShim(**M);
  bool AnyFunction = false, AllNoBuiltins = true;
  for (const GlobalValue &GV : (*M)->global_values())
    Result.Definitions += !GV.isDeclaration();
  for (const Function &F : **M) {
    if (F.isDeclaration())
      continue;
    AnyFunction = true;
    AllNoBuiltins &= F.hasFnAttribute("no-builtins");
  }
  Result.NoBuiltins = AnyFunction && AllNoBuiltins;
  return Error::success();
}

Expected<std::vector<ModuleFile>> readModuleFile(StringRef Path, MemberSelection Selection) {
  Expected<BitcodeFile> File = openBitcodeFile(Path, Selection);
  if (!File)
    return File.takeError();
  std::vector<ModuleFile> Modules;
  for (const BitcodeSlice &Slice : File->Slices)
    if (Error E = describe(Slice, Modules.emplace_back()))
      return E;
  return Modules;
}

} // namespace lto_inspector
