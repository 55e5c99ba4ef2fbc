//===- origins.h - Where a module's code was written ----------------------===//
//
// From debug info: a function that was copied into others before LTO is no function of the module
// any more, but each of its instructions still says which function it was written in. Line tables
// suffice for functions and files; types need full debug info.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/llvm/run_control.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <cstdint>
#include <string>
#include <vector>

namespace lto_inspector::ir {

/// WrittenFunction of src/protocol/engine: a function of the sources.
struct WrittenFunction {
  /// The symbol that it has, or would have if it had not been copied everywhere.
  std::string Symbol;
  /// Readable, with the generic arguments that debug info gives.
  std::string Name;
  std::string File;
  unsigned Line = 0;
};

/// FramePart of src/protocol/engine: the instructions of one function that were written in
/// another (or in itself).
struct FramePart {
  /// Index in OriginsResult::Written.
  uint64_t Written = 0;
  /// Of the instructions in any order, 32 hex digits; neither numbering nor lines are in it.
  std::string Hash;
  /// 0: the function itself; otherwise how many functions it was copied through.
  unsigned Depth = 0;
};

/// FunctionOrigins of src/protocol/engine.
struct FunctionOrigins {
  std::string Symbol;
  std::vector<FramePart> Parts;
};

/// SourceFile of src/protocol/engine.
struct SourceFile {
  std::string File;
  /// As the compiler computed it when it read the file.
  std::string Checksum;
};

/// WrittenType of src/protocol/engine.
struct WrittenType {
  std::string Name;
  /// Of the names and types of fields, and of variants; neither sizes nor offsets are in it, so
  /// that a type that holds another one stays the same when that one grows.
  std::string Hash;
};

/// OriginsResult of src/protocol/engine.
struct OriginsResult {
  std::vector<WrittenFunction> Written;
  std::vector<FunctionOrigins> Functions;
  std::vector<SourceFile> Files;
  std::vector<WrittenType> Types;
};

/// Reads where the code of a module was written; all lists are empty without debug info. Each
/// instruction counts for the innermost function on its way of inlining that is neither of the
/// standard library nor of a downloaded dependency. Error: ParseBitcode.
llvm::Expected<OriginsResult> readOrigins(llvm::MemoryBufferRef Bitcode,
                                          const support::RunControl &Control = {});

} // namespace lto_inspector::ir
