#include "lto/passes/fingerprint.h"

#include "lto/compat/instruction_flags.h"
#include "lto/compat/switch_cases.h"
#include "llvm/IR/CFG.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;

namespace lto_inspector::passes {

namespace {

class Mixer {
public:
  void add(uint64_t Word) {
    State = (State ^ Word) * 0x9e3779b97f4a7c15;
    State ^= State >> 32;
  }
  void add(const void *Address) { add(reinterpret_cast<uintptr_t>(Address)); }
  void add(StringRef Text) {
    add(Text.size());
    add(xxh3_64bits(Text));
  }

  uint64_t take() const { return State; }

private:
  uint64_t State = 0x243f6a8885a308d3;
};

/// LLVM keeps alignments, orderings, predicates, calling conventions and the like there.
struct SubclassData : Value {
  static uint16_t of(const Value &V) { return (V.*&SubclassData::getSubclassDataFromValue)(); }
};

} // namespace

static void addRest(const Instruction &I, Mixer &Out) {
  if (auto *Call = dyn_cast<CallBase>(&I)) {
    Out.add(Call->getAttributes().getRawPointer());
    Out.add(Call->getFunctionType());
    for (unsigned Index = 0; Index != Call->getNumOperandBundles(); ++Index) {
      const OperandBundleUse Bundle = Call->getOperandBundleAt(Index);
      Out.add(Bundle.getTagID());
      Out.add(Bundle.Inputs.size());
    }
  } else if (auto *Phi = dyn_cast<PHINode>(&I)) {
    for (const BasicBlock *Incoming : Phi->blocks())
      Out.add(Incoming);
  } else if (auto *Address = dyn_cast<GetElementPtrInst>(&I)) {
    Out.add(Address->getSourceElementType());
  } else if (auto *Slot = dyn_cast<AllocaInst>(&I)) {
    Out.add(Slot->getAllocatedType());
  } else if (auto *Switch = dyn_cast<SwitchInst>(&I)) {
    compat::forEachValueBesidesOperands(*Switch, [&](const Value *Case) { Out.add(Case); });
  } else if (auto *Shuffle = dyn_cast<ShuffleVectorInst>(&I)) {
    for (int Element : Shuffle->getShuffleMask())
      Out.add(static_cast<uint64_t>(Element));
  } else if (auto *Extract = dyn_cast<ExtractValueInst>(&I)) {
    for (unsigned Index : Extract->indices())
      Out.add(Index);
  } else if (auto *Insert = dyn_cast<InsertValueInst>(&I)) {
    for (unsigned Index : Insert->indices())
      Out.add(Index);
  } else if (I.isAtomic()) {
    if (std::optional<SyncScope::ID> Scope = getAtomicSyncScopeID(&I))
      Out.add(*Scope);
  }
}

static void addInstruction(const Instruction &I, Mixer &Out) {
  Out.add(&I);
  Out.add(I.getType());
  Out.add(static_cast<uint64_t>(I.getOpcode()) |
          static_cast<uint64_t>(I.getRawSubclassOptionalData()) << 8 |
          static_cast<uint64_t>(SubclassData::of(I)) << 16 |
          static_cast<uint64_t>(I.getNumOperands()) << 32);
  if (unsigned More = compat::flagsBesidesOptionalData(I))
    Out.add(More);
  for (const Use &Operand : I.operands())
    Out.add(Operand.get());
  addRest(I, Out);
}

static void addHeader(const Function &F, Mixer &Out) {
  Out.add(&F);
  Out.add(F.getFunctionType());
  Out.add(F.getAttributes().getRawPointer());
  Out.add(static_cast<uint64_t>(F.getLinkage()) | static_cast<uint64_t>(F.getVisibility()) << 8 |
          static_cast<uint64_t>(F.getUnnamedAddr()) << 16 |
          static_cast<uint64_t>(F.getDLLStorageClass()) << 24 |
          static_cast<uint64_t>(F.getCallingConv()) << 32 |
          static_cast<uint64_t>(F.isDSOLocal()) << 62 |
          static_cast<uint64_t>(F.isDeclaration()) << 63);
  Out.add(F.getAlign() ? F.getAlign()->value() : 0);
  Out.add(F.getSection());
  Out.add(F.getPartition());
  Out.add(F.getComdat());
  Out.add(F.hasGC());
  for (const Use &Operand : F.operands())
    Out.add(Operand.get());
}

/// Returns the number of instructions.
static unsigned addBlock(const BasicBlock &BB, Mixer &Out) {
  unsigned Instructions = 0;
  Out.add(&BB);
  for (const Instruction &I : BB) {
    if (isa<DbgInfoIntrinsic>(I))
      continue;
    ++Instructions;
    addInstruction(I, Out);
  }
  return Instructions;
}

Fingerprint fingerprintOf(const Function &F) {
  Mixer Out;
  addHeader(F, Out);
  unsigned Instructions = 0;
  for (const BasicBlock &BB : F)
    Instructions += addBlock(BB, Out);
  return {Out.take(), Instructions};
}

SmallVector<const BasicBlock *, 8> blocksAround(const Loop &L) {
  SmallVector<const BasicBlock *, 8> Blocks(L.blocks());
  for (const BasicBlock *BB : predecessors(L.getHeader()))
    if (!L.contains(BB))
      Blocks.push_back(BB);
  SmallVector<BasicBlock *, 8> Exits;
  L.getUniqueExitBlocks(Exits);
  Blocks.append(Exits.begin(), Exits.end());
  return Blocks;
}

uint64_t fingerprintOf(ArrayRef<const BasicBlock *> Blocks) {
  Mixer Out;
  for (const BasicBlock *BB : Blocks)
    addBlock(*BB, Out);
  return Out.take();
}

uint64_t fingerprintOfGlobals(const Module &M) {
  Mixer Out;
  for (const GlobalValue &G : M.global_values()) {
    Out.add(&G);
    Out.add(G.getName());
    auto *Variable = dyn_cast<GlobalVariable>(&G);
    if (Variable && Variable->hasInitializer())
      Out.add(Variable->getInitializer());
  }
  return Out.take();
}

} // namespace lto_inspector::passes
