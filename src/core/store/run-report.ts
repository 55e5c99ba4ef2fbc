/** `report.json` of a run, in the store and in `--out`. */
import * as z from "zod/mini";
import type { ReadableUnitName } from "../../protocol/module-names.js";
import type { ModuleReport, RunReport, Timing } from "../../protocol/runs.js";
import {
  count,
  cratePlace,
  deviation,
  digest,
  errorReport,
  fidelity,
  filePath,
  formatOf,
  keyDigits,
  ltoCommand,
  millis,
  moduleOrigin,
  reasonKind,
  stage,
  unitSummary,
  usedLlvm,
  usedSettings,
  verdict,
} from "../base/values.js";

const readableName = formatOf<ReadableUnitName>()(() =>
  z.object({
    rustc: z.nullable(z.string()),
    module: z.string(),
    part: z.enum(["items", "instances", "fallback", "allocator", "mixed"]),
    modules: z.exactOptional(z.array(z.string())),
  }),
);

const module = formatOf<ModuleReport>()(() =>
  z.object({
    name: z.string(),
    readable: z.exactOptional(readableName),
    readableName: z.exactOptional(z.nullable(z.string())),
    exactName: z.exactOptional(z.boolean()),
    origin: moduleOrigin,
    crate: z.string(),
    place: z.exactOptional(cratePlace),
    source: z.string(),
    bytes: count,
    verdict,
    reason: z.object({ kind: reasonKind, detail: z.string() }),
    key: z.nullable(keyDigits),
    previousKey: z.nullable(keyDigits),
    fromStore: z.boolean(),
    stages: z.array(
      z.object({
        stage,
        file: z.nullable(filePath),
        bytes: count,
        instructions: count,
        functions: count,
        millis,
        sameAsPrevious: z.boolean(),
      }),
    ),
    error: z.exactOptional(errorReport),
  }),
);

/** Limited so that sums stay exact. */
const micros = z.number().check(z.minimum(Number.MIN_SAFE_INTEGER), z.maximum(Number.MAX_SAFE_INTEGER));

export const timing = formatOf<Timing>()(() =>
  z.object({
    activity: z.string(),
    argument: z.nullable(z.string()),
    thread: count,
    startMicros: micros,
    durationMicros: micros,
  }),
);

export const runReport = formatOf<RunReport>()(() =>
  z.object({
    schema: z.literal(1),
    command: ltoCommand,
    unit: unitSummary,
    llvm: usedLlvm,
    fidelity,
    identity: z.exactOptional(digest),
    deviations: z.array(deviation),
    settings: usedSettings,
    modules: z.array(module),
    outsideLto: z.exactOptional(z.array(z.string())),
    timings: z.array(timing),
    peakMemoryBytes: count,
    warnings: z.array(z.string()),
    llvmOutput: z.exactOptional(z.object({ file: filePath, bytes: count })),
  }),
);
