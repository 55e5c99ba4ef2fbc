/** The report of `capture --json`, or the error report if the capture failed. */
import * as z from "zod/mini";
import type { LtoErrorReport } from "../../protocol/errors.js";
import type { CapturedUnitReport, CaptureReport } from "../../protocol/reports.js";
import { toolchain } from "../machine/toolchain-format.js";
import { count, crateType, deviation, errorReport, folderName, formatOf, ltoMode } from "../base/values.js";

const unit = formatOf<CapturedUnitReport>()(() =>
  z.object({
    id: folderName,
    capture: z.int().check(z.positive()),
    name: z.string(),
    crateName: z.string(),
    packageName: z.string(),
    crateTypes: z.array(crateType),
    profile: z.string(),
    mode: ltoMode,
    incremental: z.boolean(),
    workspace: z.string(),
    toolchain,
    deviations: z.array(deviation),
    complete: z.boolean(),
    incompleteBecause: z.exactOptional(errorReport),
    notLinked: z.exactOptional(errorReport),
    localModules: count,
    upstreamCrates: count,
    outsideLto: z.exactOptional(z.array(z.string())),
    reused: z.nullable(count),
    recompiled: z.nullable(count),
    outputBytes: z.nullable(count),
    warnings: z.array(z.string()),
  }),
);

export const captureReport = formatOf<CaptureReport | { readonly error: LtoErrorReport }>()(() =>
  z.union([
    z.object({ schema: z.literal(1), command: z.literal("capture"), units: z.array(unit), error: z.exactOptional(errorReport) }),
    z.object({ error: errorReport }),
  ]),
);
