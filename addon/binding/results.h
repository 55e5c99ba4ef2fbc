//===- results.h - Results of requests ------------------------------------===//
//
// The results of src/protocol/engine, field by field: plain structs in, JSON out.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/llvm/error.h"
#include "lto/llvm/library_info.h"
#include "lto/pipeline/self_profile.h"
#include "lto/rustc/fat_lto.h"
#include "lto/rustc/module_files.h"
#include "lto/rustc/thin_lto.h"
#include "llvm/Support/JSON.h"

namespace lto_inspector::binding {

/// Text for JSON, which must be UTF-8: other bytes are replaced. (rustc's `module_name_to_str`
/// would stop.)
std::string jsonText(llvm::StringRef Text);

llvm::json::Value toJSON(const support::ErrorReport &Report);
llvm::json::Value toJSON(const support::LibraryInfo &Info);
llvm::json::Value toJSON(const support::Producer &WrittenBy);
llvm::json::Value toJSON(const rustc::ModuleFile &Module);
llvm::json::Value toJSON(const pipeline::Timing &Measured);
llvm::json::Value toJSON(const pipeline::SavedStage &Stage);
/// llvm::json only finds toJSON beside a type.
llvm::json::Array toJSON(llvm::ArrayRef<pipeline::Timing> Measured);
llvm::json::Array toJSON(llvm::ArrayRef<pipeline::SavedStage> Stages);
/// The `AnalyzedModule` of one module.
llvm::json::Value analyzedModule(const rustc::ThinShared &Shared, size_t Index);
llvm::json::Value analyzedModule(const rustc::FatShared &Shared, size_t Index);

} // namespace lto_inspector::binding
