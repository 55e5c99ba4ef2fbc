/** What stands in a run's folder: `manifest.json`, and `summary.json`, which lists are made of. */
import * as z from "zod/mini";
import type { Overrides, RunManifest, RunOrigin } from "../../protocol/runs.js";
import type { RunView } from "../../protocol/views.js";
import { byName } from "../base/by-name.js";
import { parseJsonIf } from "../base/parse.js";
import {
  digest256,
  count,
  crateType,
  deviation,
  digest,
  errorReport,
  fidelity,
  filePath,
  formatOf,
  instant,
  ltoCommand,
  optLevel,
  unitSummary,
  usedLlvm,
  usedSettings,
} from "../base/values.js";

/** `summary.json`: what lists show of a run, so that they need not read its report. */
export interface RunSummaryFile {
  readonly schema: 1;
  /** Of the process that runs (or ran) it, for people to read; whether it runs, its lock tells. */
  readonly pid: number;
  readonly origin?: RunOrigin;
  readonly view: RunView;
  /** The report's: whether what the run shows is verified is looked up each time. */
  readonly identity?: string;
}

const overrides = formatOf<Overrides>()(() =>
  z.object({
    crateTypes: z.exactOptional(z.array(crateType)),
    optLevel: z.exactOptional(optLevel),
    targetCpu: z.exactOptional(z.string()),
    targetFeatures: z.exactOptional(z.string()),
    llvmArgs: z.exactOptional(z.array(z.string())),
    preserve: z.exactOptional(z.array(z.string())),
    session: z.exactOptional(filePath),
  }),
);

const origin = formatOf<RunOrigin>()(() =>
  z.object({
    source: z.union([
      z.object({ unit: z.string() }),
      z.object({ session: filePath }),
      z.object({ paths: z.array(filePath), mode: z.exactOptional(ltoCommand) }),
    ]),
    llvm: z.string(),
    overrides,
    outputBytes: z.nullable(count),
    notLinked: z.exactOptional(z.string()),
  }),
);

const pid = z.int().check(z.positive());

export const runManifest = formatOf<RunManifest>()(() =>
  z.object({
    schema: z.literal(1),
    id: z.string(),
    unit: unitSummary,
    origin: z.exactOptional(origin),
    state: z.enum(["running", "done", "failed", "cancelled"]),
    pid,
    startedAt: instant,
    finishedAt: z.nullable(instant),
    saved: byName(z.record(z.string(), digest256)),
    error: z.exactOptional(errorReport),
  }),
);

const beforeAfter = z.lazy(() => z.object({ before: z.number(), after: z.number() }));

const view = formatOf<RunView>()(() =>
  z.object({
    id: z.string(),
    unit: unitSummary,
    source: z.union([z.object({ unit: z.string() }), z.object({ files: z.array(z.string()), mode: z.exactOptional(ltoCommand) })]),
    state: z.enum(["running", "done", "failed", "cancelled", "died"]),
    startedAt: instant,
    finishedAt: z.nullable(instant),
    // Clocks are set back at times.
    millis: z.nullable(z.number()),
    hasReport: z.boolean(),
    counts: z.object({ modules: count, reused: count, recompiled: count, failed: count, fromStore: count }),
    llvm: z.nullable(usedLlvm),
    fidelity: z.nullable(fidelity),
    deviations: z.array(deviation),
    settings: z.nullable(usedSettings),
    bytes: z.nullable(beforeAfter),
    instructions: z.nullable(beforeAfter),
    outputBytes: z.nullable(count),
    notLinked: z.exactOptional(z.string()),
    outsideLto: z.exactOptional(z.array(z.string())),
    peakMemoryBytes: count,
    warnings: z.object({ total: count, shown: z.array(z.string()) }),
    error: z.nullable(errorReport),
  }),
);

export const runSummary = formatOf<RunSummaryFile>()(() =>
  z.object({ schema: z.literal(1), pid, origin: z.exactOptional(origin), view, identity: z.exactOptional(digest) }),
);

/** What the store needs to know of a run, of whatever version it is: whether it is under way. */
export const runState = z.lazy(() => z.object({ unit: z.object({ id: z.string() }), state: z.string(), startedAt: z.string() }));

/** What a run's manifest has and a capture's has not. */
const runOnly = z.lazy(() => z.object({ unit: z.object({ id: z.string() }), state: z.string(), saved: byName(z.unknown()) }));

/** Whether a `manifest.json` is a run's (as `--out` writes one too) and not a capture's. */
export function isManifestOfRun(text: string): boolean {
  return parseJsonIf(runOnly, text) !== undefined;
}
