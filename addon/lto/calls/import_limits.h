//===- import_limits.h - How large an imported function may be ------------===//
#pragma once

#include "llvm/Support/Error.h"

namespace lto_inspector::calls {

/// LLVM's options that decide which functions are imported, with the values that they have in this
/// process (FunctionImport.cpp, LLVM 19 to 23).
struct ImportLimits {
  /// `-import-instr-limit`: the most instructions of a function that the module's own code calls.
  unsigned Instructions = 0;
  /// `-import-instr-evolution-factor`: what each further level of calls leaves of the limit.
  float Evolution = 0;
  /// `-import-hot-evolution-factor`: the same after a hot call.
  float HotEvolution = 0;
  /// `-import-hot-multiplier`, `-import-critical-multiplier` and `-import-cold-multiplier`: what a
  /// call's own limit is multiplied with.
  float Hot = 0;
  float Critical = 0;
  float Cold = 0;
};

/// Reads the options. They are static in LLVM, so only its command line's registry has them.
/// Errors: EngineFailed, naming an option that this LLVM does not have.
llvm::Expected<ImportLimits> readImportLimits();

} // namespace lto_inspector::calls
