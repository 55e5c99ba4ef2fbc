#include "lto/ir/hash.h"

#include "lto/compat/guids.h"
#include "lto/compat/instruction_flags.h"
#include "lto/compat/switch_cases.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugProgramInstruction.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Operator.h"

using namespace llvm;

namespace lto_inspector::ir {

using namespace compat;

/// "anon.<hash>.<n>": LLVM's name for unnamed globals (NameAnonGlobals.cpp, 22). The hash covers
/// all symbols of the module, so the name changes with any of them.
static bool isAnonymous(StringRef Name) {
  return Name.consume_front("anon.") && Name.take_while(isHexDigit).size() == 32;
}

namespace {

/// What comes next in a stream.
enum class Mark : uint8_t {
  Argument,
  Block,
  Instruction,
  Local,
  NamedGlobal,
  UnnamedGlobal,
  Outside,
  Number,
  Data,
  Composite,
  BlockAddress,
  Assembly,
  String,
  Node,
  Values,
  Record,
  Attachment,
};

class FunctionWriter {
public:
  FunctionWriter(const Function &F, DigestCache &Digests) : F(F), Digests(Digests) {}

  FunctionHashes run();
  std::string runOnCode();
  ShortHashes runShort();
  std::string runOn(const Instruction &I);
  BlockHashes runOn(ArrayRef<const BasicBlock *> Blocks);

private:
  void numberLocals();
  unsigned numberLocals(const BasicBlock &BB, unsigned Next);
  void writeCode();
  void writeHeader();
  void writeInstruction(const Instruction &I);
  void writeState(const Instruction &I);
  void writeMemoryState(const Instruction &I);
  void writeCall(const CallBase &Call);
  void writeValue(const Value *V, DigestStream &Out);
  void writeConstant(const Constant *C, DigestStream &Out);
  void writeGlobal(const GlobalValue *G, DigestStream &Out);
  void writeMetadataOperand(const Metadata *MD, DigestStream &Out);
  void writeDecoration(const Instruction &I);
  void writeRecord(const DbgRecord &Record);
  void writeAttachments(ArrayRef<std::pair<unsigned, MDNode *>> Attachments);
  void writeName(const Value *V);

  template <typename Atomic> void writeOrdering(const Atomic &I) {
    Code.add(I.getOrdering());
    Code.add(Digests.syncScopeName(I.getSyncScopeID()));
  }

