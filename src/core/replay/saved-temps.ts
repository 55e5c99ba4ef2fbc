/** Stages as files in a folder, whoever wrote them. */
import type { LtoMode, Stage } from "../../protocol/stages.js";

/** rustc's stage files of the modules in one folder. */
export interface SavedTemps {
  readonly folder: string;
  readonly mode: LtoMode;
  /** rustc itself, or a run that wrote them with `--out`. */
  readonly madeBy: "rustc" | "replay";
  /** Module → stage → file. */
  readonly stages: ReadonlyMap<string, ReadonlyMap<Stage, string>>;
}
