#include "lto/ir/function_text.h"

#include "lto/ir/demangle.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/DebugProgramInstruction.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/ModuleSlotTracker.h"
#include "llvm/IR/Operator.h"
#include <map>

using namespace llvm;

namespace lto_inspector::ir {

namespace {

constexpr size_t LongestInitialiser = 1000;
constexpr size_t MostNodes = 5000;

/// What a function refers to, in order of occurrence.
class Mentions {
public:
  explicit Mentions(const Function &F);

  SmallSetVector<const GlobalValue *, 32> Globals;
  SetVector<StructType *> Types;
  SetVector<const MDNode *> Nodes;

private:
  void addInstruction(const Instruction &I);
  void addRecord(const DbgRecord &Record);
  void addValue(const Value *V);
  void addType(Type *T);
  void addNode(const Metadata *MD);
  void addAttachments(ArrayRef<std::pair<unsigned, MDNode *>> Attachments);
  void closeNodes();

  SmallPtrSet<const Constant *, 32> SeenConstants;
  SmallPtrSet<Type *, 32> SeenTypes;
};

Mentions::Mentions(const Function &F) {
  Globals.insert(&F);
  addType(F.getFunctionType());
  for (const Use &Operand : F.operands())
    addValue(Operand.get());
  SmallVector<std::pair<unsigned, MDNode *>> Attachments;
  F.getAllMetadata(Attachments);
  addAttachments(Attachments);
  for (const BasicBlock &BB : F)
    for (const Instruction &I : BB)
      addInstruction(I);
  closeNodes();
  Globals.remove(&F);
}

void Mentions::addInstruction(const Instruction &I) {
  addType(I.getType());
  if (auto *Alloca = dyn_cast<AllocaInst>(&I))
    addType(Alloca->getAllocatedType());
  if (auto *Address = dyn_cast<GetElementPtrInst>(&I))
    addType(Address->getSourceElementType());
  if (auto *Call = dyn_cast<CallBase>(&I))
    addType(Call->getFunctionType());
  for (const Use &Operand : I.operands())
    addValue(Operand.get());
  SmallVector<std::pair<unsigned, MDNode *>> Attachments;
  I.getAllMetadata(Attachments);
  addAttachments(Attachments);
  for (const DbgRecord &Record : I.getDbgRecordRange())
    addRecord(Record);
}

void Mentions::addRecord(const DbgRecord &Record) {
  addNode(Record.getDebugLoc().getAsMDNode());
  if (auto *Label = dyn_cast<DbgLabelRecord>(&Record))
    addNode(Label->getRawLabel());
  if (auto *Variable = dyn_cast<DbgVariableRecord>(&Record))
    addNode(Variable->getRawVariable());
}

void Mentions::addValue(const Value *V) {
  if (auto *Wrapped = dyn_cast<MetadataAsValue>(V))
    return addNode(Wrapped->getMetadata());
  auto *C = dyn_cast<Constant>(V);
  if (!C || !SeenConstants.insert(C).second)
    return;
  addType(C->getType());
  if (auto *Address = dyn_cast<GEPOperator>(C))
    addType(Address->getSourceElementType());
  if (auto *G = dyn_cast<GlobalValue>(C)) {
    Globals.insert(G);
    return;
  }
  for (const Use &Operand : C->operands())
    if (isa<Constant>(Operand.get()))
      addValue(Operand.get());
}

void Mentions::addType(Type *T) {
  if (!SeenTypes.insert(T).second)
    return;
  for (Type *Contained : T->subtypes())
    addType(Contained);
  if (auto *Struct = dyn_cast<StructType>(T); Struct && !Struct->isLiteral())
    Types.insert(Struct);
}

void Mentions::addNode(const Metadata *MD) {
  // Expressions are printed in place, never by number.
  if (auto *Node = dyn_cast_or_null<MDNode>(MD); Node && !isa<DIExpression>(Node))
    Nodes.insert(Node);
}

void Mentions::addAttachments(ArrayRef<std::pair<unsigned, MDNode *>> Attachments) {
  for (const auto &[Kind, Node] : Attachments)
    addNode(Node);
}

/// Follows nodes to what they refer to; in debug info, only to the scopes of locations.
void Mentions::closeNodes() {
  for (size_t Index = 0; Index < Nodes.size() && Nodes.size() < MostNodes; ++Index) {
    const MDNode *Node = Nodes[Index];
    if (auto *Location = dyn_cast<DILocation>(Node)) {
      addNode(Location->getScope());
      addNode(Location->getInlinedAt());
    } else if (auto *Block = dyn_cast<DILexicalBlockBase>(Node)) {
      addNode(Block->getScope());
    } else if (auto *Subprogram = dyn_cast<DISubprogram>(Node)) {
      addNode(Subprogram->getFile());
    } else if (isa<MDTuple>(Node)) {
      for (const MDOperand &Operand : Node->operands())
        addNode(Operand.get());
    }
  }
}

/// The numbers of attribute groups (`#12`) in the order of a text, ignoring strings and
/// comments.
SmallVector<unsigned, 16> groupNumbers(StringRef Text) {
  SmallVector<unsigned, 16> Numbers;
  for (size_t At = 0; At < Text.size(); ++At) {
    switch (Text[At]) {
    case '"':
      At = std::min(Text.find('"', At + 1), Text.size());
      break;
    case ';':
      At = std::min(Text.find('\n', At), Text.size());
      break;
    case '#': {
      unsigned Number = 0;
      if (!Text.substr(At + 1).consumeInteger(10, Number))
        Numbers.push_back(Number);
      break;
    }
    default:
      break;
    }
  }
  return Numbers;
}

/// Writes the parts of the text; LLVM prints them one by one with the module's numbers.
class FunctionPrinter {
public:
  FunctionPrinter(const Function &F, raw_ostream &OS)
      : F(F), M(*F.getParent()), OS(OS), Used(F), Slots(&M, /*ShouldInitializeAllMetadata=*/false) {
  }

