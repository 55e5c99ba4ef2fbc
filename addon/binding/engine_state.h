//===- engine_state.h - What the requests of one process share ------------===//
//
// The analysed units that stay in memory, and per-process state. Does not depend on Node.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "binding/crash_journal.h"
#include "binding/params.h"
#include "lto/llvm/symbol_names.h"
#include "lto/pipeline/self_profile.h"
#include "lto/rustc/describe_key.h"
#include "lto/rustc/fat_lto.h"
#include "lto/rustc/thin_lto.h"
#include <map>
#include <memory>
#include <mutex>

namespace lto_inspector::binding {

/// An analysed unit; requests that use it keep it alive if it is released meanwhile.
struct Unit {
  /// One of these two is set.
  std::unique_ptr<rustc::ThinShared> Shared;
  std::unique_ptr<rustc::FatShared> Fat;
  LtoSettings Settings;

  /// The names of a thin unit's symbols, read on first use. Thread-safe.
  const support::SymbolNames &names() const;

private:
  mutable std::once_flag NamesRead;
  mutable support::SymbolNames Names;
};

/// Thread-safe.
class EngineState {
public:
  CrashJournal Journal;
  pipeline::SelfProfiler Profiler;
  /// Service::initialize sets both once.
  rustc::KeyLlvm Llvm;
  unsigned Threads = 0;

  void keep(llvm::StringRef Id, std::shared_ptr<const Unit> Analysed);
  /// Errors: UnknownUnit.
  llvm::Expected<std::shared_ptr<const Unit>> find(llvm::StringRef Id);
  void release(llvm::StringRef Id);

private:
  std::mutex Mutex;
  std::map<std::string, std::shared_ptr<const Unit>> Units;
};

} // namespace lto_inspector::binding
