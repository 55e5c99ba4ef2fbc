#include "lto/ir/references.h"

#include "lto/ir/asm_symbols.h"
#include "lto/ir/demangle.h"
#include "lto/ir/module.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Mangler.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace lto_inspector::ir {

using namespace support;

namespace {

/// Sections of pointers to functions that run before main: ELF's, and those of older linkers.
bool runsBeforeMain(StringRef Section) {
  return Section.starts_with(".init_array") || Section.starts_with(".ctors") ||
         Section.starts_with(".preinit_array");
}

/// LLVM's own: lists such as llvm.used, and intrinsics.
bool isLlvms(const GlobalValue &Symbol) { return Symbol.getName().starts_with("llvm."); }

/// The names of symbols as LLVM's text has them.
class SymbolsInText {
public:
  /// Numbers symbols without names, in the order of LLVM's `SlotTracker::processModule`.
  explicit SymbolsInText(const Module &M) {
    auto Add = [&](const GlobalValue &Symbol) {
      if (!Symbol.hasName())
        Numbers.try_emplace(&Symbol, Numbers.size());
    };
    for (const GlobalVariable &Variable : M.globals())
      Add(Variable);
    for (const GlobalAlias &Alias : M.aliases())
      Add(Alias);
    for (const GlobalIFunc &IFunc : M.ifuncs())
      Add(IFunc);
    for (const Function &F : M)
      Add(F);
  }

  std::string of(const GlobalValue &Symbol) const {
    return Symbol.hasName() ? Symbol.getName().str()
                            : "@" + std::to_string(Numbers.lookup(&Symbol));
  }

private:
  DenseMap<const GlobalValue *, size_t> Numbers;
};

/// The symbols of the inlined functions that an instruction is from, outermost first.
std::vector<std::string> inlinedFunctions(const Instruction &I) {
  std::vector<std::string> Symbols;
  const DISubprogram *Own = I.getFunction()->getSubprogram();
  for (const DILocation *At = I.getDebugLoc(); At; At = At->getInlinedAt()) {
    const DISubprogram *Written = At->getScope()->getSubprogram();
    // A function without debug info gets locations of what was inlined into it.
    if (!Written || Written == Own)
      continue;
    const StringRef Symbol = Written->getLinkageName();
    Symbols.push_back((Symbol.empty() ? Written->getName() : Symbol).str());
  }
  std::reverse(Symbols.begin(), Symbols.end());
  return Symbols;
}

/// Collects the references of one definition.
class Collector {
public:
  /// Whose references the next ones are; null: not an instruction's.
  void setInstruction(const Instruction *I) { Current = I; }

  /// Constants are shared, so each is followed only once.
  void addConstant(const Value *V, std::optional<ReferenceKind> Only = std::nullopt) {
    SmallVector<const Value *, 8> Left = {V};
    while (!Left.empty()) {
      const Value *One = Left.pop_back_val();
      if (const auto *Symbol = dyn_cast<GlobalValue>(One)) {
        add(*Symbol, Only ? *Only : kindOf(*Symbol));
        continue;
      }
      if (!isa<Constant>(One) || !Seen.insert(One).second)
        continue;
      for (const Use &Operand : reverse(cast<Constant>(One)->operands()))
        Left.push_back(Operand.get());
    }
  }

  void add(const GlobalValue &Symbol, ReferenceKind Kind) {
    if (!isLlvms(Symbol))
      Found.insert({{&Symbol, Kind}, Current});
  }

  std::vector<Reference> take(const SymbolsInText &Symbols) const {
    std::vector<Reference> References;
    for (const auto &[To, By] : Found)
      References.push_back({Symbols.of(*To.first), To.second,
                            By ? inlinedFunctions(*By) : std::vector<std::string>()});
    return References;
  }

private:
  static ReferenceKind kindOf(const GlobalValue &Symbol) {
    return isa_and_nonnull<Function>(Symbol.getAliaseeObject()) ? ReferenceKind::Address
                                                                : ReferenceKind::Use;
  }

