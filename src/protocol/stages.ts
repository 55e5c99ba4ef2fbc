/**
 * The stages that rustc saves of a module during LTO, under rustc's own tags.
 *
 * Source: `save_temp_bitcode` calls in rustc's `compiler/rustc_codegen_llvm/src/back/lto.rs` (1.9x).
 */

/** Stages of thin and thin-local LTO, in the order in which `optimize_thin_module` makes them. */
export const THIN_STAGES = [
  "thin-lto-input",
  "thin-lto-after-rename",
  "thin-lto-after-resolve",
  "thin-lto-after-internalize",
  "thin-lto-after-import",
  "thin-lto-after-pm",
] as const;

/** Stages of fat LTO, in the order in which `fat_lto` and `run_pass_manager` make them. */
export const FAT_STAGES = ["lto.input", "lto.after-restriction", "lto.after-pm"] as const;

export type ThinStage = (typeof THIN_STAGES)[number];
export type FatStage = (typeof FAT_STAGES)[number];
export type Stage = ThinStage | FatStage;

interface StageNames {
  readonly short: string;
  readonly label: string;
}

/** Short spelling (command line) and label (user interface) of every stage. */
export const STAGE_NAMES: Readonly<Record<Stage, StageNames>> = {
  "thin-lto-input": { short: "input", label: "Input" },
  "thin-lto-after-rename": { short: "rename", label: "Rename" },
  "thin-lto-after-resolve": { short: "resolve", label: "Resolve" },
  "thin-lto-after-internalize": { short: "internalize", label: "Internalize" },
  "thin-lto-after-import": { short: "import", label: "Import" },
  "thin-lto-after-pm": { short: "pm", label: "Optimize (pm)" },
  "lto.input": { short: "input", label: "Input" },
  "lto.after-restriction": { short: "restriction", label: "Restriction" },
  "lto.after-pm": { short: "pm", label: "Optimize (pm)" },
};

export type LtoMode = "thin" | "fat" | "thin-local";

/** The stages that a mode of LTO has, in order. */
export function stagesOf(mode: LtoMode): readonly Stage[] {
  return mode === "fat" ? FAT_STAGES : THIN_STAGES;
}

/**
 * Reads a stage as the user spells it: rustc's tag, or the short spelling in the given mode.
 *
 * @returns undefined when there is no such stage in that mode.
 */
export function parseStage(text: string, mode: LtoMode): Stage | undefined {
  return stagesOf(mode).find((stage) => stage === text || STAGE_NAMES[stage].short === text);
}
