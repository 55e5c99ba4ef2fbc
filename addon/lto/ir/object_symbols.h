//===- object_symbols.h - Where objects outside LTO use a symbol -----------===//
//
// Crates that rustc leaves out of LTO (`ignored_for_lto` in
// compiler/rustc_codegen_ssa/src/back/link.rs, 1.95) reach the linker unchanged: as native objects,
// or as bitcode that the linker compiles.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/ir/find.h"
#include "lto/llvm/run_control.h"

namespace lto_inspector::ir {

struct ObjectsSearched {
  FindResult Found;
  /// Members that look like objects but that LLVM cannot read, each with the reason.
  std::vector<std::string> NotRead;
};

/// Searches the symbol tables of an archive's members, or of one object, for names (mangled or
/// readable) that contain Query. In a native object, the users of a symbol are the functions and
/// variables whose relocations refer to it; a symbol without a type in the object has the kind
/// "symbol". Members that are bitcode are searched as in findSymbols.
///
/// Errors: UnreadableFile, FilesChanged, CorruptArchive, Cancelled.
llvm::Expected<ObjectsSearched> findInObjects(llvm::StringRef Path, llvm::StringRef Query,
                                              size_t Limit,
                                              const support::RunControl &Control = {});

} // namespace lto_inspector::ir