  void run();

private:
  void printTitle();
  void printTypes();
  void printBody();
  void printGlobals();
  void printGlobal(const GlobalValue &G);
  void printDeclaration(const Function &Other);
  void printGroups();
  void printNodes();
  std::string textOf(const Value &V);
  void noteGroups(StringRef Text, ArrayRef<AttributeSet> Sets);

  const Function &F;
  const Module &M;
  raw_ostream &OS;
  const Mentions Used;
  ModuleSlotTracker Slots;
  std::map<unsigned, AttributeSet> Groups;
};

void FunctionPrinter::run() {
  printTitle();
  printTypes();
  printBody();
  printGlobals();
  printGroups();
  printNodes();
}

void FunctionPrinter::printTitle() {
  const std::string Readable = demangle(F.getName());
  if (Readable != F.getName())
    OS << "; " << onOneLine(Readable) << "\n";
  OS << "; in module " << M.getModuleIdentifier() << "\n";
}

void FunctionPrinter::printTypes() {
  if (!Used.Types.empty())
    OS << "\n";
  for (const StructType *Struct : Used.Types) {
    Struct->print(OS, /*IsForDebug=*/false, /*NoDetails=*/false);
    OS << "\n";
  }
}

std::string FunctionPrinter::textOf(const Value &V) {
  std::string Text;
  raw_string_ostream Stream(Text);
  V.print(Stream, Slots);
  return Text;
}

void FunctionPrinter::printBody() {
  // Metadata gets its numbers when the function is incorporated.
  Slots.incorporateFunction(F);
  const std::string Text = textOf(F);
  SmallVector<AttributeSet, 32> Sets;
  Sets.push_back(F.getAttributes().getFnAttrs());
  for (const BasicBlock &BB : F)
    for (const Instruction &I : BB)
      if (auto *Call = dyn_cast<CallBase>(&I))
        Sets.push_back(Call->getAttributes().getFnAttrs());
  noteGroups(Text, Sets);
  OS << (StringRef(Text).starts_with("\n") ? "" : "\n") << Text;
}

/// LLVM does not reveal the numbers of attribute groups, but it names each non-empty set once, in
/// order.
void FunctionPrinter::noteGroups(StringRef Text, ArrayRef<AttributeSet> Sets) {
  const SmallVector<AttributeSet, 32> Named(
      make_filter_range(Sets, [](AttributeSet Set) { return Set.hasAttributes(); }));
  const SmallVector<unsigned, 16> Numbers = groupNumbers(Text);
  if (Numbers.size() != Named.size())
    return;
  for (const auto &[Number, Set] : zip(Numbers, Named))
    Groups.try_emplace(Number, Set);
}

void FunctionPrinter::printGlobals() {
  bool First = true;
  for (const GlobalValue *G : Used.Globals)
    if (!isa<Function>(G)) {
      OS << (std::exchange(First, false) ? "\n" : "");
      printGlobal(*G);
    }
  First = true;
  for (const GlobalValue *G : Used.Globals)
    if (auto *Other = dyn_cast<Function>(G)) {
      OS << (std::exchange(First, false) ? "\n" : "");
      printDeclaration(*Other);
    }
}

void FunctionPrinter::printGlobal(const GlobalValue &G) {
  const std::string Text = textOf(G);
  const StringRef Line = StringRef(Text).rtrim('\n');
  if (Line.size() <= LongestInitialiser)
    OS << Line << "\n";
  else
    OS << Line.take_front(LongestInitialiser) << " ; ... " << Line.size() - LongestInitialiser
       << " characters left out\n";
}

/// The line that declares a function, even if this module defines it.
void FunctionPrinter::printDeclaration(const Function &Other) {
  const std::string Text = textOf(Other);
  SmallVector<StringRef, 8> Lines;
  StringRef(Text).split(Lines, '\n', -1, /*KeepEmpty=*/false);
  for (StringRef Line : Lines) {
    const bool Defined = Line.consume_front("define ");
    if (!Defined && !Line.consume_front("declare "))
      continue;
    if (Defined)
      Line.consume_back("{}");
    noteGroups(Line, Other.getAttributes().getFnAttrs());
    OS << "declare " << Line.rtrim() << (Defined ? " ; defined in this module" : "") << "\n";
  }
}

void FunctionPrinter::printGroups() {
  if (!Groups.empty())
    OS << "\n";
  for (const auto &[Number, Set] : Groups)
    OS << "attributes #" << Number << " = { " << Set.getAsString(/*InAttrGrp=*/true) << " }\n";
}

void FunctionPrinter::printNodes() {
  std::map<unsigned, std::string> Lines;
  for (const MDNode *Node : Used.Nodes) {
    std::string Line;
    raw_string_ostream Stream(Line);
    Node->print(Stream, Slots, &M);
    unsigned Number = 0;
    if (StringRef(Line).starts_with("!") &&
        !StringRef(Line).drop_front().consumeInteger(10, Number))
      Lines[Number] = std::move(Line);
  }
  if (!Lines.empty())
    OS << "\n";
  for (const auto &[Number, Line] : Lines)
    OS << Line << "\n";
}

} // namespace

void printFunction(const Function &F, raw_ostream &OS) { FunctionPrinter(F, OS).run(); }

} // namespace lto_inspector::ir
