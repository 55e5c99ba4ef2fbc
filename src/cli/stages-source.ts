/** What `show`, `diff` and `find` share: UNIT can also be a folder (or one file) of stage files, and text can be filtered. */
import { InvalidArgumentError, Option, type Command } from "commander";
import { ALL_PIPELINES, type Pipeline } from "../protocol/pipelines.js";
import type { CoreContext } from "../core/engine/core-context.js";
import { isLtoError } from "../core/base/errors.js";
import { PRODUCERS } from "../core/producers/registry.js";
import { stagesOfSource, type Stages, type StagesSource } from "../core/ir/stages-of.js";
import { whileInUse } from "../core/store/in-use.js";
import { damagedStage } from "../core/store/store.js";
import { formatCaptureRef } from "../protocol/refs.js";
import type { Invocation } from "./context.js";
import { ltoSource } from "./source.js";

/** The stages as users write them, for help texts: "input, import or pm; for fat LTO input or pm". */
export function stageWords(pipelines: readonly Pipeline[] = ALL_PIPELINES): string {
  const lists = new Map<string, string>();
  for (const { name, stages } of pipelines) {
    const words = stages.map(({ short }) => short);
    const list = [words.slice(0, -1).join(", "), ...words.slice(-1)].filter((part) => part !== "").join(" or ");
    if (!lists.has(list)) lists.set(list, lists.size === 0 ? list : `for ${name} LTO ${list}`);
  }
  return [...lists.values()].join("; ");
}

/** What can be hidden from a text. */
export type Hidden = "debug" | "guids" | "metadata" | "attributes";

const HIDDEN: readonly Hidden[] = ["debug", "guids", "metadata", "attributes"];

/** Adds `--hide` and `--demangle`. */
export function withFilters(command: Command, hidden: readonly Hidden[]): Command {
  return command
    .addOption(
      new Option("--hide <what>", `what to hide: none, or a list of ${HIDDEN.join(",")}`)
        .argParser(parseHidden)
        .default(hidden, hidden.length === 0 ? "none" : hidden.join(",")),
    )
    .option("--demangle", "demangle symbols");
}

function parseHidden(text: string): readonly Hidden[] {
  if (text === "none" || text === "") return [];
  return text.split(",").map((word) => {
    const found = HIDDEN.find((known) => known === word.trim());
    if (found === undefined) throw new InvalidArgumentError(`Allowed are none, ${HIDDEN.join(", ")}.`);
    return found;
  });
}

/** The filters that `--hide` sets. */
export function filtersOf(hidden: readonly Hidden[]): Record<"hideDebugInfo" | "hideGuids" | "hideMetadata" | "hideAttributes", boolean> {
  return {
    hideDebugInfo: hidden.includes("debug"),
    hideGuids: hidden.includes("guids"),
    hideMetadata: hidden.includes("metadata"),
    hideAttributes: hidden.includes("attributes"),
  };
}

/**
 * Opens the stages of UNIT, and closes them after the work.
 *
 * @throws LtoError UnknownUnit, UnreadableFile, SessionUnderWay, and what the work throws
 */
export async function withStages<T>(invocation: Invocation, unit: string, llvm: string, work: (stages: Stages) => Promise<T>): Promise<T> {
  const source = await stagesSource(invocation.core, unit);
  const captures = source.kind === "unit" ? [formatCaptureRef(source.unit)] : [];
  return whileInUse(invocation.core.layout, { making: true, captures }, async () => {
    const stages = stagesOfSource(invocation.core, source, llvm, invocation.signal);
    const unlisten = noteDamage(invocation);
    try {
      return await work(stages);
    } finally {
      unlisten();
      await stages.close();
    }
  });
}

/** Reports damaged stages in the store, which are made again. @returns a function that stops reporting */
export function noteDamage(invocation: Invocation): () => void {
  return invocation.core.store.onDamage((file) => {
    invocation.note(`${invocation.colors.yellow("warning")}: ${damagedStage(file)}`);
  });
}

async function stagesSource(core: CoreContext, unit: string): Promise<StagesSource> {
  const found = await ltoSource(core, [unit]).catch(async (error: unknown) => {
    const saved = isLtoError(error, "UnknownUnit") || isLtoError(error, "UnreadableFile") ? await PRODUCERS.savedStages(unit) : undefined;
    if (saved === undefined) throw error;
    return { kind: "save-temps", saved } as const;
  });
  if (found.kind !== "paths") return found;
  // A stage file is shown as it is; as an input, it would start a run.
  const saved = await PRODUCERS.savedStages(unit);
  return saved === undefined ? found : { kind: "save-temps", saved };
}
