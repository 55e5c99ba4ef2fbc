//===- instrumentation.h - Counters and checks that rustc has LLVM insert -===//
#pragma once

#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/PGOOptions.h"
#include <memory>
#include <optional>
#include <string>

namespace lto_inspector::rustc {

/// What the build asked LLVM to insert or to follow. It goes into a codegen unit before LTO, so
/// that only units that rustc never wrote need it here; pipelines of LTO know of profiles alone.
struct Instrumentation {
  /// `-C instrument-coverage`
  bool Coverage = false;
  /// `-C profile-generate`: where the program writes its counters ("default_%m.profraw").
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

/// Reads a profile as the pass that follows it will; that pass can only say that it could not.
///
/// Errors: UnreadableFile, also for what is no profile of LLVM's intermediate code.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> readProfile(llvm::StringRef Path);

/// Adds the passes where pipelines have a place for them, or to Alone, which has no pipeline.
///
/// Mirrors `PipelineStartEPCallbacks` and `OptimizerLastEPCallbacks` in `LLVMRustOptimize`
/// (PassWrapper.cpp) with `get_instr_profile_output_path` and the options of sanitizers
/// (rustc_codegen_llvm/src/back/write.rs), 1.9x.
/// @param BeforeLink sanitizers instrument before LTO only
void addInstrumentation(llvm::PassBuilder &Builder, const Instrumentation &Wanted, bool BeforeLink,
                        bool OnWindows);
void addInstrumentation(llvm::ModulePassManager &Alone, const Instrumentation &Wanted,
                        bool BeforeLink, bool OnWindows);

} // namespace lto_inspector::rustc
