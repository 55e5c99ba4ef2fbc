#include "lto/ir/functions.h"

#include "lto/ir/demangle.h"
#include "lto/ir/hash.h"
#include "lto/ir/module.h"
#include "lto/ir/source_path.h"
#include "llvm/IR/ModuleSlotTracker.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace lto_inspector::ir {

using namespace support;

static std::optional<SourceLine> sourceOf(const Function &F) {
  const DISubprogram *Subprogram = F.getSubprogram();
  if (!Subprogram || Subprogram->getFilename().empty())
    return std::nullopt;
  return SourceLine{sourcePath(Subprogram->getFile()), Subprogram->getLine()};
}

static FunctionInfo describe(const Function &F, DigestCache &Digests) {
  FunctionInfo Info;
  Info.Name = F.getName().str();
  Info.Demangled = demangle(F.getName());
  Info.Linkage = linkageName(F.getLinkage()).str();
  Info.Declaration = F.isDeclaration();
  Info.Instructions = F.getInstructionCount();
  FunctionHashes Hashes = hashFunction(F, Digests);
  Info.Hash = std::move(Hashes.Code);
  Info.HeaderHash = std::move(Hashes.Header);
  Info.TextHash = std::move(Hashes.Text);
  Info.Source = sourceOf(F);
  return Info;
}

/// The content of a variable, alias or ifunc. Constants print by name and content, so that the
/// numbers of other things have no influence.
static std::string contentHash(const GlobalValue &G, ModuleSlotTracker &Slots) {
  DigestStream Out;
  Out.add(G.getLinkage());
  Out.add(G.getVisibility());
  Out.add(G.getUnnamedAddr());
  Out.add(G.getThreadLocalMode());
  Out.add(G.isDSOLocal());
  std::string Text;
  raw_string_ostream OS(Text);
  G.getValueType()->print(OS);
  if (auto *Variable = dyn_cast<GlobalVariable>(&G)) {
    Out.add(Variable->isConstant());
    Out.add(Variable->getAlign().valueOrOne().value());
    Out.add(Variable->getSection());
    Variable->getInitializer()->printAsOperand(OS, /*PrintType=*/true, Slots);
  } else if (auto *Alias = dyn_cast<GlobalAlias>(&G)) {
    Alias->getAliasee()->printAsOperand(OS, /*PrintType=*/true, Slots);
  } else if (auto *IFunc = dyn_cast<GlobalIFunc>(&G)) {
    IFunc->getResolver()->printAsOperand(OS, /*PrintType=*/true, Slots);
  }
  Out.add(Text);
  return Out.hash128();
}

static GlobalInfo describe(const GlobalValue &G, StringRef Kind, ModuleSlotTracker &Slots) {
  return {G.getName().str(), demangle(G.getName()),
          Kind.str(),        linkageName(G.getLinkage()).str(),
          G.isDeclaration(), G.isDeclaration() ? "" : contentHash(G, Slots)};
}

Expected<FunctionsResult> listFunctions(MemoryBufferRef Bitcode, const RunControl &Control) {
  Expected<OpenModule> Open = openModule(Bitcode, Bodies::All);
  if (!Open)
    return Open.takeError();
  const Module &M = *Open->Module;
  DigestCache Digests(*Open->Context);
  ModuleSlotTracker Slots(&M, /*ShouldInitializeAllMetadata=*/false);

  FunctionsResult Result;
  for (const Function &F : M) {
    if (Error E = Control.check())
      return E;
    Result.Functions.push_back(describe(F, Digests));
  }
  for (const GlobalVariable &G : M.globals())
    Result.Globals.push_back(describe(G, "variable", Slots));
  for (const GlobalAlias &A : M.aliases())
    Result.Globals.push_back(describe(A, "alias", Slots));
  for (const GlobalIFunc &I : M.ifuncs())
    Result.Globals.push_back(describe(I, "ifunc", Slots));
  return Result;
}

} // namespace lto_inspector::ir
