/** Names a run by what changed in its build, from the comparison with the build before. */
import type { ExplainReport } from "../../protocol/explain.js";
import { pipelineOf } from "../../protocol/pipelines.js";
import type { LtoMode } from "../../protocol/stages.js";
import type { RunView } from "../../protocol/views.js";
import type { CoreContext } from "../engine/core-context.js";
import { isLtoError } from "../base/errors.js";
import { PRODUCERS } from "../producers/registry.js";
import type { RunHistory } from "../store/history.js";
import { withSettings } from "../store/quick-what.js";
import { isExplainedQuickly } from "./explain-subject.js";

/** What a name is made from. */
export interface RunNaming {
  readonly core: CoreContext;
  readonly history: RunHistory;
  /** Explains a run by the build before it. @throws as `explainSubject` */
  readonly explain: (run: string) => Promise<ExplainReport>;
}

/** The latest earlier run of the same target. */
type Earlier = Pick<RunView, "unit"> & { readonly release: string | null };

/**
 * What changed in a run's build since the one before it, without an analysis.
 *
 * @returns undefined: it is not a build, or more than its summary cannot be told without an analysis
 * @throws LtoError UnknownRun, Cancelled, and as `explainUnit`
 */
export async function whatChanged({ core, history, explain }: RunNaming, run: RunView): Promise<string | undefined> {
  const origin = await history.origin(run.id);
  if (origin === undefined || "paths" in origin.source) return undefined;
  const what = (await isExplainedQuickly(core, { run: run.id })) ? changeText(await explain(run.id)) : await firstText(core, history, run);
  return what === undefined ? undefined : withSettings(what, origin);
}

/** "edit of textstats::bars::bar", "no change"; undefined: there is no build before. */
export function changeText({
  against,
  causes,
  counts,
  unit,
}: Pick<ExplainReport, "against" | "causes" | "counts" | "unit">): string | undefined {
  if (against === null) return undefined;
  if (against.unit.mode !== unit.mode) return modeText(unit.mode);
  const [main] = causes;
  if (main === undefined) return counts.gone > 0 ? "codegen units removed" : "no change";
  const more = causes.length - 1;
  return `${main.brief.replaceAll("`", "")}${more > 0 ? ` and ${more} other ${more === 1 ? "change" : "changes"}` : ""}`;
}

/** A unit's first build: what distinguishes it from an earlier build of the same target, which is another unit. */
async function firstText(core: CoreContext, history: RunHistory, run: RunView): Promise<string | undefined> {
  const { groups } = run.counts;
  if ((groups["first-build"] ?? 0) + (groups["not-incremental"] ?? 0) === 0) return undefined;
  const before = (await history.list()).find(
    (other) =>
      other.startedAt < run.startedAt &&
      other.unit.id !== run.unit.id &&
      other.unit.name === run.unit.name &&
      other.workspace === run.workspace,
  );
  const release = async (id: string): Promise<string | null> => releaseOf(core, history, id);
  return before === undefined
    ? firstBuildText({ unit: run.unit, release: null }, undefined)
    : firstBuildText({ unit: run.unit, release: await release(run.id) }, { unit: before.unit, release: await release(before.id) });
}

/** "first build", "profile release", "rustc 1.98.0" */
export function firstBuildText({ unit, release }: Earlier, before: Earlier | undefined): string {
  if (before === undefined) return "first build";
  if (before.unit.profile !== unit.profile) return `profile ${unit.profile}`;
  if (before.unit.mode !== unit.mode) return modeText(unit.mode);
  return release !== null && before.release !== null && release !== before.release ? `rustc ${release}` : "first build with other settings";
}

function modeText(mode: LtoMode): string {
  return `${pipelineOf(mode).name} LTO`;
}

async function releaseOf({ layout }: CoreContext, history: RunHistory, id: string): Promise<string | null> {
  try {
    const origin = await history.origin(id);
    const source = origin === undefined ? undefined : await PRODUCERS.sourceOfRun(layout, origin);
    return source?.kind === "unit" ? source.unit.toolchain.release : null;
  } catch (error) {
    // Its capture may have been removed.
    if (isLtoError(error, "UnknownUnit") || isLtoError(error, "UnreadableFile")) return null;
    throw error;
  }
}
