/** `compare`: two runs, or two captured builds, with what each of their modules became. */
import type { BuildCompareReport, ComparedBuildSide } from "../../protocol/build-comparison.js";
import { formatCaptureRef } from "../../protocol/refs.js";
import type { Subject } from "../../protocol/uris.js";
import type { UnitManifest } from "../../protocol/units.js";
import { runTitle } from "../../protocol/words.js";
import { isLtoError } from "../base/errors.js";
import type { CoreContext } from "../engine/core-context.js";
import { comparedBuildNamed } from "../explain/rebuild/compared-build.js";
import { KeyIndex } from "../explain/rebuild/key-index.js";
import { Names } from "../explain/rebuild/readable.js";
import { PRODUCERS } from "../producers/registry.js";
import { summaryOf } from "../replay/unit-summary.js";
import type { RunHistory } from "../store/history.js";
import { compareModules, type BuildContents, type Demangle } from "./compare-modules.js";
import type { OpenSubject } from "./open-subject.js";
import type { Subjects } from "./subjects.js";

export interface BuildsToCompare {
  readonly from: Subject;
  readonly to: Subject;
}

interface Parts {
  readonly core: CoreContext;
  readonly history: RunHistory;
  readonly subjects: Subjects;
}

/**
 * Compares two builds. Of a capture, its latest run is compared if there is one, because that has every stage of every module; otherwise what rustc recorded.
 *
 * @throws LtoError UnknownRun, UnknownUnit, NothingToInspect, Cancelled
 */
export async function compareBuilds(parts: Parts, builds: BuildsToCompare, signal?: AbortSignal): Promise<BuildCompareReport> {
  const { subjects } = parts;
  const [from, to] = [await runIfAny(parts, builds.from), await runIfAny(parts, builds.to)];
  return subjects.use(from, (left) =>
    subjects.use(to, async (right) => {
      const warnings: string[] = [];
      const older = await contentsOf(parts, from, left, warnings, signal);
      const newer = await contentsOf(parts, to, right, warnings, signal);
      const sides = { from: await sideOf(parts, from), to: await sideOf(parts, to) };
      const compared = await compareModules(older, newer, demangler(right, signal));
      if (sides.from.unit.name !== sides.to.unit.name) {
        warnings.push(
          `These are builds of two programs (${sides.from.unit.name} and ${sides.to.unit.name}): few modules have the same names.`,
        );
      }
      return { schema: 1, command: "compare", ...sides, ...compared, warnings };
    }),
  );
}

/** The latest run of a capture that changed no setting. */
export async function runIfAny({ history }: Pick<Parts, "history">, subject: Subject): Promise<Subject> {
  if ("run" in subject) return subject;
  for (const run of await history.list()) {
    if (!run.hasReport || !("unit" in run.source) || run.source.unit !== subject.unit || run.counts.failed > 0) continue;
    const origin = await history.origin(run.id);
    if (run.bytes !== null && Object.keys(origin?.overrides ?? {}).length === 0) return { run: run.id };
  }
  return subject;
}

async function sideOf({ core, history }: Parts, subject: Subject): Promise<ComparedBuildSide> {
  if ("run" in subject) {
    const run = await history.view(subject.run);
    return { name: run.id, title: runTitle(run), unit: run.unit, at: run.startedAt, llvm: run.llvm?.version ?? null };
  }
  const unit = await PRODUCERS.unitNamed(core.layout, subject.unit);
  const name = nameOf(unit, subject.unit);
  return { name, title: name, unit: summaryOf(unit), at: unit.capturedAt, llvm: unit.toolchain.llvmVersion };
}

function nameOf(unit: UnitManifest, given: string): string {
  return unit.commandLine.length === 0 ? given : formatCaptureRef(unit);
}

async function contentsOf(
  { core }: Parts,
  subject: Subject,
  open: OpenSubject,
  warnings: string[],
  signal: AbortSignal | undefined,
): Promise<BuildContents> {
  const rows = await open.rows();
  const sizes = open.stageSizes(rows.map(({ name }) => name));
  const name = "run" in subject ? subject.run : subject.unit;
  return { rows, sizes, keys: await keysOf(core, name, open, warnings, signal) };
}

/** The keys have the import lists; fat LTO has neither. */
async function keysOf(
  core: CoreContext,
  name: string,
  open: OpenSubject,
  warnings: string[],
  signal: AbortSignal | undefined,
): Promise<KeyIndex | null> {
  if (!open.stages.pipeline.keys) return null;
  try {
    const { keys } = await comparedBuildNamed(core, name, { llvm: "auto", ...(signal === undefined ? {} : { signal }) });
    return new KeyIndex(keys);
  } catch (error) {
    if (!isLtoError(error, "NothingToInspect")) throw error;
    warnings.push(`Imports are not compared: ${error.report.message}`);
    return null;
  }
}

/** Asks the engine only if there is something to ask. */
function demangler(open: OpenSubject, signal: AbortSignal | undefined): Demangle {
  return async (identifiers) => {
    if (identifiers.length === 0) return (identifier) => identifier;
    const names = new Names(await open.stages.engine(), signal);
    await names.learn(identifiers);
    return (identifier) => names.of(identifier);
  };
}
