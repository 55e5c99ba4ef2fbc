//===- stages.h - The stages of rustc's LTO -------------------------------===//
//
// Under rustc's tags, and with the activities of its self-profiler (`save_temp_bitcode`,
// `generic_activity_with_arg` in rustc_codegen_llvm/src/back/lto.rs, 1.9x). rustc has no tag for
// the stage after the passes: its file is the module's `.rcgu.bc`. src/protocol/pipelines.ts lists
// the same stages (test/unit/engine-stages.test.ts).
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/pipeline/stage.h"
#include <optional>

namespace lto_inspector::rustc {

inline constexpr pipeline::StageInfo ThinStages[] = {
    {"thin-lto-input"},
    {"thin-lto-after-rename", "LLVM_thin_lto_rename"},
    {"thin-lto-after-resolve", "LLVM_thin_lto_resolve_weak", /*ChangesGlobalsOnly=*/true},
    {"thin-lto-after-internalize", "LLVM_thin_lto_internalize", /*ChangesGlobalsOnly=*/true},
    {"thin-lto-after-import", "LLVM_thin_lto_import"},
    {"thin-lto-after-pm", "LLVM_lto_optimize"},
};

inline constexpr pipeline::StageInfo FatStages[] = {
    {"lto.input"},
    {"lto.after-restriction"},
    {"lto.after-pm", "LLVM_lto_optimize"},
};

/// The pipeline of thin and thin-local LTO.
inline constexpr pipeline::Pipeline RustcThin = {"rustc-thin", ThinStages};
inline constexpr pipeline::Pipeline RustcFat = {"rustc-fat", FatStages};

inline constexpr pipeline::LtoStage ThinInput(RustcThin, 0), ThinAfterRename(RustcThin, 1),
    ThinAfterResolve(RustcThin, 2), ThinAfterInternalize(RustcThin, 3),
    ThinAfterImport(RustcThin, 4), ThinAfterPm(RustcThin, 5);
inline constexpr pipeline::LtoStage FatInput(RustcFat, 0), FatAfterRestriction(RustcFat, 1),
    FatAfterPm(RustcFat, 2);

/// The stage with that tag; none: rustc has no such stage.
inline std::optional<pipeline::LtoStage> findStage(llvm::StringRef Tag) {
  for (const pipeline::Pipeline *Of : {&RustcThin, &RustcFat})
    for (size_t I = 0; I < Of->Stages.size(); ++I)
      if (Of->Stages[I].Tag == Tag)
        return pipeline::LtoStage(*Of, I);
  return std::nullopt;
}

} // namespace lto_inspector::rustc
