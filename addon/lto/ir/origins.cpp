#include "lto/ir/origins.h"

#include "lto/ir/demangle.h"
#include "lto/ir/hash.h"
#include "lto/ir/module.h"
#include "lto/ir/source_path.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace llvm;

namespace lto_inspector::ir {

using namespace support;

namespace {

/// Who owns a file, from the user outwards.
enum class Owner { User, Dependency, StandardLibrary };

Owner ownerOf(StringRef File) {
  if (File.starts_with("/rustc/") || File.contains("/lib/rustlib/src/rust/"))
    return Owner::StandardLibrary;
  // Debian installs sources of crates (librust-*-dev) below /usr/share/cargo/registry.
  if (File.contains("/registry/src/") || File.starts_with("/usr/share/cargo/registry/") ||
      File.contains("/git/checkouts/"))
    return Owner::Dependency;
  return Owner::User;
}

/// "demo::parse" from the symbol, with the "<u8>" of debug info's "parse<u8>" if the symbol has no
/// generic arguments (rustc's legacy mangling omits them).
std::string nameOf(const DISubprogram &Subprogram) {
  const StringRef Short = Subprogram.getName();
  if (Subprogram.getLinkageName().empty())
    return Short.str();
  std::string Name = demangle(Subprogram.getLinkageName());
  // Closures and async bodies: in the symbol, all of a function's are named "{{closure}}".
  constexpr StringRef Unnumbered = "{{closure}}";
  if (Short.starts_with("{") && StringRef(Name).ends_with(Unnumbered))
    return StringRef(Name).drop_back(Unnumbered.size()).str() + Short.str();
  const size_t Arguments = Short.find('<');
  if (Arguments == StringRef::npos || Arguments == 0 || StringRef(Name).ends_with(">"))
    return Name;
  return Name + "::" + Short.substr(Arguments).str();
}

class OriginsReader {
public:
  explicit OriginsReader(const OpenModule &Open) : M(*Open.Module), Digests(*Open.Context) {}

  Expected<OriginsResult> run(const RunControl &Control);

private:
  struct Part {
    unsigned Depth = 0;
    SmallVector<std::string> Instructions;
  };

  void readFunction(const Function &F);
  std::pair<const DISubprogram *, unsigned> writtenIn(const Instruction &I,
                                                      const DISubprogram *Whole);
  Owner owner(const DISubprogram *Subprogram);
  uint64_t number(const DISubprogram *Subprogram);
  void readFiles(const DebugInfoFinder &Finder);
  void readTypes(const DebugInfoFinder &Finder);
  void writeElements(const DICompositeType &Type, DigestStream &Out);

