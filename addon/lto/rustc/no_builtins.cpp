#include "lto/rustc/no_builtins.h"

#include "lto/rustc/symbol_crate.h"
#include "lto/rustc/symbol_export.h"

using namespace llvm;

namespace lto_inspector::rustc {

static bool belongsTo(StringRef Symbol, const LocalCrate &Crate) {
  std::optional<SymbolCrate> Named = crateOfSymbol(Symbol);
  if (!Named || Named->Name != Crate.Name)
    return false;
  return !Named->StableId || !Crate.StableId || Named->StableId == Crate.StableId;
}

void addNoBuiltinsMarks(const Module &M, const LocalCrate &Crate, NoBuiltinsMarks &Marks) {
  for (const Function &F : M) {
    if (F.isDeclaration())
      continue;
    bool Own = belongsTo(F.getName(), Crate);
    if (!F.hasFnAttribute("no-builtins"))
      Marks.Unmarked |= Own;
    else
      // An un-mangled function (`#[no_mangle]`) is never instantiated in another crate.
      Marks.Marked |= Own || !isRustMangled(F.getName());
  }
}

bool isNoBuiltinsCrate(const LocalCrate &Crate, const NoBuiltinsMarks &Marks,
                       std::vector<std::string> &Warnings) {
  if (Crate.NoBuiltins)
    return *Crate.NoBuiltins;
  if (Marks.Marked && Marks.Unmarked)
    Warnings.push_back("whether the crate " + Crate.Name +
                       " is #![no_builtins] is not certain, because another crate has the same "
                       "name: the replay assumes that it is");
  return Marks.Marked;
}

} // namespace lto_inspector::rustc
