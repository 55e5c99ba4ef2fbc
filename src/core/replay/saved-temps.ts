/** Stages as files in a folder, whoever wrote them. */
import type { LtoMode, Stage } from "../../protocol/stages.js";
import { LtoError } from "../base/errors.js";

/** The stage files of the modules in one folder. */
export interface SavedTemps {
  readonly folder: string;
  readonly mode: LtoMode;
  /** The compiler or linker itself, or a run that wrote them with `--out`. */
  readonly madeBy: "rustc" | "replay";
  /** Module → stage → file. */
  readonly stages: ReadonlyMap<string, ReadonlyMap<Stage, string>>;
}

/** The error for a stage that is not in the folder and cannot be made from it. */
export function notSaved(saved: SavedTemps, module: string, stage: Stage): LtoError {
  const there = [...(saved.stages.get(module)?.keys() ?? [])].join(", ");
  return new LtoError({
    name: "IncompleteUnit",
    message: `There is no file of stage ${stage} of the module ${module} in ${saved.folder}; there is ${there}.`,
    file: saved.folder,
    module,
    stage,
    help:
      saved.madeBy === "replay"
        ? "Run LTO again and save that stage too (--save-temps)."
        : "Capture the workspace (`lto-inspector capture`) and name the unit: missing stages are then made on demand.",
  });
}