  const Module &M;
  DigestCache Digests;
  OriginsResult Result;
  DenseMap<const DISubprogram *, uint64_t> Numbers;
  DenseMap<const DIFile *, Owner> Owners;
};

Expected<OriginsResult> OriginsReader::run(const RunControl &Control) {
  DebugInfoFinder Finder;
  Finder.processModule(M);
  for (const Function &F : M) {
    if (Error E = Control.check())
      return E;
    if (!F.isDeclaration() && F.getSubprogram())
      readFunction(F);
  }
  readFiles(Finder);
  readTypes(Finder);
  return std::move(Result);
}

Owner OriginsReader::owner(const DISubprogram *Subprogram) {
  const auto [Entry, New] = Owners.try_emplace(Subprogram->getFile(), Owner::User);
  if (New)
    Entry->second = ownerOf(sourcePath(Subprogram->getFile()));
  return Entry->second;
}

/// The innermost function of the user in the instruction's chain of inlining; without one, the
/// innermost function of a dependency, and otherwise the function itself.
std::pair<const DISubprogram *, unsigned> OriginsReader::writtenIn(const Instruction &I,
                                                                   const DISubprogram *Whole) {
  SmallVector<const DISubprogram *> Way;
  for (const DILocation *At = I.getDebugLoc().get(); At; At = At->getInlinedAt())
    if (const DISubprogram *Subprogram = At->getScope()->getSubprogram())
      Way.push_back(Subprogram);
  for (const Owner Wanted : {Owner::User, Owner::Dependency})
    for (const auto [Index, Subprogram] : enumerate(Way))
      if (owner(Subprogram) == Wanted)
        return {Subprogram, Way.size() - 1 - Index};
  return {Whole, 0};
}

uint64_t OriginsReader::number(const DISubprogram *Subprogram) {
  const auto [Entry, New] = Numbers.try_emplace(Subprogram, Result.Written.size());
  if (New)
    Result.Written.push_back(
        {Subprogram->getLinkageName().empty() ? Subprogram->getName().str()
                                              : Subprogram->getLinkageName().str(),
         nameOf(*Subprogram), sourcePath(Subprogram->getFile()), Subprogram->getLine()});
  return Entry->second;
}

void OriginsReader::readFunction(const Function &F) {
  MapVector<const DISubprogram *, Part> Parts;
  Parts[F.getSubprogram()];
  for (const BasicBlock &BB : F) {
    for (const Instruction &I : BB) {
      if (isa<DbgInfoIntrinsic>(I))
        continue;
      const auto [Written, Depth] = writtenIn(I, F.getSubprogram());
      Part &Into = Parts[Written];
      Into.Depth = std::max(Into.Depth, Depth);
      Into.Instructions.push_back(hashInstruction(I, Digests));
    }
  }
  FunctionOrigins Origins{F.getName().str(), {}};
  for (auto &[Written, From] : Parts) {
    sort(From.Instructions);
    DigestStream Out;
    for (const std::string &Instruction : From.Instructions)
      Out.add(Instruction);
    Origins.Parts.push_back({number(Written), Out.hash128(), From.Depth});
  }
  Result.Functions.push_back(std::move(Origins));
}

/// Files that the compiler read, from the functions that are written in them; the unit's own entry
/// has no checksum.
void OriginsReader::readFiles(const DebugInfoFinder &Finder) {
  MapVector<const DIFile *, bool> Files;
  for (const DISubprogram *Subprogram : Finder.subprograms())
    Files[Subprogram->getFile()];
  for (const DIScope *Scope : Finder.scopes())
    Files[Scope->getFile()];
  for (const DIGlobalVariableExpression *Global : Finder.global_variables())
    Files[Global->getVariable()->getFile()];
  for (const auto &[File, _] : Files) {
    if (!File || !File->getChecksum())
      continue;
    std::string Path = sourcePath(File);
    if (ownerOf(Path) != Owner::StandardLibrary)
      Result.Files.push_back({std::move(Path), File->getChecksum()->Value.str()});
  }
}

std::string qualifiedName(const DICompositeType &Type) {
  std::string Name = Type.getName().str();
  for (const DIScope *Scope = Type.getScope(); Scope; Scope = Scope->getScope())
    if (!Scope->getName().empty() && !isa<DIFile>(Scope))
      Name = (Scope->getName() + "::" + Name).str();
  return Name;
}

/// The user's types, without those that the compiler generates for closures and async bodies, which
/// change with their code.
void OriginsReader::readTypes(const DebugInfoFinder &Finder) {
  for (const DIType *Type : Finder.types()) {
    const auto *Composite = dyn_cast<DICompositeType>(Type);
    if (!Composite || Composite->getName().empty() || !Composite->getScope())
      continue;
    std::string Name = qualifiedName(*Composite);
    const StringRef Crate = StringRef(Name).take_until([](char C) { return C == ':'; });
    if (StringRef(Name).contains('{') || !StringRef(Name).contains("::") ||
        is_contained({"core", "alloc", "std", "proc_macro", "test"}, Crate))
      continue;
    DigestStream Out;
    writeElements(*Composite, Out);
    Result.Types.push_back({std::move(Name), Out.hash128()});
  }
}

void OriginsReader::writeElements(const DICompositeType &Type, DigestStream &Out) {
  Out.add(Type.getTag());
  for (const DINode *Element : Type.getElements()) {
    if (const auto *Member = dyn_cast_or_null<DIDerivedType>(Element)) {
      Out.add(Member->getName());
      Out.add(Member->getBaseType() ? Member->getBaseType()->getName() : StringRef());
    } else if (const auto *Enumerator = dyn_cast_or_null<DIEnumerator>(Element)) {
      Out.add(Enumerator->getName());
      Out.add(Enumerator->getValue().getLimitedValue());
    } else if (const auto *Variants = dyn_cast_or_null<DICompositeType>(Element)) {
      writeElements(*Variants, Out);
    }
  }
}

} // namespace

Expected<OriginsResult> readOrigins(MemoryBufferRef Bitcode, const RunControl &Control) {
  Expected<OpenModule> Open = openModule(Bitcode, Bodies::All);
  if (!Open)
    return Open.takeError();
  return OriginsReader(*Open).run(Control);
}

} // namespace lto_inspector::ir
