/** `manifest.json` of a run's folder. */
import * as z from "zod/mini";
import type { Overrides, RunManifest, RunOrigin } from "../../protocol/runs.js";
import { byName } from "../base/by-name.js";
import { parseJsonIf } from "../base/parse.js";
import {
  digest256,
  count,
  crateType,
  errorReport,
  filePath,
  formatOf,
  instant,
  ltoCommand,
  optLevel,
  unitSummary,
} from "../base/values.js";

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
    workspace: z.exactOptional(z.string()),
    llvm: z.string(),
    overrides,
    outputBytes: z.nullable(count),
    notLinked: z.exactOptional(z.string()),
  }),
);

const facts = {
  id: z.string(),
  unit: unitSummary,
  origin: z.exactOptional(origin),
  state: z.enum(["running", "done", "failed", "cancelled"]),
  pid: z.int().check(z.positive()),
  startedAt: instant,
  finishedAt: z.nullable(instant),
  error: z.exactOptional(errorReport),
};

/** A run's manifest without the list of what it saved. */
export const manifestFacts = formatOf<Omit<RunManifest, "schema" | "saved">>()(() => z.object(facts));

export const runManifest = formatOf<RunManifest>()(() =>
  z.object({ schema: z.literal(1), ...facts, saved: byName(z.record(z.string(), digest256)) }),
);

/** What the store needs to know about a run of any version: whether it is running. */
export const runState = z.lazy(() => z.object({ unit: z.object({ id: z.string() }), state: z.string(), startedAt: z.string() }));

/** The parts of a run's manifest that a capture's lacks. */
const runOnly = z.lazy(() => z.object({ unit: z.object({ id: z.string() }), state: z.string(), saved: byName(z.unknown()) }));

/** Whether a `manifest.json` belongs to a run (`--out` writes one too) and not to a capture. */
export function isManifestOfRun(text: string): boolean {
  return parseJsonIf(runOnly, text) !== undefined;
}
