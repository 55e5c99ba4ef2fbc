/** The progress line on a terminal. */
import { shortModuleName } from "../../protocol/module-names.js";
import { stageLabel } from "../../protocol/stages.js";
import type { RunProgress } from "../../core/replay/each-module.js";

export function progressLine(command: string, progress: RunProgress): string {
  switch (progress.kind) {
    case "opening":
      return `${command}: reading and analysing the modules`;
    case "stage":
      return `${command}: ${progress.done}/${progress.total}  ${shortModuleName(progress.module)} · ${stageLabel(progress.stage)}`;
    case "module":
      return `${command}: ${progress.done}/${progress.total}  ${shortModuleName(progress.module)}`;
  }
}
