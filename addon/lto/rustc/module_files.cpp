#include "lto/rustc/module_files.h"

#include "lto/compat/triples.h"
#include "lto/llvm/context.h"
#include "lto/llvm/error.h"
#include "lto/rustc/symbol_export.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/Metadata.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace lto_inspector::rustc {

using namespace support;

/// A split LTO unit: part of it is for thin LTO, part for full LTO.
static Error refuseSplitUnit(const BitcodeSlice &Slice, MemoryBufferRef Buffer) {
  Expected<BitcodeFileContents> Contents = getBitcodeFileContents(Buffer);
  if (!Contents)
    return Contents.takeError();
  if (Contents->Mods.size() < 2)
    return Error::success();
  return makeError("ParseBitcode",
                   "it is a split LTO unit (-fsplit-lto-unit, which -fsanitize=cfi and "
                   "-fwhole-program-vtables imply): it contains " +
                       Twine(Contents->Mods.size()) +
                       " modules, none of which a replay of rustc's LTO can use",
                   Slice.File, Slice.Name);
}

/// See ModuleFile::Compiler.
static std::string compilerOf(Module &M, const Producer &WrittenBy) {
  if (StringRef(WrittenBy.Version).contains("-rust-"))
    return {};
  if (Error E = M.materializeMetadata()) {
    consumeError(std::move(E));
    return {};
  }
  const NamedMDNode *Ident = M.getNamedMetadata("llvm.ident");
  if (!Ident || Ident->getNumOperands() == 0 || Ident->getOperand(0)->getNumOperands() == 0)
    return {};
  const auto *Text = dyn_cast_or_null<MDString>(Ident->getOperand(0)->getOperand(0));
  return Text ? Text->getString().str() : std::string();
}

static Error describe(const BitcodeSlice &Slice, ModuleFile &Result) {
  MemoryBufferRef Buffer(Slice.Data, Slice.Name);
  auto Failed = [&](Error E) {
    return wrapError(std::move(E), "ParseBitcode", "failed to parse bitcode for LTO module",
                     Slice.File, Slice.Name);
  };
  Expected<Producer> WrittenBy = readProducer(Buffer);
  if (!WrittenBy)
    return Failed(WrittenBy.takeError());
  if (Error E = refuseSplitUnit(Slice, Buffer))
    return Failed(std::move(E));
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
  Result.Triple = compat::tripleOf(**M).str();
  Result.SourceFileName = (*M)->getSourceFileName();
  Result.WrittenBy = std::move(*WrittenBy);
  Result.HasSummary = Info->HasSummary;
  Result.IsThinLto = Info->IsThinLTO;
  Result.Compiler = compilerOf(**M, Result.WrittenBy);
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
  Expected<BitcodeFile> File = openBitcodeFile(
      Path, Selection,
      Selection == MemberSelection::All ? ThinArchives::Read : ThinArchives::Refuse);
  if (!File)
    return File.takeError();
  std::vector<ModuleFile> Modules;
  for (const BitcodeSlice &Slice : File->Slices)
    if (Error E = describe(Slice, Modules.emplace_back()))
      return E;
  return Modules;
}

} // namespace lto_inspector::rustc
