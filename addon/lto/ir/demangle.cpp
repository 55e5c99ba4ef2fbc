#include "lto/ir/demangle.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/Support/ConvertUTF.h"
#include <optional>

using namespace llvm;

namespace lto_inspector::ir {

namespace {

constexpr size_t HashDigits = 16;

bool isLegacyHash(StringRef Element) {
  return Element.size() == HashDigits + 1 && Element.front() == 'h' &&
         all_of(Element.drop_front(), [](char C) { return isHexDigit(C); });
}

/// Splits `3foo3bar…E<suffix>` into its elements; false if it does not have that form.
bool splitElements(StringRef &Rest, SmallVectorImpl<StringRef> &Elements) {
  while (!Rest.empty() && isDigit(Rest.front())) {
    size_t Length = 0;
    if (Rest.consumeInteger(10, Length) || Length == 0 || Length > Rest.size())
      return false;
    Elements.push_back(Rest.take_front(Length));
    Rest = Rest.drop_front(Length);
  }
  return !Elements.empty() && Rest.consume_front("E");
}

/// Decodes the text between two dollar signs: `LT`, `u20`. False: no escape that rustc writes.
bool appendEscape(StringRef Escape, std::string &Out) {
  static constexpr std::pair<StringLiteral, char> Known[] = {
      {"SP", '@'}, {"BP", '*'}, {"RF", '&'}, {"LT", '<'},
      {"GT", '>'}, {"LP", '('}, {"RP", ')'}, {"C", ','},
  };
  for (const auto &[Name, Character] : Known)
    if (Escape == Name) {
      Out += Character;
      return true;
    }

  unsigned CodePoint = 0;
  if (!Escape.consume_front("u") || Escape.empty() || Escape.getAsInteger(16, CodePoint))
    return false;
  const bool Control = CodePoint < 0x20 || (CodePoint >= 0x7f && CodePoint < 0xa0);
  char Bytes[UNI_MAX_UTF8_BYTES_PER_CODE_POINT];
  char *End = Bytes;
  if (Control || !ConvertCodePointToUTF8(CodePoint, End))
    return false;
  Out.append(Bytes, End);
  return true;
}

void appendElement(StringRef Element, std::string &Out) {
  // An element that would begin with an escape has an underscore before it.
  if (Element.starts_with("_$"))
    Element = Element.drop_front();
  while (!Element.empty()) {
    if (Element.consume_front("..")) {
      Out += "::";
    } else if (Element.consume_front(".")) {
      Out += '.';
    } else if (Element.front() == '$') {
      const size_t End = Element.find('$', 1);
      if (End == StringRef::npos || !appendEscape(Element.slice(1, End), Out)) {
        Out += Element;
        return;
      }
      Element = Element.drop_front(End + 1);
    } else {
      const size_t Plain = std::min(Element.find_first_of("$."), Element.size());
      Out += Element.take_front(Plain);
      Element = Element.drop_front(Plain);
    }
  }
}

/// Rust's legacy scheme. Only accepts names that end in rustc's hash: others cannot be
/// distinguished from C++.
std::optional<std::string> demangleLegacy(StringRef Mangled) {
  StringRef Rest = Mangled;
  if (!Rest.consume_front("_ZN") && !Rest.consume_front("__ZN"))
    return std::nullopt;
  SmallVector<StringRef, 8> Elements;
  if (!splitElements(Rest, Elements) || !isLegacyHash(Elements.back()))
    return std::nullopt;
  if (!Rest.empty() && Rest.front() != '.')
    return std::nullopt;

  Elements.pop_back();
  std::string Out;
  for (const auto &[Index, Element] : enumerate(Elements)) {
    if (Index != 0)
      Out += "::";
    appendElement(Element, Out);
  }
  if (!Rest.empty())
    Out += (" (" + Rest + ")").str();
  return Out;
}

} // namespace

std::string demangle(StringRef Mangled) {
  // The byte 1 makes LLVM write the name unchanged; it is not part of the symbol.
  StringRef Symbol = Mangled;
  Symbol.consume_front("\1");
  if (std::optional<std::string> Legacy = demangleLegacy(Symbol))
    return std::move(*Legacy);
  // Mach-O prefixes every symbol with an underscore, which LLVM's demangler of v0 does not expect.
  StringRef V0 = Symbol.starts_with("__R") ? Symbol.drop_front() : Symbol;
  return llvm::demangle(std::string_view(V0.data(), V0.size()));
}

std::string onOneLine(StringRef Name) {
  std::string Out;
  for (const char C : Name) {
    const auto Byte = static_cast<unsigned char>(C);
    if (Byte < ' ' || Byte == 0x7f)
      Out += {'\\', hexdigit(Byte >> 4), hexdigit(Byte & 15)};
    else
      Out += C;
  }
  return Out;
}

StringRef withoutPromotionSuffix(StringRef Symbol) {
  const auto [Stem, Number] = Symbol.rsplit(".llvm.");
  const bool Promoted = !Number.empty() && all_of(Number, [](char C) { return isDigit(C); });
  return Promoted ? Stem : Symbol;
}

} // namespace lto_inspector::ir
