//===- debug_units.h - Compile units of debug info ------------------------===//
#pragma once

#include "lto/compat/series.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/IR/DIBuilder.h"

namespace lto_inspector::compat {

/// A unit with line tables only. Since LLVM 22 a language can have a version, and has a type of its
/// own.
inline llvm::DICompileUnit *lineTablesUnit(llvm::DIBuilder &Builder, llvm::DIFile *File) {
#if LLVM_VERSION_MAJOR < 22
  unsigned Language = llvm::dwarf::DW_LANG_C;
#else
  llvm::DISourceLanguageName Language(llvm::dwarf::DW_LANG_C);
#endif
  return Builder.createCompileUnit(Language, File, /*Producer=*/"lto-inspector",
                                   /*isOptimized=*/true, /*Flags=*/"", /*RV=*/0, /*SplitName=*/"",
                                   llvm::DICompileUnit::LineTablesOnly);
}

} // namespace lto_inspector::compat
