/** The two artifacts of a module's passes: the trace of all runs, and the texts of one function between the passes that change it. */
import * as z from "zod/mini";
import type { PassTexts, PassTrace } from "../../../protocol/engine/passes.js";
import { count, formatOf } from "../../base/values.js";

/** Raise one when the artifact has other content, here, in src/protocol/engine/passes.ts and in the addon. */
export const PASS_TRACE_SCHEMA = 1;
export const PASS_TEXTS_SCHEMA = 1;

export const passTrace = formatOf<PassTrace>()(() =>
  z.object({
    schema: z.literal(PASS_TRACE_SCHEMA),
    module: z.string(),
    passes: z.array(z.string()),
    functions: z.array(z.string()),
    subjects: z.string(),
    runs: z.string(),
    changes: z.string(),
    before: z.string(),
    memory: z.nullable(z.string()),
    total: count,
    own: count,
  }),
);

export const passTexts = formatOf<PassTexts>()(() =>
  z.object({
    schema: z.literal(PASS_TEXTS_SCHEMA),
    module: z.string(),
    function: z.string(),
    steps: z.array(z.tuple([z.string(), z.nullable(count)])),
    texts: z.array(z.string()),
  }),
);
