#include "lto/rustc/symbol_crate.h"

#include "lto/rustc/symbol_export.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace lto_inspector::rustc {

/// "_" is 0, "0_" is 1.
static std::optional<uint64_t> consumeBase62(StringRef &Text) {
  size_t End = Text.find('_');
  if (End == StringRef::npos)
    return std::nullopt;
  uint64_t Value = 0;
  for (char C : Text.take_front(End)) {
    if (!isAlnum(C))
      return std::nullopt;
    unsigned Digit = isDigit(C) ? C - '0' : C >= 'a' ? C - 'a' + 10 : C - 'A' + 36;
    Value = Value * 62 + Digit;
  }
  Text = Text.drop_front(End + 1);
  return End == 0 ? 0 : Value + 1;
}

/// A disambiguator of 0 is left out.
static std::optional<uint64_t> consumeDisambiguator(StringRef &Text) {
  if (!Text.consume_front("s"))
    return 0;
  std::optional<uint64_t> Value = consumeBase62(Text);
  return Value ? std::optional<uint64_t>(*Value + 1) : std::nullopt;
}

/// An identifier with its length in front, and perhaps a separator after that.
static std::optional<StringRef> identifierIn(StringRef Text, StringRef Separator) {
  size_t Length = 0;
  if (Text.consumeInteger(10, Length))
    return std::nullopt;
  Text.consume_front(Separator);
  return Length <= Text.size() ? std::optional(Text.take_front(Length)) : std::nullopt;
}

static std::optional<SymbolCrate> crateRootIn(StringRef Text) {
  std::optional<uint64_t> StableId = consumeDisambiguator(Text);
  if (!StableId)
    return std::nullopt;
  Text.consume_front("u");
  // The separator precedes names that begin with a digit or an underscore.
  std::optional<StringRef> Name = identifierIn(Text, "_");
  return Name ? std::optional(SymbolCrate{*Name, StableId}) : std::nullopt;
}

/// Every path begins with the path that it is in, down to the crate.
static std::optional<SymbolCrate> crateOfV0Symbol(StringRef Mangled) {
  StringRef Rest = Mangled;
  // A damaged symbol can refer to itself.
  for (size_t Step = 0; Step < Mangled.size() && !Rest.empty(); ++Step) {
    char Tag = Rest.front();
    Rest = Rest.drop_front();
    switch (Tag) {
    case 'C':
      return crateRootIn(Rest);
    case 'I':
      break;
    case 'N':
      Rest = Rest.drop_front(Rest.empty() ? 0 : 1);
      break;
    case 'M':
    case 'X':
      if (!consumeDisambiguator(Rest))
        return std::nullopt;
      break;
    case 'B': {
      std::optional<uint64_t> Position = consumeBase62(Rest);
      if (!Position || *Position >= Mangled.size())
        return std::nullopt;
      Rest = Mangled.drop_front(*Position);
      break;
    }
    default:
      return std::nullopt;
    }
  }
  return std::nullopt;
}

std::optional<SymbolCrate> crateOfSymbol(StringRef Symbol) {
  if (!isRustMangled(Symbol))
    return std::nullopt;
  if (Symbol.consume_front("_R"))
    return crateOfV0Symbol(Symbol);
  Symbol.consume_front("_ZN");
  std::optional<StringRef> First = identifierIn(Symbol, "");
  // What does not begin with a path begins with an escaped character: "_$LT$".
  if (!First || First->starts_with("_$"))
    return std::nullopt;
  return SymbolCrate{*First, std::nullopt};
}

} // namespace lto_inspector::rustc
