/** `fate`: what became of a unit's functions and variables, in every module that has a copy. */
import type { FateKind, FateReport, FateRow, ImportedInVain } from "../../../protocol/fate.js";
import { pipelineOf } from "../../../protocol/pipelines.js";
import { LtoError } from "../../base/errors.js";
import type { CoreContext } from "../../engine/core-context.js";
import { findModule } from "../../pipelines/module-names.js";
import type { RunHooks } from "../../replay/each-module.js";
import { openUnit, type OpenUnit } from "../../replay/open.js";
import type { LtoSource } from "../../replay/producer.js";
import { whileInUse } from "../../store/in-use.js";
import { withoutPromotionSuffix } from "../../ir/stage-changes.js";
import { symbolsNamed } from "../calls/chosen.js";
import { gatherLedgers, type GatheredLedgers } from "../calls/gather.js";
import { importsOf } from "../calls/import-rows.js";
import { Names } from "../rebuild/readable.js";
import { causeOf } from "./causes.js";
import { symbolFates, type SymbolFate } from "./symbol-fates.js";

export interface FateOptions {
  /** "auto", "system" or a path. */
  readonly llvm: string;
  /** Only this function or variable; null: all. */
  readonly function: string | null;
  readonly module: string | null;
}

type Hooks = Pick<RunHooks, "progress" | "signal">;

/** Symbols per message: no message between processes may be unbounded in size. */
const SYMBOLS_AT_ONCE = 20_000;

/** @throws LtoError UnknownModule, UnknownFunction; what opening a unit and making a stage can throw */
export async function explainFate(core: CoreContext, source: LtoSource, options: FateOptions, hooks: Hooks = {}): Promise<FateReport> {
  return whileInUse(core.layout, { making: true }, async () => {
    hooks.progress?.({ kind: "opening" });
    const open = await openUnit(core, source, { llvm: options.llvm, overrides: {}, keysFile: null }, hooks.signal);
    try {
      return await fatesIn(core, open, options, hooks);
    } finally {
      await open.close();
    }
  });
}

/** The same of an open unit. @throws LtoError UnknownModule, UnknownFunction; what making a stage can throw */
export async function fatesIn(
  core: CoreContext,
  open: OpenUnit,
  options: Omit<FateOptions, "llvm">,
  hooks: Hooks = {},
): Promise<FateReport> {
  const all = open.analyzed.result.modules.map(({ name }) => name);
  const module = options.module === null ? null : findModule(all, options.module);
  return fatesOf(open, await gatherLedgers(core, open, module, hooks), { function: options.function, module }, hooks);
}

/**
 * The fates in a unit that is open.
 *
 * @param gathered the ledgers of the chosen module, or of all
 * @throws LtoError UnknownFunction, Cancelled, EngineCrashed
 */
export async function fatesOf(
  open: OpenUnit,
  { ledgers, code, notAvailable }: GatheredLedgers,
  options: Pick<FateOptions, "function" | "module">,
  hooks: Hooks,
): Promise<FateReport> {
  const origins = await importOrigins(open, hooks.signal);
  const byModule = ledgers.map(symbolFates);
  const names = await namesOf(open, byModule.flat(), hooks.signal);
  const shown = chosen(byModule.flat(), options.function, names, open);
  const rows = byModule.flatMap((fates) => {
    const others = new Map(fates.map((fate) => [fate.symbol, fate]));
    return fates.filter((fate) => shown(fate.symbol)).map((fate) => rowOf(fate, others, origins, (symbol) => names.of(symbol)));
  });
  return {
    schema: 1,
    command: "fate",
    unit: { id: open.inputs.unit.id, name: open.inputs.unit.name },
    function: options.function,
    module: options.module,
    functions: rows,
    totals: totalsOf(rows),
    inVain: importedInVain(rows),
    checked: { code, specific: { causes: rows.filter(({ specific }) => specific).length, of: rows.length } },
    notAvailable,
    warnings: [...open.warnings],
  };
}

