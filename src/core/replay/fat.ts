/** `run_fat` as a whole: all modules linked into the base module, and its three stages. */
import type { RunReport } from "../../protocol/runs.js";
import { FAT_STAGES } from "../../protocol/stages.js";
import type { Core } from "../engine/core.js";
import { LtoError } from "../base/errors.js";
import { runLto, type RunOptions } from "./lto-run.js";
import type { RunHooks } from "./each-module.js";
import type { LtoSource } from "./open.js";

export const DEFAULT_FAT_OPTIONS: RunOptions = {
  llvm: "auto",
  overrides: {},
  out: null,
  saveTemps: FAT_STAGES,
  only: null,
  analyzeOnly: false,
};

/**
 * Runs fat LTO over a captured unit or plain files. Of plain files the first is the base module, as rustc takes the first of what is serialised.
 *
 * @throws LtoError Usage for a unit that was built with thin LTO, and for the keys of a session; and what {@link runLto} throws
 */
export async function runFat(core: Core, source: LtoSource, options: RunOptions, hooks: RunHooks = {}): Promise<RunReport> {
  if (options.overrides.session !== undefined) {
    throw new LtoError({
      name: "Usage",
      message: "Fat LTO has no keys: there is nothing in a session that it could be compared with.",
      file: options.overrides.session,
      help: "Leave --session out.",
    });
  }
  if (source.kind === "paths") return runLto(core, { ...source, mode: "fat" }, options, hooks);
  const { name, mode } = source.unit;
  if (mode === "fat") return runLto(core, source, options, hooks);
  throw new LtoError({
    name: "Usage",
    message: `${name} was built with ${mode} LTO; its modules are not what fat LTO would link.`,
    help: "Run `lto-inspector thin` on it; or capture it with `--lto fat` to see what fat LTO would do (another build: the difference is listed under deviations).",
  });
}
