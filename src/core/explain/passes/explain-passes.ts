/** `passes`: what the passes of LTO did to a module, or to one of its functions. */
import type { MissedChange } from "../../../protocol/engine/passes.js";
import type { FunctionPassesReport, ModulePassesReport } from "../../../protocol/passes.js";
import { shortModuleName } from "../../../protocol/module-names.js";
import type { OpenUnit } from "../../replay/open.js";
import type { ReplayedBuild, UseHooks, UseUnit } from "../../replay/open-units.js";
import { withoutCopy } from "../calls/chosen.js";
import { Names } from "../rebuild/readable.js";
import { comparedWith } from "./against.js";
import { functionReport } from "./function-passes.js";
import type { PassesOptions } from "./options.js";
import { functionRows, millisOf, passRows, sumsRow, type NameOf } from "./rows.js";
import { runsThat, sumsOf } from "./run-list.js";
import { moduleNamed, PassTraces } from "./traces.js";

/**
 * What passes did to a module or a function.
 *
 * @throws LtoError UnknownModule, UnknownFunction, Usage for a run that did not change the function; what opening a unit and making a stage can throw
 */
export function explainPasses(
  use: UseUnit,
  build: ReplayedBuild,
  options: PassesOptions,
  hooks: UseHooks = {},
): Promise<ModulePassesReport | FunctionPassesReport> {
  return use(build, hooks, async (open) => {
    const traces = new PassTraces(open);
    try {
      return await report(open, traces, options, { use, hooks });
    } finally {
      await traces.settle();
    }
  });
}

async function report(
  open: OpenUnit,
  traces: PassTraces,
  options: PassesOptions,
  { use, hooks }: { readonly use: UseUnit; readonly hooks: UseHooks },
): Promise<ModulePassesReport | FunctionPassesReport> {
  const module = moduleNamed(open, options.module);
  const trace = await traces.of(module, hooks.signal);
  const names = new Names(open.engine, hooks.signal);
  await names.learn(trace.functions);
  const head = {
    schema: 1,
    command: "passes",
    unit: { id: open.inputs.unit.id, name: open.inputs.unit.name },
    module,
    moduleName: shortModuleName(module),
    warnings: [...open.warnings],
  } as const;
  const filter = { ...(options.pass === null ? {} : { pass: options.pass }), ...(options.kind === null ? {} : { kind: options.kind }) };
  if (options.function === null) {
    const runs = runsThat(trace, { ...filter, changed: options.changed });
    const nameOf = (symbol: string): string => withoutCopy(names.of(symbol));
    return {
      ...head,
      function: null,
      sums: sumsRow(trace, sumsOf(trace, runs)),
      millis: millisOf(trace.total),
      passes: passRows(trace, runs, nameOf),
      functions: functionRows(trace, runs, nameOf),
      missed: options.check ? missedRows(await traces.missed(module, hooks.signal), nameOf) : null,
    };
  }
  const parts = { trace, traces, names, filter };
  const { against } = options;
  const found = await functionReport(parts, { ...options, function: options.function }, hooks.signal);
  if (against === null) return { ...head, ...found, against: null };
  return { ...head, ...found, against: await comparedWith({ ...parts, open }, found.symbol, against, options, { use, hooks }) };
}

function missedRows(missed: readonly MissedChange[], nameOf: NameOf): ModulePassesReport["missed"] {
  return missed.map(({ pass, function: symbol }) => ({ pass, function: nameOf(symbol), symbol }));
}
