//===- origins.h - Where a module's code was written ----------------------===//
//
// Reads debug info: a function that was inlined everywhere before LTO is no longer a function of
// the module, but each of its instructions still refers to the function in which it was written.
// Line tables suffice for functions and files; types need full debug info.
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
  /// Its symbol, or the one that it would have if it were not inlined everywhere.
  std::string Symbol;
  /// Readable, with the generic arguments from debug info.
  std::string Name;
  std::string File;
  unsigned Line = 0;
};

/// FramePart of src/protocol/engine: the instructions of one function that were written in
/// another (or in itself).
struct FramePart {
  /// Index in OriginsResult::Written.
  uint64_t Written = 0;
  /// Hash of the instructions in any order, 32 hex digits; without numbering and lines.
  std::string Hash;
  /// 0: the function itself; otherwise the number of inlining levels.
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
  /// Hash of the names and types of fields, and of variants; without sizes and offsets, so that a
  /// type that contains another one stays the same when that one grows.
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
/// instruction counts for the innermost function in its chain of inlining that belongs neither to
/// the standard library nor to a downloaded dependency. Error: ParseBitcode.
llvm::Expected<OriginsResult> readOrigins(llvm::MemoryBufferRef Bitcode,
                                          const support::RunControl &Control = {});

} // namespace lto_inspector::ir
