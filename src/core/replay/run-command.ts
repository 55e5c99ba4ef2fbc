/** All of `run_thin` and `run_fat`: analysis, decisions or linking, and the stages of the modules that have any, on all cores. */
import { PIPELINES, pipelineOf, type LtoCommand } from "../../protocol/pipelines.js";
import type { RunReport } from "../../protocol/runs.js";
import { tagsOf } from "../../protocol/stages.js";
import type { CoreContext } from "../engine/core-context.js";
import { LtoError } from "../base/errors.js";
import { runLto, type RunOptions } from "./lto-run.js";
import type { RunHooks } from "./each-module.js";
import type { LtoSource } from "./producer.js";

/** All stages, with the toolchain's own LLVM and the build's settings. */
export function defaultOptions(command: LtoCommand): RunOptions {
  return { llvm: "auto", overrides: {}, out: null, saveTemps: tagsOf(PIPELINES[command]), only: null, analyzeOnly: false };
}

/**
 * Runs a captured unit or plain files through the pipeline of a command. A module on which the engine fails is reported as failed; the others
 * continue. When plain files are linked into one, the first is the base module, because rustc takes the first of the serialised modules.
 *
 * @throws LtoError Usage for a unit that another command's pipeline built, and for a session's keys if the run has none to compare them with; and
 * what {@link runLto} throws
 */
export async function runCommand(
  core: CoreContext,
  command: LtoCommand,
  source: LtoSource,
  options: RunOptions,
  hooks: RunHooks = {},
): Promise<RunReport> {
  const { keys, title, refusal } = PIPELINES[command];
  if (!keys && options.overrides.session !== undefined) {
    throw new LtoError({
      name: "Usage",
      message: `${title} has no keys to compare with those of a session.`,
      file: options.overrides.session,
      help: "Leave out --session.",
    });
  }
  if (source.kind === "paths") return runLto(core, { ...source, mode: command }, options, hooks);
  const { name, mode } = source.unit;
  const own = pipelineOf(mode).command;
  if (own === command) return runLto(core, source, options, hooks);
  throw new LtoError({
    name: "Usage",
    message: `${name} was built with ${mode} LTO; ${refusal}.`,
    help: `Run \`lto-inspector ${own}\` on it. Or capture it with \`--lto ${command}\` to see what ${command} LTO would do; this is a different build, which is listed under deviations.`,
  });
}
