//===- lto_module.h - A module that takes part in LTO ---------------------===//
#pragma once

#include "lto/llvm/producer.h"
#include "lto/pipeline/stage_recorder.h"
#include "llvm/Support/MemoryBuffer.h"
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace lto_inspector::rustc {

/// Where a module comes from.
enum class ModuleOrigin {
  /// A CGU of the crate that is being compiled.
  Local,
  /// A member of an upstream crate's rlib.
  Upstream,
  /// The allocator shim, which rustc generates in addition to the CGUs.
  Allocator,
  /// A file that the user named.
  Input
};

/// By function: the number that made its last value name unique (see value_names.h).
using NameCounts = std::map<std::string, uint32_t>;

/// A serialised module with its summary: rustc's `SerializedModule`, `ModuleBuffer` or `ThinBuffer`
/// (rustc_codegen_ssa/src/back/lto.rs, 1.9x).
struct LtoModule {
  /// rustc's name, LLVM's module identifier.
  std::string Name;
  ModuleOrigin Origin = ModuleOrigin::Local;
  std::string Crate;
  std::string File;
  /// Empty: the file is not an archive.
  std::string Member;
  /// Taken from the incremental cache.
  bool Green = false;
  /// In fat LTO: rustc had this codegen unit in memory and never wrote it. Until runFat has run
  /// rustc's own passes, Bitcode is the state before them (`no-opt.bc`).
  bool InMemory = false;
  /// For a module in memory: the same with the order of use-lists, until takeUseLists has used it.
  /// Null: none.
  std::unique_ptr<llvm::MemoryBuffer> WithUseLists;
  /// For a module in memory whose values rustc names: the same after the passes of nameValues,
  /// until takeNameCounts has used it. Null: none.
  std::unique_ptr<llvm::MemoryBuffer> WithNames;
  NameCounts NamesSoFar;
  /// The first 64 bits of the module hash that rustc used, if re-serialising changed them (see
  /// docs/architecture.md).
  std::optional<uint64_t> PromotionSuffix;
  /// In thin-local LTO: rustc's file of the module after internalising. Empty: none.
  std::string InternalizedFile;
  support::Producer WrittenBy;
  std::unique_ptr<llvm::MemoryBuffer> Bitcode;

  /// The bitcode under the module's name, which becomes its identifier in LLVM.
  llvm::MemoryBufferRef buffer() const { return llvm::MemoryBufferRef(Bitcode->getBuffer(), Name); }

  pipeline::RecordedModule recorded() const { return {Name, File, Bitcode->getBufferSize()}; }
};

} // namespace lto_inspector::rustc
