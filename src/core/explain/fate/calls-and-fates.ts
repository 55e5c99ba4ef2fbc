/** Calls and fates of a whole unit at once: both follow from the same ledgers, so that these are read only once. */
import type { CallsReport } from "../../../protocol/calls.js";
import type { FateReport } from "../../../protocol/fate.js";
import type { CoreContext } from "../../engine/core-context.js";
import type { Overrides } from "../../replay/inputs.js";
import { findModule } from "../../pipelines/module-names.js";
import { openUnit } from "../../replay/open.js";
import type { LtoSource } from "../../replay/producer.js";
import { whileInUse } from "../../store/in-use.js";
import { callsOf, type CallsHooks } from "../calls/explain-calls.js";
import { gatherLedgers } from "../calls/gather.js";
import { inlinedBeforeLto, type InlinedBefore } from "../calls/gone-before.js";
import { fatesOf } from "./explain-fate.js";

export interface CallsAndFates {
  readonly calls: CallsReport;
  readonly fates: FateReport;
  /** What line tables say of functions that were inlined before LTO; empty unless {@link CallsAndFatesOptions.before} is set. */
  readonly before: readonly InlinedBefore[];
}

export interface CallsAndFatesOptions {
  readonly llvm: string;
  readonly overrides: Overrides;
  /** Only calls of and in this function; its fates are not selected. Default: all. */
  readonly function?: string | null;
  /** Default: all. */
  readonly module?: string | null;
  /** Also look for functions that were inlined before LTO. */
  readonly before?: true;
}

/** @throws LtoError UnknownModule, UnknownFunction; what opening a unit and making a stage can throw */
export function explainCallsAndFates(
  core: CoreContext,
  source: LtoSource,
  { llvm, overrides, function: wanted = null, module: part = null, before }: CallsAndFatesOptions,
  hooks: CallsHooks = {},
): Promise<CallsAndFates> {
  return whileInUse(core.layout, { making: true }, async () => {
    hooks.progress?.({ kind: "opening" });
    const open = await openUnit(core, source, { llvm, overrides, keysFile: null }, hooks.signal);
    try {
      const names = open.analyzed.result.modules.map(({ name }) => name);
      const module = part === null ? null : findModule(names, part);
      const gathered = await gatherLedgers(core, open, module, hooks);
      const options = { llvm, overrides, function: wanted, module };
      const calls = await callsOf(core, { open, gathered, options }, hooks);
      const inlined = before === true ? await inlinedBeforeLto(open, calls, core.engines.threads, hooks.signal) : [];
      return { calls, fates: await fatesOf(open, gathered, { function: null, module }, hooks), before: inlined };
    } finally {
      await open.close();
    }
  });
}
