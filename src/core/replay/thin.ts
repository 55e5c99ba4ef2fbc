/** `run_thin` as a whole: analysis, decisions, and the stages of every module with all cores. */
import type { RunReport } from "../../protocol/runs.js";
import { THIN_STAGES } from "../../protocol/stages.js";
import type { Core } from "../engine/core.js";
import { LtoError } from "../base/errors.js";
import { runLto, type RunOptions } from "./lto-run.js";
import type { RunHooks } from "./each-module.js";
import type { LtoSource } from "./open.js";

export const DEFAULT_THIN_OPTIONS: RunOptions = {
  llvm: "auto",
  overrides: {},
  out: null,
  saveTemps: THIN_STAGES,
  only: null,
  analyzeOnly: false,
};

/**
 * Runs thin LTO over a captured unit or plain files. A module on which the engine fails is reported as failed; the others go on.
 *
 * @throws LtoError Usage for a unit that was built with fat LTO; and what {@link runLto} throws
 */
export async function runThin(core: Core, source: LtoSource, options: RunOptions, hooks: RunHooks = {}): Promise<RunReport> {
  if (source.kind === "unit" && source.unit.mode === "fat") {
    throw new LtoError({
      name: "Usage",
      message: `${source.unit.name} was built with fat LTO; there is no thin pipeline to replay.`,
      help: "Run `lto-inspector fat` on it; or capture it with `--lto thin` to see what thin LTO would do (another build: the difference is listed under deviations).",
    });
  }
  return runLto(core, source, options, hooks);
}
