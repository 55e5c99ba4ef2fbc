#include "lto/rustc/name_counts.h"

#include "lto/compat/value_symbol_table.h"

using namespace llvm;

namespace lto_inspector::rustc {

using namespace compat;

void setNameCounts(Module &M, const NameCounts &Counts) {
  for (const auto &[Name, Count] : Counts)
    if (Function *F = M.getFunction(Name))
      if (ValueSymbolTable *Table = F->getValueSymbolTable())
        lastUnique(*Table) = Count;
}

} // namespace lto_inspector::rustc
