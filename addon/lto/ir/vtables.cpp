#include "lto/ir/vtables.h"

#include "lto/ir/demangle.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace lto_inspector::ir {

namespace {

/// Drop, size, alignment.
constexpr size_t HeaderWords = 3;
/// rustc's limit for `#[repr(align)]`.
constexpr uint64_t MostAlignment = uint64_t(1) << 29;

/// A pointer-sized part of a constant.
struct Word {
  /// None: a number.
  const GlobalValue *Symbol = nullptr;
  uint64_t Number = 0;
};

using Words = SmallVector<Word, 8>;

/// Appends the bytes of an array of i8 as numbers.
bool addBytes(const Constant &C, const DataLayout &Layout, Words &Found) {
  const auto *Type = dyn_cast<ArrayType>(C.getType());
  const uint64_t Size = Layout.getPointerSize();
  if (!Type || !Type->getElementType()->isIntegerTy(8) || Type->getNumElements() % Size != 0)
    return false;
  if (C.isNullValue()) {
    Found.append(Type->getNumElements() / Size, Word());
    return true;
  }
  const auto *Data = dyn_cast<ConstantDataArray>(&C);
  if (!Data)
    return false;
  const StringRef Bytes = Data->getRawDataValues();
  for (uint64_t At = 0; At < Bytes.size(); At += Size) {
    Word Number;
    for (uint64_t I = 0; I < Size; ++I) {
      const uint64_t Byte = static_cast<uint8_t>(Bytes[At + I]);
      Number.Number |= Byte << 8 * (Layout.isLittleEndian() ? I : Size - 1 - I);
    }
    Found.push_back(Number);
  }
  return true;
}

/// The constant as words; none if it has other parts.
std::optional<Words> wordsOf(const GlobalVariable &Variable) {
  const auto *Parts = dyn_cast<ConstantStruct>(Variable.getInitializer());
  if (!Parts)
    return std::nullopt;
  const DataLayout &Layout = Variable.getParent()->getDataLayout();
  Words Found;
  for (const Use &Part : Parts->operands()) {
    const auto &C = *cast<Constant>(Part);
    if (!C.getType()->isPointerTy()) {
      if (!addBytes(C, Layout, Found))
        return std::nullopt;
      continue;
    }
    const auto *Symbol = dyn_cast<GlobalValue>(C.stripPointerCasts());
    if (!Symbol && !C.isNullValue())
      return std::nullopt;
    Found.push_back({Symbol, 0});
  }
  return Found;
}

bool isNumber(const Word &W) { return !W.Symbol; }

/// The position of the `>` that closes the `<` at the beginning; npos: none does.
size_t closing(StringRef Name) {
  unsigned Depth = 0;
  for (size_t I = 0; I < Name.size(); ++I) {
    if (Name[I] == '<')
      ++Depth;
    // `->` closes nothing.
    else if (Name[I] == '>' && (I == 0 || Name[I - 1] != '-') && --Depth == 0)
      return I;
  }
  return StringRef::npos;
}

/// `<Type as Trait>::…`, `<Type>::…`.
VtableName ofImplementation(StringRef Name) {
  const size_t End = closing(Name);
  if (!Name.starts_with("<") || End == StringRef::npos)
    return {};
  const StringRef Inside = Name.slice(1, End);
  unsigned Depth = 0;
  for (size_t I = 0; I < Inside.size(); ++I) {
    if (Inside[I] == '<')
      ++Depth;
    else if (Inside[I] == '>' && Depth > 0 && Inside[I - 1] != '-')
      --Depth;
    else if (Depth == 0 && Inside.substr(I).starts_with(" as "))
      return {Inside.take_front(I).str(), Inside.drop_front(I + 4).str()};
  }
  return {Inside.str(), ""};
}

/// A blanket implementation's parameter, which legacy symbols show instead of the type.
bool isParameter(StringRef Type) {
  return !Type.empty() && Type.size() <= 2 && isUpper(Type.front()) && isAlnum(Type.back());
}

/// What a method's name says of the type; empty: nothing, as a provided method's in legacy symbols.
VtableName ofMethod(StringRef Name) {
  VtableName Found = ofImplementation(Name);
  if (isParameter(Found.Type))
    Found.Type.clear();
  // A closure's method is the closure.
  StringRef Last = Name.rsplit("::").second;
  if (Found.Type.empty() && (Last == "{{closure}}" || Last.starts_with("{closure#")))
    Found.Type = Name.str();
  return Found;
}

/// The `T` of `core::ptr::drop_in_place<T>`; empty: another function.
std::string ofDrop(StringRef Name) {
  for (StringRef Before :
       {"::drop_in_place<", "::drop_in_place::<", "::drop_glue<", "::drop_glue::<"}) {
    const size_t At = Name.find(Before);
    if (At == StringRef::npos || !Name.ends_with(">"))
      continue;
    return Name.drop_front(At + Before.size()).drop_back().str();
  }
  return {};
}

/// Without arguments, which legacy symbols of methods do not show.
StringRef withoutArguments(StringRef Type) {
  return Type.starts_with("<") ? Type : Type.split('<').first;
}

std::string readable(const GlobalValue &Symbol) {
  return demangle(withoutPromotionSuffix(Symbol.getName()));
}

/// `<reg::Second as reg::Plugin>::{vtable}`.
std::optional<VtableName> nameInDebugInfo(const GlobalVariable &Variable) {
  SmallVector<DIGlobalVariableExpression *, 1> Infos;
  Variable.getDebugInfo(Infos);
  for (const DIGlobalVariableExpression *Info : Infos) {
    const StringRef Name = Info->getVariable()->getName();
    if (!Name.ends_with("::{vtable}"))
      continue;
    VtableName Found = ofImplementation(Name);
    // `_`: no trait but auto traits.
    if (Found.Trait == "_")
      Found.Trait.clear();
    if (!Found.Type.empty())
      return Found;
  }
  return std::nullopt;
}

/// The type on which all functions agree that name one.
std::optional<VtableName> nameInSymbols(ArrayRef<Word> Parts) {
  VtableName Agreed;
  if (const GlobalValue *Drop = Parts.front().Symbol) {
    Agreed.Type = ofDrop(readable(*Drop));
    if (Agreed.Type.empty())
      return std::nullopt;
  }
  for (const Word &Part : Parts.drop_front(HeaderWords)) {
    if (!isa_and_nonnull<Function>(Part.Symbol))
      continue;
    VtableName Method = ofMethod(readable(*Part.Symbol));
    if (!Method.Type.empty() && Agreed.Type.empty())
      Agreed.Type = std::move(Method.Type);
    else if (!Method.Type.empty() && withoutArguments(Method.Type) != withoutArguments(Agreed.Type))
      return std::nullopt;
    if (Agreed.Trait.empty())
      Agreed.Trait = std::move(Method.Trait);
  }
  return Agreed.Type.empty() ? std::nullopt : std::optional(std::move(Agreed));
}

/// Whether these words can be a vtable.
bool hasShape(ArrayRef<Word> Parts) {
  if (Parts.size() < HeaderWords || !isNumber(Parts[1]) || !isNumber(Parts[2]))
    return false;
  const auto &[Drop, Size, Alignment] = std::tie(Parts[0], Parts[1], Parts[2]);
  if (Drop.Symbol ? !isa<Function>(Drop.Symbol) : Drop.Number != 0)
    return false;
  if (!isPowerOf2_64(Alignment.Number) || Alignment.Number > MostAlignment ||
      Size.Number % Alignment.Number != 0)
    return false;
  // Where a method cannot be called on a trait object, there is null.
  return all_of(Parts.drop_front(HeaderWords),
                [](const Word &Part) { return Part.Symbol || Part.Number == 0; });
}

} // namespace

std::optional<VtableName> vtableName(const GlobalVariable &Variable) {
  if (!Variable.isConstant() || !Variable.hasInitializer())
    return std::nullopt;
  if (std::optional<VtableName> Named = nameInDebugInfo(Variable))
    return Named;
  const std::optional<Words> Parts = wordsOf(Variable);
  return Parts && hasShape(*Parts) ? nameInSymbols(*Parts) : std::nullopt;
}

} // namespace lto_inspector::ir
