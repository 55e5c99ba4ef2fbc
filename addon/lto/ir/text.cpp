#include "lto/ir/text.h"

#include "lto/ir/demangle.h"
#include "lto/ir/function_text.h"
#include "lto/ir/lookup.h"
#include "lto/ir/module.h"
#include "lto/llvm/error.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace lto_inspector::ir {

using namespace support;

namespace {

/// Keeps the first bytes and counts them all.
class BoundedStream : public raw_ostream {
public:
  explicit BoundedStream(size_t Limit) : Limit(Limit) {}
  ~BoundedStream() override { flush(); }

  PrintResult take() {
    flush();
    const bool Truncated = Total > Kept.size();
    if (Truncated)
      Kept.resize(Kept.rfind('\n') == std::string::npos ? wholeCharacters() : Kept.rfind('\n') + 1);
    return {std::move(Kept), Truncated, Total, toHex(Hasher.final<32>(), /*LowerCase=*/true)};
  }

private:
  void write_impl(const char *Bytes, size_t Size) override {
    Total += Size;
    hash(StringRef(Bytes, Size));
    Kept.append(Bytes, std::min(Size, Limit - Kept.size()));
  }

  uint64_t current_pos() const override { return Total; }

  /// The first line of a module's text names it; a single function's text has none.
  void hash(StringRef Text) {
    if (InModuleLine) {
      FirstLine += Text;
      const size_t End = FirstLine.find('\n');
      if (End == std::string::npos)
        return;
      InModuleLine = false;
      if (StringRef(FirstLine).starts_with("; ModuleID"))
        Hasher.update(StringRef(FirstLine).substr(End + 1));
      else
        Hasher.update(FirstLine);
      return;
    }
    Hasher.update(Text);
  }

  /// The length without an incomplete UTF-8 character at the end.
  size_t wholeCharacters() const {
    size_t Length = Kept.size();
    while (Length > 0 && (Kept[Length - 1] & 0xc0) == 0x80)
      --Length;
    return Length > 0 && (Kept[Length - 1] & 0x80) ? Length - 1 : Length;
  }

  const size_t Limit;
  std::string Kept;
  size_t Total = 0;
  BLAKE3 Hasher;
  std::string FirstLine;
  bool InModuleLine = true;
};

} // namespace

static Error printOne(Module &M, StringRef Name, raw_ostream &OS) {
  Expected<Function *> F = findFunction(M, Name);
  if (!F)
    return F.takeError();
  if (Error E = (*F)->materialize())
    return wrapError(std::move(E), "ParseBitcode", "Reading the body of " + (*F)->getName(), {},
                     M.getModuleIdentifier());
  printFunction(**F, OS);
  return Error::success();
}

Expected<PrintResult> printModule(MemoryBufferRef Bitcode, std::optional<StringRef> Function,
                                  size_t Limit, const RunControl &Control) {
  Expected<OpenModule> Open = openModule(Bitcode, Function ? Bodies::Lazy : Bodies::All);
  if (!Open)
    return Open.takeError();
  if (Error E = Control.check())
    return E;
  // LLVM prints the identifier, a path, unchanged: a line break in it would begin a new line.
  Open->Module->setModuleIdentifier(onOneLine(Open->Module->getModuleIdentifier()));
  BoundedStream OS(Limit);
  if (!Function)
    Open->Module->print(OS, nullptr);
  else if (Error E = printOne(*Open->Module, *Function, OS))
    return E;
  return OS.take();
}

} // namespace lto_inspector::ir
