//===- key_messages.h - Parts of cache keys as JSON -----------------------===//
//
// `keyComponents` of src/protocol/engine: its parameters, and its result with every symbol named
// once.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/llvm/symbol_names.h"
#include "lto/rustc/describe_key.h"
#include "lto/rustc/thin_lto.h"
#include "llvm/Support/JSON.h"

namespace lto_inspector {

struct KeyComponentsParams {
  std::string Unit;
  /// The first module wanted, in the order of the analysis.
  uint64_t First = 0;
  /// Modules at most.
  uint64_t Count = 0;
};

bool fromJSON(const llvm::json::Value &Json, KeyComponentsParams &Params, llvm::json::Path Path);

/// Takes the keys of some modules apart, with all cores. Errors: Cancelled.
llvm::Expected<llvm::json::Value> keyComponents(const ThinShared &Shared, const SymbolNames &Names,
                                                const KeyLlvm &Llvm,
                                                const KeyComponentsParams &Params,
                                                const RunControl &Control);

} // namespace lto_inspector