/** importing module and symbol → the module that has it; none in fat LTO. */
async function importOrigins(open: OpenUnit, signal?: AbortSignal): Promise<ReadonlyMap<string, string>> {
  if (!pipelineOf(open.inputs.mode).keys) return new Map();
  const { modules } = await importsOf(open, signal);
  return new Map(
    modules.flatMap(({ module, decisions = [] }) =>
      decisions.flatMap(({ symbol, from }) => (from === undefined ? [] : [[originKey(module, symbol), from] as const])),
    ),
  );
}

/** A promoted local has its own name in the index. */
function originKey(module: string, symbol: string): string {
  return `${module}\n${withoutPromotionSuffix(symbol)}`;
}

async function namesOf(open: OpenUnit, fates: readonly SymbolFate[], signal?: AbortSignal): Promise<Names> {
  const names = new Names(open.engine, signal);
  const symbols = [
    ...new Set(
      fates.flatMap(({ symbol, into, lastUse, users }) => [symbol, ...[into, lastUse?.user].filter((one) => one != null), ...users]),
    ),
  ];
  for (let first = 0; first < symbols.length; first += SYMBOLS_AT_ONCE) await names.learn(symbols.slice(first, first + SYMBOLS_AT_ONCE));
  return names;
}

/** @throws LtoError UnknownFunction */
function chosen(fates: readonly SymbolFate[], wanted: string | null, names: Names, open: OpenUnit): (symbol: string) => boolean {
  if (wanted === null) return () => true;
  const found = symbolsNamed(new Map(fates.map(({ symbol }) => [symbol, names.of(symbol)])), wanted);
  if (found.size > 0) return (symbol) => found.has(symbol);
  throw new LtoError({
    name: "UnknownFunction",
    message: `No module of ${open.inputs.unit.name} defines ${wanted} when LTO's passes begin.`,
    help: "`lto-inspector calls UNIT FUNCTION` says whether the compiler inlined it before LTO; `lto-inspector find UNIT SYMBOL` searches all symbols.",
  });
}

function rowOf(
  fate: SymbolFate,
  others: ReadonlyMap<string, SymbolFate>,
  origins: ReadonlyMap<string, string>,
  nameOf: (symbol: string) => string,
): FateRow {
  const { symbol, module, isVariable, isCopy, pass, into, inlined, users } = fate;
  const from = isCopy ? (origins.get(originKey(module, symbol)) ?? null) : null;
  const cause = causeOf(fate, others, nameOf);
  return {
    name: nameOf(symbol),
    symbol,
    module,
    kind: isVariable ? "variable" : "function",
    copy: !isCopy ? "own" : from === null ? "not-prevailing" : "imported",
    from,
    fate: fate.fate,
    cause: cause.text,
    specific: cause.specific,
    pass,
    into: into === null ? null : nameOf(into),
    inlined,
    users: users.map(nameOf),
  };
}

function totalsOf(rows: readonly FateRow[]): Record<FateKind, number> {
  const totals: Record<FateKind, number> = {
    kept: 0,
    "kept-local": 0,
    "kept-copy": 0,
    dropped: 0,
    "new-signature": 0,
    merged: 0,
    inlined: 0,
    unneeded: 0,
    "lost-uses": 0,
  };
  for (const { fate } of rows) totals[fate] += 1;
  return totals;
}

/** Functions of which no imported copy was inlined. */
function importedInVain(rows: readonly FateRow[]): ImportedInVain[] {
  const copies = new Map<string, FateRow[]>();
  for (const row of rows) {
    if (row.copy !== "imported" || row.kind !== "function") continue;
    const known = copies.get(row.symbol);
    if (known === undefined) copies.set(row.symbol, [row]);
    else known.push(row);
  }
  return [...copies.values()].flatMap((found) => {
    const [first] = found;
    if (first?.from == null || found.some(({ inlined }) => inlined > 0)) return [];
    return [{ name: first.name, symbol: first.symbol, from: first.from, importers: found.map(({ module }) => module) }];
  });
}