  SmallMapVector<std::pair<const GlobalValue *, ReferenceKind>, const Instruction *, 16> Found;
  SmallPtrSet<const Value *, 16> Seen;
  const Instruction *Current = nullptr;
};

void collect(const Function &F, Collector &Found) {
  for (const Instruction &I : instructions(F)) {
    Found.setInstruction(&I);
    const auto *Call = dyn_cast<CallBase>(&I);
    for (const Use &Operand : I.operands()) {
      const auto *Called = Call && Call->isCallee(&Operand)
                               ? dyn_cast<GlobalValue>(Operand->stripPointerCasts())
                               : nullptr;
      if (Called)
        Found.add(*Called, ReferenceKind::Call);
      else
        Found.addConstant(Operand.get());
    }
  }
  Found.setInstruction(nullptr);
  if (F.hasPersonalityFn())
    Found.addConstant(F.getPersonalityFn(), ReferenceKind::Personality);
  if (F.hasPrefixData())
    Found.addConstant(F.getPrefixData(), ReferenceKind::Initializer);
  if (F.hasPrologueData())
    Found.addConstant(F.getPrologueData(), ReferenceKind::Initializer);
}

void collect(const GlobalVariable &Variable, bool IsVtable, Collector &Found) {
  if (!Variable.hasInitializer())
    return;
  const auto Kind = IsVtable ? ReferenceKind::Vtable : ReferenceKind::Initializer;
  Found.addConstant(Variable.getInitializer(), Kind);
}

/// Members of the symbol's COMDAT group.
void collectGroup(const GlobalValue &Symbol, Collector &Found) {
  const auto *Object = dyn_cast<GlobalObject>(&Symbol);
  if (!Object || !Object->hasComdat())
    return;
  for (const GlobalObject *Member : Object->getComdat()->getUsers())
    if (Member != Object && !Member->isDeclarationForLinker())
      Found.add(*Member, ReferenceKind::Comdat);
}

DefinitionKind kindOf(const GlobalValue &Symbol) {
  if (isa<Function>(Symbol))
    return DefinitionKind::Function;
  if (isa<GlobalVariable>(Symbol))
    return DefinitionKind::Variable;
  return isa<GlobalAlias>(Symbol) ? DefinitionKind::Alias : DefinitionKind::IFunc;
}

DefinitionScope scopeOf(const GlobalValue &Symbol) {
  if (Symbol.hasAvailableExternallyLinkage())
    return DefinitionScope::Copy;
  return Symbol.hasLocalLinkage() ? DefinitionScope::Module : DefinitionScope::OtherModules;
}

using SymbolSet = SmallPtrSet<const GlobalValue *, 8>;

/// Functions in a list of LLVM's such as llvm.global_ctors: { priority, function, data }.
SymbolSet functionsIn(const Module &M, StringRef List) {
  SymbolSet Functions;
  const GlobalVariable *Variable = M.getNamedGlobal(List);
  const auto *Rows = Variable && Variable->hasInitializer()
                         ? dyn_cast<ConstantArray>(Variable->getInitializer())
                         : nullptr;
  if (!Rows)
    return Functions;
  for (const Use &Row : Rows->operands())
    if (const auto *Parts = dyn_cast<ConstantStruct>(Row); Parts && Parts->getNumOperands() > 1)
      if (const auto *F = dyn_cast<GlobalValue>(Parts->getOperand(1)->stripPointerCasts()))
        Functions.insert(F);
  return Functions;
}

SymbolSet usedIn(const Module &M, bool CompilerUsed) {
  SmallVector<GlobalValue *, 8> Members;
  collectUsedGlobalVariables(M, Members, CompilerUsed);
  return SymbolSet(Members.begin(), Members.end());
}

class Reader {
public:
  explicit Reader(const Module &M)
      : M(M), Symbols(M), Used(usedIn(M, /*CompilerUsed=*/false)),
        CompilerUsed(usedIn(M, /*CompilerUsed=*/true)),
        Constructors(functionsIn(M, "llvm.global_ctors")),
        Destructors(functionsIn(M, "llvm.global_dtors")) {}

