/** The two ledgers of a replay that listens: what the inliner decided, and what the other passes said. */
import * as z from "zod/mini";
import type { InlineDecisionsResult, InlineLedger, RemarkLedger, SavedLedger } from "../../../protocol/engine/calls.js";
import type { ArtifactKind } from "../../../protocol/pipelines.js";
import { count, formatOf } from "../../base/values.js";

/** Rows are many: one check per list takes a tenth of the time of one check per number. */
const rows = z.custom<(number | null)[][]>(
  (value) =>
    Array.isArray(value) && value.every((row) => Array.isArray(row) && row.every((part) => part === null || Number.isSafeInteger(part))),
  { error: "lists of whole numbers" },
);

const numbers = z.custom<number[][]>(
  (value) => Array.isArray(value) && value.every((row) => Array.isArray(row) && row.every((part) => Number.isSafeInteger(part))),
  { error: "lists of whole numbers" },
);

/** Raise one when the ledger has other content, here, in src/protocol/engine/calls.ts and in the addon. */
const [INLINE_SCHEMA, REMARK_SCHEMA] = [4, 1] as const;

const inlineLedger = formatOf<InlineLedger>()(() =>
  z.object({
    schema: z.literal(INLINE_SCHEMA),
    module: z.string(),
    fullCosts: z.boolean(),
    calls: rows,
    symbols: numbers,
    functions: count,
    different: z.array(z.string()),
    texts: z.array(z.string()),
  }),
);

const remarkLedger = formatOf<RemarkLedger>()(() =>
  z.object({
    schema: z.literal(REMARK_SCHEMA),
    module: z.string(),
    extraAnalysis: z.boolean(),
    isTrue: z.boolean(),
    remarks: numbers,
    texts: z.array(z.string()),
  }),
);

export interface LedgerKind<Ledger> {
  readonly artifact: ArtifactKind;
  readonly schema: number;
  /** For errors: what the file has. */
  readonly what: string;
  readonly format: z.ZodMiniType<Ledger>;
  readonly from: (result: InlineDecisionsResult) => SavedLedger;
}

export const INLINE_LEDGER: LedgerKind<InlineLedger> = {
  artifact: "calls",
  schema: INLINE_SCHEMA,
  what: "What the inliner decided",
  format: inlineLedger,
  from: ({ ledger }) => ledger,
};

export const REMARK_LEDGER: LedgerKind<RemarkLedger> = {
  artifact: "remarks",
  schema: REMARK_SCHEMA,
  what: "What the passes said",
  format: remarkLedger,
  from: ({ remarks }) => remarks,
};

export const LEDGER_KINDS: readonly LedgerKind<unknown>[] = [INLINE_LEDGER, REMARK_LEDGER];
