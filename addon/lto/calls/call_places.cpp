#include "lto/calls/call_places.h"

#include "lto/compat/debug_units.h"
#include "lto/ir/source_path.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/InstrTypes.h"

using namespace llvm;

namespace lto_inspector::calls {

/// What the files of anchored functions begin with; the function's symbol follows.
static constexpr StringLiteral AnchorFile = "lto-inspector:calls-of:";

static StringRef symbolOf(const DISubprogram &Subprogram) {
  StringRef Linkage = Subprogram.getLinkageName();
  return Linkage.empty() ? Subprogram.getName() : Linkage;
}

/// @param Scope of the calls without a line: all of them, or those of a function with a line table
///   for which it has none
static void anchorCalls(Function &F, DILocalScope *Scope) {
  unsigned Ordinal = 0;
  for (Instruction &I : instructions(F)) {
    if (!isa<CallBase>(I))
      continue;
    ++Ordinal;
    if (!I.getDebugLoc() || I.getDebugLoc().getLine() == 0)
      I.setDebugLoc(DILocation::get(F.getContext(), Ordinal, /*Column=*/0, Scope));
  }
}

StringRef calleeName(const CallBase &Call) {
  auto *Callee = dyn_cast<Function>(Call.getCalledOperand()->stripPointerCastsAndAliases());
  return Callee ? GlobalValue::dropLLVMManglingEscape(Callee->getName()) : StringRef();
}

void addAnchors(Module &M, Anchors Wanted) {
  if (Wanted == Anchors::None)
    return;
  DIBuilder Builder(M);
  DICompileUnit *Unit = nullptr;
  DISubroutineType *Type = nullptr;
  for (Function &F : M) {
    if (F.isDeclaration())
      continue;
    DIFile *File = Builder.createFile((AnchorFile + F.getName()).str(), "");
    if (DISubprogram *Written = F.getSubprogram()) {
      if (Wanted == Anchors::All)
        anchorCalls(F, Builder.createLexicalBlockFile(Written, File));
      continue;
    }
    if (!Unit) {
      Unit = compat::lineTablesUnit(Builder, Builder.createFile(AnchorFile, ""));
      Type = Builder.createSubroutineType(Builder.getOrCreateTypeArray({}));
    }
    // On line 0, so that LLVM's offsets are the ordinals.
    DISubprogram *Subprogram = Builder.createFunction(
        Unit, F.getName(), F.getName(), File, /*LineNo=*/0, Type, /*ScopeLine=*/0, DINode::FlagZero,
        DISubprogram::SPFlagDefinition | DISubprogram::SPFlagOptimized);
    F.setSubprogram(Subprogram);
    anchorCalls(F, Subprogram);
  }
  Builder.finalize();
}

CallPlace placeIn(StringRef File, unsigned Line, unsigned Column) {
  if (File.consume_front(AnchorFile))
    return {File.str(), {}, Line, 0};
  return {{}, File.str(), Line, Column};
}

static CallPlace placeIn(const DISubprogram &Subprogram, unsigned Line, unsigned Column) {
  CallPlace Place = placeIn(ir::sourcePath(Subprogram.getFile()), Line, Column);
  Place.Function = symbolOf(Subprogram).str();
  return Place;
}

std::vector<CallPlace> placesOf(const DILocation *Location) {
  std::vector<CallPlace> Places;
  for (; Location; Location = Location->getInlinedAt()) {
    const DISubprogram &Subprogram = *Location->getScope()->getSubprogram();
    // A block may be in another file than its function (a macro, `include!`).
    Places.push_back(
        placeIn(ir::sourcePath(Location->getFile()), Location->getLine(), Location->getColumn()));
    Places.back().Function = symbolOf(Subprogram).str();
  }
  return Places;
}

void WrittenFunctions::add(const DILocation *Location) {
  for (; Location; Location = Location->getInlinedAt())
    if (const DISubprogram *Subprogram = Location->getScope()->getSubprogram())
      Subprograms.try_emplace(symbolOf(*Subprogram), Subprogram);
}

WrittenFunctions::WrittenFunctions(const Module &M) {
  for (const Function &F : M) {
    if (const DISubprogram *Subprogram = F.getSubprogram())
      Subprograms.try_emplace(symbolOf(*Subprogram), Subprogram);
    for (const Instruction &I : instructions(F)) {
      add(I.getDebugLoc().get());
      if (auto *Call = dyn_cast<CallBase>(&I))
        addCall(*Call);
    }
  }
}

static std::string callKey(StringRef Callee, StringRef Function) {
  return (Function + Twine('\0') + Callee).str();
}

void WrittenFunctions::addCall(const CallBase &Call) {
  const DILocation *Location = Call.getDebugLoc().get();
  if (!Location || Location->getLine() == 0)
    return;
  CallPlace Place = placesOf(Location).front();
  std::vector<CallPlace> &Known = Calls[callKey(calleeName(Call), Place.Function)];
  if (!is_contained(Known, Place))
    Known.push_back(std::move(Place));
}

ArrayRef<CallPlace> WrittenFunctions::callsOf(StringRef Callee, StringRef Function) const {
  auto Found = Calls.find(callKey(Callee, Function));
  return Found == Calls.end() ? ArrayRef<CallPlace>() : ArrayRef(Found->second);
}

CallPlace WrittenFunctions::placeOf(StringRef Function, unsigned Offset, unsigned Column) const {
  const DISubprogram *Found = Subprograms.lookup(Function);
  if (!Found)
    return {Function.str(), {}, 0, 0};
  CallPlace Place = placeIn(*Found, Found->getLine() + Offset, Column);
  Place.Function = Function.str();
  return Place;
}

} // namespace lto_inspector::calls