  std::optional<Definition> read(const GlobalValue &Symbol) const {
    if (Symbol.isDeclaration() || isLlvms(Symbol))
      return std::nullopt;
    Definition Defined;
    Defined.Symbol = Symbols.of(Symbol);
    Defined.Readable = Symbol.hasName() ? demangle(Symbol.getName()) : Defined.Symbol;
    Defined.Kind = kindOf(Symbol);
    Defined.Scope = scopeOf(Symbol);
    Defined.Hidden = Symbol.hasHiddenVisibility();
    Defined.Used = Used.contains(&Symbol);
    Defined.CompilerUsed = CompilerUsed.contains(&Symbol);
    Defined.RunsBeforeMain = Constructors.contains(&Symbol) || runsBeforeMain(Symbol.getSection());
    Defined.RunsAfterMain = Destructors.contains(&Symbol);
    if (const auto *Variable = dyn_cast<GlobalVariable>(&Symbol))
      Defined.Vtable = vtableName(*Variable);
    if (const auto *F = dyn_cast<Function>(&Symbol))
      Defined.HasLines = F->getSubprogram();
    Defined.References = referencesOf(Symbol, Defined.Vtable.has_value());
    return Defined;
  }

  /// Symbols of the assembly, by their names in IR.
  void readAssembly(const AsmSymbols &Found, ModuleReferences &Result) const {
    if (Found.Symbols.empty())
      return;
    StringMap<std::string> Names;
    Mangler Mangle;
    for (const GlobalValue &Symbol : M.global_values()) {
      SmallString<128> Name;
      Mangle.getNameWithPrefix(Name, &Symbol, /*CannotUsePrivateLabel=*/false);
      Names[Name] = Symbols.of(Symbol);
    }
    for (const AsmSymbol &Symbol : Found.Symbols) {
      auto Known = Names.find(Symbol.Name);
      std::string Name = Known == Names.end() ? Symbol.Name : Known->second;
      if (!Symbol.Defined) {
        Result.Assembly.push_back(std::move(Name));
        continue;
      }
      Definition Defined;
      Defined.Readable = demangle(Name);
      Defined.Symbol = std::move(Name);
      Defined.Kind = DefinitionKind::Assembly;
      Defined.Scope = Symbol.Global ? DefinitionScope::OtherModules : DefinitionScope::Module;
      Result.Definitions.push_back(std::move(Defined));
    }
  }

private:
  std::vector<Reference> referencesOf(const GlobalValue &Symbol, bool IsVtable) const {
    Collector Found;
    if (const auto *F = dyn_cast<Function>(&Symbol))
      collect(*F, Found);
    else if (const auto *Variable = dyn_cast<GlobalVariable>(&Symbol))
      collect(*Variable, IsVtable, Found);
    else if (const auto *Alias = dyn_cast<GlobalAlias>(&Symbol))
      Found.addConstant(Alias->getAliasee(), ReferenceKind::Alias);
    else if (const auto *IFunc = dyn_cast<GlobalIFunc>(&Symbol))
      Found.addConstant(IFunc->getResolver(), ReferenceKind::IFunc);
    collectGroup(Symbol, Found);
    return Found.take(Symbols);
  }

  const Module &M;
  const SymbolsInText Symbols;
  const SymbolSet Used, CompilerUsed, Constructors, Destructors;
};

} // namespace

Expected<ModuleReferences> readReferences(MemoryBufferRef Bitcode, const RunControl &Control) {
  Expected<OpenModule> Open = openModule(Bitcode, Bodies::All);
  if (!Open)
    return Open.takeError();
  const Reader References(*Open->Module);
  ModuleReferences Result;
  for (const GlobalValue &Symbol : Open->Module->global_values()) {
    if (Error E = Control.check())
      return E;
    if (std::optional<Definition> Defined = References.read(Symbol))
      Result.Definitions.push_back(std::move(*Defined));
  }
  AsmSymbols Assembly = readAsmSymbols(*Open->Module, *Open->Said);
  References.readAssembly(Assembly, Result);
  Result.AssemblyNotRead = std::move(Assembly.NotRead);
  return Result;
}

} // namespace lto_inspector::ir
