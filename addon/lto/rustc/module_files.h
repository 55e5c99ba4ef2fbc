//===- module_files.h - The modules in files, without analysis ------------===//
#pragma once

#include "lto/llvm/producer.h"
#include "lto/rustc/bitcode_file.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace lto_inspector::rustc {

/// A module in a file, described without parsing function bodies.
struct ModuleFile {
  std::string Name;
  std::string File;
  /// Empty: the file is not an archive.
  std::string Member;
  uint64_t Bytes = 0;
  std::string Triple;
  std::string SourceFileName;
  support::Producer WrittenBy;
  bool HasSummary = false;
  /// Without it, a linker does full LTO with the module, even if it has a summary (clang -flto).
  bool IsThinLto = false;
  /// The compiler ("rustc version 1.95.0 (…)", "clang version 22.1.8"), from llvm.ident. Empty: the
  /// module does not say, or its producer is rustc's LLVM.
  std::string Compiler;
  uint64_t Definitions = 0;
  bool IsAllocator = false;
  bool NoBuiltins = false;
};

/// Describes every module in a file. Errors: those of openBitcodeFile, ParseBitcode.
llvm::Expected<std::vector<ModuleFile>> readModuleFile(llvm::StringRef Path,
                                                       MemberSelection Selection);

} // namespace lto_inspector::rustc
