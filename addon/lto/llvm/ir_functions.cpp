#include "lto/llvm/ir_functions.h"

#include "lto/llvm/demangle.h"
#include "lto/llvm/ir_hash.h"
#include "lto/llvm/ir_module.h"

using namespace llvm;

namespace lto_inspector {

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
  return Info;
}

static GlobalInfo describe(const GlobalValue &G, StringRef Kind) {
  return {G.getName().str(), demangle(G.getName()), Kind.str(), linkageName(G.getLinkage()).str(),
          G.isDeclaration()};
}

Expected<FunctionsResult> listFunctions(MemoryBufferRef Bitcode) {
  Expected<OpenModule> Open = openModule(Bitcode, Bodies::All);
  if (!Open)
    return Open.takeError();
  const Module &M = *Open->Module;
  DigestCache Digests(*Open->Context);

  FunctionsResult Result;
  for (const Function &F : M)
    Result.Functions.push_back(describe(F, Digests));
  for (const GlobalVariable &G : M.globals())
    Result.Globals.push_back(describe(G, "variable"));
  for (const GlobalAlias &A : M.aliases())
    Result.Globals.push_back(describe(A, "alias"));
  for (const GlobalIFunc &I : M.ifuncs())
    Result.Globals.push_back(describe(I, "ifunc"));
  return Result;
}

} // namespace lto_inspector