  const Function &F;
  DigestCache &Digests;
  DigestStream Header;
  DigestStream Code;
  /// Names of locals, metadata and debug info.
  DigestStream Decoration;
  DenseMap<const Value *, unsigned> Locals;
  /// Global values without a name are distinguished by the order in which the function refers to
  /// them, and so are nodes.
  DenseMap<const GlobalValue *, unsigned> Unnamed;
  DenseMap<const MDNode *, unsigned> Nodes;
  /// Values of the function that are not among the numbered blocks, in order, and their addresses.
  DenseMap<const Value *, unsigned> Others;
  DigestStream Addresses;
  /// Locals count by their kind, not by their number.
  bool ByKind = false;
  /// Arrays count by digests, which are kept.
  bool DigestsOfData = false;
};

FunctionHashes FunctionWriter::run() {
  numberLocals();
  writeHeader();
  for (const Argument &A : F.args())
    writeName(&A);
  for (const BasicBlock &BB : F) {
    Code.add(Mark::Block);
    writeName(&BB);
    for (const Instruction &I : BB) {
      // Before LLVM 19, debug info was among the instructions.
      if (isa<DbgInfoIntrinsic>(I))
        continue;
      writeInstruction(I);
      writeDecoration(I);
    }
  }
  SmallVector<std::pair<unsigned, MDNode *>> Attachments;
  F.getAllMetadata(Attachments);
  erase_if(Attachments, [](const auto &Attachment) { return isGuid(Attachment.first); });
  writeAttachments(Attachments);

  FunctionHashes Hashes;
  if (!F.isDeclaration())
    Hashes.Code = Code.hash128();
  Hashes.Header = Header.hash128();
  DigestStream All;
  All.add(Hashes.Code);
  All.add(Hashes.Header);
  All.add(Decoration.hash128());
  Hashes.Text = All.hash128();
  return Hashes;
}

void FunctionWriter::writeCode() {
  numberLocals();
  // Numbers the unnamed globals that it refers to, as for all hashes.
  writeHeader();
  for (const BasicBlock &BB : F) {
    Code.add(Mark::Block);
    for (const Instruction &I : BB)
      if (!isa<DbgInfoIntrinsic>(I))
        writeInstruction(I);
  }
}

std::string FunctionWriter::runOnCode() {
  writeCode();
  return F.isDeclaration() ? std::string() : Code.hash128();
}

ShortHashes FunctionWriter::runShort() {
  DigestsOfData = true;
  writeCode();
  return {Code.hash64(), Header.hash64()};
}

BlockHashes FunctionWriter::runOn(ArrayRef<const BasicBlock *> Blocks) {
  DigestsOfData = true;
  for (const BasicBlock *BB : Blocks)
    numberLocals(*BB, Locals.size());
  for (const BasicBlock *BB : Blocks) {
    Code.add(Mark::Block);
    for (const Instruction &I : *BB)
      if (!isa<DbgInfoIntrinsic>(I))
        writeInstruction(I);
  }
  Addresses.add(Code.hash64());
  return {Code.hash64(), Addresses.hash64()};
}

std::string FunctionWriter::runOn(const Instruction &I) {
  ByKind = true;
  writeInstruction(I);
  return Code.hash128();
}

void FunctionWriter::numberLocals() {
  unsigned Next = 0;
  for (const Argument &A : F.args())
    Locals[&A] = Next++;
  for (const BasicBlock &BB : F)
    Next = numberLocals(BB, Next);
}

unsigned FunctionWriter::numberLocals(const BasicBlock &BB, unsigned Next) {
  Locals[&BB] = Next++;
  for (const Instruction &I : BB)
    Locals[&I] = Next++;
  return Next;
}

void FunctionWriter::writeHeader() {
  Header.add(F.isDeclaration());
  Header.add(Digests.type(F.getFunctionType()));
  Header.add(F.getCallingConv());
  Header.add(Digests.attributes(F.getAttributes()));
  Header.add(F.getLinkage());
  Header.add(F.getVisibility());
  Header.add(F.getDLLStorageClass());
  Header.add(F.isDSOLocal());
  Header.add(F.getUnnamedAddr());
  Header.add(F.getAddressSpace());
  Header.add(F.getAlign() ? F.getAlign()->value() : 0);
  Header.add(F.getSection());
  Header.add(F.getPartition());
  Header.add(F.hasGC() ? StringRef(F.getGC()) : StringRef());
  if (const Comdat *C = F.getComdat()) {
    Header.add(C->getName());
    Header.add(C->getSelectionKind());
  }
  // Personality, prefix and prologue, as far as the function has them.
  Header.add(F.getNumOperands());
  Header.add(F.hasPersonalityFn());
  Header.add(F.hasPrefixData());
  Header.add(F.hasPrologueData());
  for (const Use &Operand : F.operands())
    writeValue(Operand.get(), Header);
}

void FunctionWriter::writeInstruction(const Instruction &I) {
  Code.add(Mark::Instruction);
  Code.add(I.getOpcode());
  Code.add(Digests.type(I.getType()));
  // nuw, nsw, exact, inbounds, disjoint, nneg, samesign and the fast-math flags.
  Code.add(I.getRawSubclassOptionalData() | flagsBesidesOptionalData(I) << 8);
  Code.add(I.getNumOperands());
  for (const Use &Operand : I.operands())
    writeValue(Operand.get(), Code);
  writeMemoryState(I);
  writeState(I);
}

/// The properties of loads, stores, atomics and stack slots besides their operands.
void FunctionWriter::writeMemoryState(const Instruction &I) {
  if (auto *Alloca = dyn_cast<AllocaInst>(&I)) {
    Code.add(Digests.type(Alloca->getAllocatedType()));
    Code.add(Alloca->getAlign().value());
    Code.add(Alloca->isUsedWithInAlloca());
    Code.add(Alloca->isSwiftError());
  } else if (auto *Load = dyn_cast<LoadInst>(&I)) {
    Code.add(Load->getAlign().value());
    Code.add(Load->isVolatile());
    writeOrdering(*Load);
  } else if (auto *Store = dyn_cast<StoreInst>(&I)) {
    Code.add(Store->getAlign().value());
    Code.add(Store->isVolatile());
    writeOrdering(*Store);
  } else if (auto *Fence = dyn_cast<FenceInst>(&I)) {
    writeOrdering(*Fence);
  } else if (auto *ReadModifyWrite = dyn_cast<AtomicRMWInst>(&I)) {
    Code.add(ReadModifyWrite->getOperation());
    Code.add(ReadModifyWrite->getAlign().value());
    Code.add(ReadModifyWrite->isVolatile());
    writeOrdering(*ReadModifyWrite);
  } else if (auto *Exchange = dyn_cast<AtomicCmpXchgInst>(&I)) {
    Code.add(Exchange->getAlign().value());
    Code.add(Exchange->isVolatile());
    Code.add(Exchange->isWeak());
    Code.add(Exchange->getSuccessOrdering());
    Code.add(Exchange->getFailureOrdering());
    Code.add(Digests.syncScopeName(Exchange->getSyncScopeID()));
  }
}

/// The properties of other instructions besides their operands.
void FunctionWriter::writeState(const Instruction &I) {
  if (auto *Call = dyn_cast<CallBase>(&I)) {
    writeCall(*Call);
  } else if (auto *Compare = dyn_cast<CmpInst>(&I)) {
    Code.add(Compare->getPredicate());
  } else if (auto *Address = dyn_cast<GetElementPtrInst>(&I)) {
    Code.add(Digests.type(Address->getSourceElementType()));
  } else if (auto *Phi = dyn_cast<PHINode>(&I)) {
    for (const BasicBlock *Incoming : Phi->blocks())
      writeValue(Incoming, Code);
  } else if (auto *Switch = dyn_cast<SwitchInst>(&I)) {
    forEachValueBesidesOperands(*Switch, [&](const Value *Case) { writeValue(Case, Code); });
  } else if (auto *Shuffle = dyn_cast<ShuffleVectorInst>(&I)) {
    for (int Element : Shuffle->getShuffleMask())
      Code.add(Element);
  } else if (auto *Extract = dyn_cast<ExtractValueInst>(&I)) {
    for (unsigned Index : Extract->indices())
      Code.add(Index);
  } else if (auto *Insert = dyn_cast<InsertValueInst>(&I)) {
    for (unsigned Index : Insert->indices())
      Code.add(Index);
  } else if (auto *Pad = dyn_cast<LandingPadInst>(&I)) {
    Code.add(Pad->isCleanup());
    for (unsigned Index = 0; Index != Pad->getNumClauses(); ++Index)
      Code.add(Pad->isCatch(Index));
  } else if (auto *CatchSwitch = dyn_cast<CatchSwitchInst>(&I)) {
    Code.add(CatchSwitch->hasUnwindDest());
  }
}

void FunctionWriter::writeCall(const CallBase &Call) {
  Code.add(Digests.type(Call.getFunctionType()));
  Code.add(Call.getCallingConv());
  Code.add(Digests.attributes(Call.getAttributes()));
  if (auto *Plain = dyn_cast<CallInst>(&Call))
    Code.add(Plain->getTailCallKind());
  Code.add(Call.getNumOperandBundles());
  for (unsigned Index = 0; Index != Call.getNumOperandBundles(); ++Index) {
    const OperandBundleUse Bundle = Call.getOperandBundleAt(Index);
    Code.add(Bundle.getTagName());
    Code.add(Bundle.Inputs.size());
  }
}

void FunctionWriter::writeValue(const Value *V, DigestStream &Out) {
  if (ByKind && (isa<Argument>(V) || isa<Instruction>(V) || isa<BasicBlock>(V))) {
    Out.add(Mark::Local);
    Out.add(V->getValueID());
    return Out.add(Digests.type(V->getType()));
  }
  if (const auto Local = Locals.find(V); Local != Locals.end()) {
    Out.add(Mark::Local);
    Out.add(Local->second);
  } else if (isa<Argument>(V) || isa<Instruction>(V) || isa<BasicBlock>(V)) {
    Out.add(Mark::Outside);
    Out.add(Digests.type(V->getType()));
    Out.add(Others.try_emplace(V, Others.size()).first->second);
    Addresses.add(reinterpret_cast<uintptr_t>(V));
  } else if (auto *C = dyn_cast<Constant>(V)) {
    writeConstant(C, Out);
  } else if (auto *Asm = dyn_cast<InlineAsm>(V)) {
    Out.add(Mark::Assembly);
    Out.add(Asm->getAsmString());
    Out.add(Asm->getConstraintString());
    Out.add(Asm->hasSideEffects());
    Out.add(Asm->isAlignStack());
    Out.add(Asm->getDialect());
    Out.add(Asm->canThrow());
  } else if (auto *Wrapped = dyn_cast<MetadataAsValue>(V)) {
    writeMetadataOperand(Wrapped->getMetadata(), Out);
  }
}

void FunctionWriter::writeConstant(const Constant *C, DigestStream &Out) {
  if (auto *G = dyn_cast<GlobalValue>(C))
    return writeGlobal(G, Out);
  if (auto *Address = dyn_cast<BlockAddress>(C)) {
    const BasicBlock *Target = Address->getBasicBlock();
    Out.add(Mark::BlockAddress);
    writeGlobal(Address->getFunction(), Out);
    return Out.add(std::distance(Target->getParent()->begin(), Target->getIterator()));
  }

  Out.add(C->getValueID());
  Out.add(Digests.type(C->getType()));
  if (auto *Int = dyn_cast<ConstantInt>(C)) {
    Out.add(Mark::Number);
    for (unsigned Word = 0; Word != Int->getValue().getNumWords(); ++Word)
      Out.add(Int->getValue().getRawData()[Word]);
  } else if (auto *Float = dyn_cast<ConstantFP>(C)) {
    const APInt Bits = Float->getValueAPF().bitcastToAPInt();
    Out.add(Mark::Number);
    for (unsigned Word = 0; Word != Bits.getNumWords(); ++Word)
      Out.add(Bits.getRawData()[Word]);
  } else if (auto *Data = dyn_cast<ConstantDataSequential>(C)) {
    Out.add(Mark::Data);
    if (DigestsOfData)
      Out.add(Digests.data(*Data));
    else
      Out.add(Data->getRawDataValues());
  } else {
    Out.add(Mark::Composite);
    Out.add(C->getRawSubclassOptionalData());
    Out.add(C->getNumOperands());
    for (const Use &Operand : C->operands())
      writeValue(Operand.get(), Out);
  }

  if (auto *Expression = dyn_cast<ConstantExpr>(C)) {
    Out.add(Expression->getOpcode());
    if (Expression->getOpcode() == Instruction::ShuffleVector)
      for (int Element : Expression->getShuffleMask())
        Out.add(Element);
  }
  if (auto *Address = dyn_cast<GEPOperator>(C)) {
    Out.add(Digests.type(Address->getSourceElementType()));
    if (std::optional<ConstantRange> InRange = Address->getInRange()) {
      Out.add(InRange->getLower().getLimitedValue());
      Out.add(InRange->getUpper().getLimitedValue());
    }
  }
}

void FunctionWriter::writeGlobal(const GlobalValue *G, DigestStream &Out) {
  if (G->hasName() && !isAnonymous(G->getName())) {
    Out.add(Mark::NamedGlobal);
    return Out.add(G->getName());
  }
  Out.add(Mark::UnnamedGlobal);
  Out.add(Digests.type(G->getValueType()));
  const auto [Entry, New] = Unnamed.try_emplace(G, Unnamed.size());
  Out.add(Entry->second);
  // Its content, once: a different text is different content. (Numbered first, so that a cycle ends
  // here.)
  auto *Variable = dyn_cast<GlobalVariable>(G);
  if (New && Variable && Variable->hasInitializer())
    writeConstant(Variable->getInitializer(), Out);
}

/// Metadata as an argument: strings and values are code (type identifiers, register names, rounding
/// modes); nodes are distinguished by order, with their strings.
void FunctionWriter::writeMetadataOperand(const Metadata *MD, DigestStream &Out) {
  if (auto *String = dyn_cast<MDString>(MD)) {
    Out.add(Mark::String);
    Out.add(String->getString());
  } else if (auto *Wrapped = dyn_cast<ValueAsMetadata>(MD)) {
    writeValue(Wrapped->getValue(), Out);
  } else if (auto *List = dyn_cast<DIArgList>(MD)) {
    Out.add(Mark::Values);
    for (const ValueAsMetadata *Value : List->getArgs())
      writeValue(Value->getValue(), Out);
  } else if (auto *Node = dyn_cast<MDNode>(MD)) {
    Out.add(Mark::Node);
    Out.add(Nodes.try_emplace(Node, Nodes.size()).first->second);
    for (const MDOperand &Operand : Node->operands())
      if (auto *String = dyn_cast_or_null<MDString>(Operand.get()))
        Out.add(String->getString());
  }
}

void FunctionWriter::writeDecoration(const Instruction &I) {
  writeName(&I);
  for (const DbgRecord &Record : I.getDbgRecordRange())
    writeRecord(Record);
  SmallVector<std::pair<unsigned, MDNode *>> Attachments;
  I.getAllMetadata(Attachments);
  if (Attachments.empty())
    return;
  Decoration.add(Locals.lookup(&I));
  writeAttachments(Attachments);
}

void FunctionWriter::writeAttachments(ArrayRef<std::pair<unsigned, MDNode *>> Attachments) {
  for (const auto &[Kind, Node] : Attachments) {
    Decoration.add(Mark::Attachment);
    Decoration.add(Digests.kindName(Kind));
    Decoration.add(Digests.node(Node));
  }
}

void FunctionWriter::writeRecord(const DbgRecord &Record) {
  Decoration.add(Mark::Record);
  Decoration.add(Locals.lookup(Record.getInstruction()));
  Decoration.add(Record.getRecordKind());
  const auto AddNode = [&](const MDNode *Node) { Decoration.add(Node ? Digests.node(Node) : 0); };
  AddNode(Record.getDebugLoc().getAsMDNode());
  if (auto *Label = dyn_cast<DbgLabelRecord>(&Record))
    return AddNode(Label->getRawLabel());
  const auto &Variable = cast<DbgVariableRecord>(Record);
  Decoration.add(Variable.getType());
  if (const Metadata *Location = Variable.getRawLocation())
    writeMetadataOperand(Location, Decoration);
  AddNode(Variable.getRawVariable());
  AddNode(Variable.getRawExpression());
  if (!Variable.isDbgAssign())
    return;
  if (const Metadata *Address = Variable.getRawAddress())
    writeMetadataOperand(Address, Decoration);
  AddNode(Variable.getRawAddressExpression());
}

void FunctionWriter::writeName(const Value *V) {
  if (!V->hasName())
    return;
  Decoration.add(Locals.lookup(V));
  Decoration.add(V->getName());
}

} // namespace

FunctionHashes hashFunction(const Function &F, DigestCache &Digests) {
  return FunctionWriter(F, Digests).run();
}

std::string hashCode(const Function &F, DigestCache &Digests) {
  return FunctionWriter(F, Digests).runOnCode();
}

ShortHashes shortHashes(const Function &F, DigestCache &Digests) {
  return FunctionWriter(F, Digests).runShort();
}

BlockHashes hashBlocks(ArrayRef<const BasicBlock *> Blocks, DigestCache &Digests) {
  return FunctionWriter(*Blocks.front()->getParent(), Digests).runOn(Blocks);
}

std::string hashInstruction(const Instruction &I, DigestCache &Digests) {
  return FunctionWriter(*I.getFunction(), Digests).runOn(I);
}

} // namespace lto_inspector::ir
