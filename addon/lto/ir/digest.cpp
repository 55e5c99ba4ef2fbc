#include "lto/ir/digest.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace lto_inspector::ir {

std::string DigestStream::hash128() const {
  const XXH128_hash_t Hash = xxh3_128bits(view());
  return utohexstr(Hash.high64, /*LowerCase=*/true, 16) +
         utohexstr(Hash.low64, /*LowerCase=*/true, 16);
}

DigestCache::DigestCache(LLVMContext &Context) {
  Context.getMDKindNames(KindNames);
  Context.getSyncScopeNames(SyncScopes);
}

uint64_t DigestCache::type(Type *T) {
  const auto Known = Types.find(T);
  if (Known != Types.end())
    return Known->second;
  const uint64_t Digest = computeType(T);
  Types[T] = Digest;
  return Digest;
}

uint64_t DigestCache::computeType(Type *T) {
  DigestStream Out;
  Out.add(T->getTypeID());
  Out.add(T->getNumContainedTypes());
  for (Type *Contained : T->subtypes())
    Out.add(type(Contained));

  if (auto *Int = dyn_cast<IntegerType>(T)) {
    Out.add(Int->getBitWidth());
  } else if (auto *Pointer = dyn_cast<PointerType>(T)) {
    Out.add(Pointer->getAddressSpace());
  } else if (auto *Array = dyn_cast<ArrayType>(T)) {
    Out.add(Array->getNumElements());
  } else if (auto *Vector = dyn_cast<VectorType>(T)) {
    Out.add(Vector->getElementCount().getKnownMinValue());
  } else if (auto *Signature = dyn_cast<FunctionType>(T)) {
    Out.add(Signature->isVarArg());
  } else if (auto *Struct = dyn_cast<StructType>(T)) {
    Out.add(Struct->isPacked());
    Out.add(Struct->isOpaque());
    Out.add(Struct->hasName() ? Struct->getName() : StringRef());
  } else if (auto *Target = dyn_cast<TargetExtType>(T)) {
    Out.add(Target->getName());
    for (unsigned Parameter : Target->int_params())
      Out.add(Parameter);
  }
  return Out.hash64();
}

uint64_t DigestCache::data(const ConstantDataSequential &Data) {
  const auto [Entry, New] = Arrays.try_emplace(&Data);
  if (New)
    Entry->second = xxh3_64bits(Data.getRawDataValues());
  return Entry->second;
}

uint64_t DigestCache::attributes(AttributeList List) {
  const auto Known = Attributes.find(List.getRawPointer());
  if (Known != Attributes.end())
    return Known->second;
  DigestStream Out;
  for (unsigned Index : List.indexes())
    if (List.hasAttributesAtIndex(Index)) {
      Out.add(Index);
      Out.add(List.getAsString(Index, /*InAttrGrp=*/true));
    }
  return Attributes[List.getRawPointer()] = Out.hash64();
}

uint64_t DigestCache::node(const MDNode *Node) {
  unsigned Lowest = UINT_MAX;
  return visitNode(Node, Lowest);
}

/// Metadata has cycles. A digest computed inside one depends on where the cycle was entered, so it
/// is cached only for nodes that reach nothing above them; Lowest is the smallest depth on the path
/// that was reached.
uint64_t DigestCache::visitNode(const MDNode *Node, unsigned &Lowest) {
  const auto Known = Nodes.find(Node);
  if (Known != Nodes.end())
    return Known->second;
  const unsigned Depth = Path.size();
  const auto [Entry, New] = Path.try_emplace(Node, Depth);
  if (!New) {
    Lowest = std::min(Lowest, Entry->second);
    return Depth - Entry->second;
  }

  unsigned LowestBelow = UINT_MAX;
  DigestStream Out;
  writeNode(Node, Out, LowestBelow);
  Path.erase(Node);
  const uint64_t Digest = Out.hash64();
  if (LowestBelow >= Depth)
    Nodes[Node] = Digest;
  else
    Lowest = std::min(Lowest, LowestBelow);
  return Digest;
}

void DigestCache::writeNode(const MDNode *Node, DigestStream &Out, unsigned &Lowest) {
  Out.add(Node->getMetadataID());
  Out.add(Node->isDistinct());
  if (writeDebugNode(Node, Out, Lowest))
    return;
  Out.add(Node->getNumOperands());
  for (const MDOperand &Operand : Node->operands())
    writeOperand(Operand.get(), Out, Lowest);
}

void DigestCache::writeOperand(const Metadata *Operand, DigestStream &Out, unsigned &Lowest) {
  if (!Operand)
    return Out.add(StringRef("null"));
  Out.add(Operand->getMetadataID());
  if (auto *String = dyn_cast<MDString>(Operand))
    return Out.add(String->getString());
  if (auto *Inner = dyn_cast<MDNode>(Operand))
    return Out.add(visitNode(Inner, Lowest));
  if (auto *Value = dyn_cast<ConstantAsMetadata>(Operand)) {
    Out.add(type(Value->getType()));
    std::string Text;
    raw_string_ostream OS(Text);
    // Numbers and the like print as they are. Named values are printed by name, so that the
    // module's numbering has no influence.
    const llvm::Value *Inner = Value->getValue();
    if (isa<ConstantData>(Inner))
      Inner->printAsOperand(OS, /*PrintType=*/false);
    else if (Inner->hasName())
      OS << Inner->getName();
    Out.add(Text);
  }
}

/// Debug info nodes as the code refers to them; false: the node is not one of them.
bool DigestCache::writeDebugNode(const MDNode *Node, DigestStream &Out, unsigned &Lowest) {
  const auto AddNode = [&](const MDNode *Other) { Out.add(Other ? visitNode(Other, Lowest) : 0); };
  if (auto *Location = dyn_cast<DILocation>(Node)) {
    Out.add(Location->getLine());
    Out.add(Location->getColumn());
    Out.add(Location->isImplicitCode());
    AddNode(Location->getScope());
    AddNode(Location->getInlinedAt());
    return true;
  }
  if (auto *Subprogram = dyn_cast<DISubprogram>(Node)) {
    Out.add(Subprogram->getName());
    Out.add(Subprogram->getLinkageName());
    Out.add(Subprogram->getLine());
    Out.add(Subprogram->getFilename());
    return true;
  }
  if (auto *Block = dyn_cast<DILexicalBlock>(Node)) {
    Out.add(Block->getLine());
    Out.add(Block->getColumn());
    AddNode(Block->getScope());
    return true;
  }
  if (auto *Block = dyn_cast<DILexicalBlockFile>(Node)) {
    Out.add(Block->getDiscriminator());
    AddNode(Block->getScope());
    return true;
  }
  if (auto *Variable = dyn_cast<DILocalVariable>(Node)) {
    Out.add(Variable->getName());
    Out.add(Variable->getArg());
    Out.add(Variable->getLine());
    AddNode(Variable->getScope());
    return true;
  }
  if (auto *Expression = dyn_cast<DIExpression>(Node)) {
    for (uint64_t Element : Expression->getElements())
      Out.add(Element);
    return true;
  }
  if (auto *Label = dyn_cast<DILabel>(Node)) {
    Out.add(Label->getName());
    Out.add(Label->getLine());
    return true;
  }
  if (auto *Type = dyn_cast<DIType>(Node)) {
    Out.add(Type->getName());
    return true;
  }
  return isa<DINode, DIGlobalVariableExpression, DIMacroNode>(Node);
}

} // namespace lto_inspector::ir
