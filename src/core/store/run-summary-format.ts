/** The format of a run's `summary.json`. Separate from the code that makes it, which the page's tests use in a browser. */
import * as z from "zod/mini";
import { ALL_GROUPS } from "../../protocol/module-groups.js";
import { count, deviation, digest, fidelity, formatOf, usedLlvm, usedSettings } from "../base/values.js";
import { manifestFacts } from "./run-manifest.js";
import type { RecordedBuild, ReportSummary, RunSummary } from "./run-summary.js";

const beforeAfter = z.lazy(() => z.object({ before: z.number(), after: z.number() }));

const groups = z.lazy(() => z.partialRecord(z.enum(ALL_GROUPS), count));

const runCounts = z.lazy(() => z.object({ modules: count, reused: count, recompiled: count, failed: count, fromStore: count, groups }));

const recordedBuild = formatOf<RecordedBuild>()(() =>
  z.object({ deviations: z.array(deviation), counts: runCounts, outsideLto: z.exactOptional(z.array(z.string())) }),
);

const reportSummary = formatOf<ReportSummary>()(() =>
  z.object({
    identity: z.exactOptional(digest),
    llvm: usedLlvm,
    fidelity,
    deviations: z.array(deviation),
    settings: usedSettings,
    counts: runCounts,
    bytes: z.nullable(beforeAfter),
    instructions: z.nullable(beforeAfter),
    outsideLto: z.exactOptional(z.array(z.string())),
    peakMemoryBytes: count,
    warnings: z.object({ total: count, shown: z.array(z.string()) }),
  }),
);

const runSummary = formatOf<RunSummary>()(() =>
  z.object({ schema: z.literal(3), run: manifestFacts, recorded: z.exactOptional(recordedBuild), report: z.nullable(reportSummary) }),
);

/** Earlier formats: the window's view, and counts without groups. Such a run is summarised again from its manifest and report. */
const olderSummary = z.lazy(() =>
  z.pipe(
    z.object({ schema: z.union([z.literal(1), z.literal(2)]) }),
    z.transform(() => undefined),
  ),
);

/** A summary; undefined: it is in the format of an older version. */
export const runSummaryFile = z.lazy(() => z.discriminatedUnion("schema", [runSummary, olderSummary]));
