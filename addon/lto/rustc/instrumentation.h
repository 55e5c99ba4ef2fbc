//===- instrumentation.h - Counters and checks that LLVM inserts for rustc ===//
#pragma once

#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/PGOOptions.h"
#include <memory>
#include <optional>
#include <string>

namespace lto_inspector::rustc {

/// The instrumentation and profiles of a build. LLVM inserts it into a codegen unit before LTO, so
/// only units that rustc never wrote need it here; pipelines of LTO only use profiles.
struct Instrumentation {
  /// `-C instrument-coverage`
  bool Coverage = false;
  /// `-C profile-generate`: the file to which the program writes its counters
  /// ("default_%m.profraw").
  std::optional<std::string> ProfileGenerate;
  /// `-C profile-use`: the profile.
  std::optional<std::string> ProfileUse;
  /// `-Z sanitizer`
  bool Address = false;
  bool Memory = false;
  bool Thread = false;
};

/// Mirrors the choice of `PGOOptions` in `LLVMRustOptimize` (PassWrapper.cpp, 1.9x); none: no
/// profile.
std::optional<llvm::PGOOptions> profileOptions(const Instrumentation &Wanted);

/// Reads a profile as the pass that uses it does; that pass could only report that it failed.
///
/// Errors: UnreadableFile, also for anything but a profile of LLVM's intermediate code.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> readProfile(llvm::StringRef Path);

/// Adds the passes at the pipelines' extension points, or to Alone if there is no pipeline.
///
/// Mirrors `PipelineStartEPCallbacks` and `OptimizerLastEPCallbacks` in `LLVMRustOptimize`
/// (PassWrapper.cpp) with `get_instr_profile_output_path` and the options of sanitizers
/// (rustc_codegen_llvm/src/back/write.rs), 1.9x.
/// @param BeforeLink sanitizers only instrument before LTO
void addInstrumentation(llvm::PassBuilder &Builder, const Instrumentation &Wanted, bool BeforeLink,
                        bool OnWindows);
void addInstrumentation(llvm::ModulePassManager &Alone, const Instrumentation &Wanted,
                        bool BeforeLink, bool OnWindows);

} // namespace lto_inspector::rustc
