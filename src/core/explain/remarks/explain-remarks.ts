/** `remarks`: what LLVM's passes say about the functions that they optimise, from the replay that also listens to the inliner. */
import type { CallsNotAvailable } from "../../../protocol/calls.js";
import type { RemarkLedger } from "../../../protocol/engine/calls.js";
import type { RemarkKind, RemarkRow, RemarksReport, RemarkTotal } from "../../../protocol/remarks.js";
import { LtoError } from "../../base/errors.js";
import type { CoreContext } from "../../engine/core-context.js";
import { findModule } from "../../pipelines/module-names.js";
import type { RunHooks } from "../../replay/each-module.js";
import type { Overrides } from "../../replay/inputs.js";
import { openUnit, type OpenUnit } from "../../replay/open.js";
import type { LtoSource } from "../../replay/producer.js";
import { whileInUse } from "../../store/in-use.js";
import { callPlace } from "../calls/call-rows.js";
import { symbolsNamed, symbolsReadAs } from "../calls/chosen.js";
import { heardIn } from "../calls/gather.js";
import { REMARK_LEDGER } from "../calls/ledger-formats.js";
import { Names } from "../rebuild/readable.js";
import { remarksIn, type SymbolRemark } from "./symbol-remarks.js";

export interface RemarksOptions {
  /** "auto", "system" or a path. */
  readonly llvm: string;
  /** Default: none. */
  readonly overrides?: Overrides;
  /** Only this function; null: all. */
  readonly function: string | null;
  /** The function is named by its whole readable name, and passes may have nothing to say about it. Default: as {@link symbolsNamed}. */
  readonly exact?: boolean;
  readonly module: string | null;
  /** LLVM's names of passes; empty: all. */
  readonly passes: readonly string[];
  readonly kinds: readonly RemarkKind[];
}

type Hooks = Pick<RunHooks, "progress" | "signal">;

/**
 * What passes say of a unit or of plain files.
 *
 * @throws LtoError UnknownModule, UnknownFunction, NothingToInspect; what opening a unit and making a stage can throw
 */
export async function explainRemarks(
  core: CoreContext,
  source: LtoSource,
  options: RemarksOptions,
  hooks: Hooks = {},
): Promise<RemarksReport> {
  return whileInUse(core.layout, { making: true }, async () => {
    hooks.progress?.({ kind: "opening" });
    const open = await openUnit(core, source, { llvm: options.llvm, overrides: options.overrides ?? {}, keysFile: null }, hooks.signal);
    try {
      return await report(core, open, options, hooks);
    } finally {
      await open.close();
    }
  });
}

async function report(core: CoreContext, open: OpenUnit, options: RemarksOptions, hooks: Hooks): Promise<RemarksReport> {
  const all = open.analyzed.result.modules.map(({ name }) => name);
  const only = options.module === null ? null : findModule(all, options.module);
  const { ledgers, notAvailable } = await gathered(core, open, only, hooks);
  const remarks = ledgers.flatMap(remarksIn);
  const names = new Names(open.engine, hooks.signal);
  await names.learn(remarks.map(({ symbol }) => symbol));
  const shown = chosen(remarks, options, names, open);
  await names.learn(
    shown.flatMap(({ text, places }) => [...symbolsInText(text), ...places.flatMap(({ symbol }) => (symbol === "" ? [] : [symbol]))]),
  );
  return {
    schema: 1,
    command: "remarks",
    unit: { id: open.inputs.unit.id, name: open.inputs.unit.name },
    function: options.function,
    module: only,
    passes: options.passes,
    kinds: options.kinds,
    remarks: shown.map((remark) => rowOf(remark, names)),
    totals: totalsOf(shown),
    notAvailable,
    warnings: [...open.warnings],
  };
}

async function gathered(
  core: CoreContext,
  open: OpenUnit,
  only: string | null,
  hooks: Hooks,
): Promise<{ readonly ledgers: readonly RemarkLedger[]; readonly notAvailable: readonly CallsNotAvailable[] }> {
  const ledgers: RemarkLedger[] = [];
  const notAvailable: CallsNotAvailable[] = [];
  const hearing = { kind: REMARK_LEDGER, only, what: "Reading remarks", doing: "Listening to the passes in" };
  for (const { module, ledger } of await heardIn(core, open, hearing, hooks)) {
    if (ledger instanceof Error) notAvailable.push({ module, what: "remarks", why: ledger.message });
    else if (ledger.isTrue) ledgers.push(ledger);
    else notAvailable.push({ module, what: "remarks", why: OTHER_CODE });
  }
  return { ledgers, notAvailable };
}

const OTHER_CODE =
  "The replay that listened to the passes gave other code than the stage's, so what they said may not be true of the build.";

/** @throws LtoError UnknownFunction */
function symbolsOf(
  wanted: string,
  names: ReadonlyMap<string, string>,
  { exact = false }: RemarksOptions,
  open: OpenUnit,
): ReadonlySet<string> {
  if (exact) return symbolsReadAs(names, wanted);
  const symbols = symbolsNamed(names, wanted);
  if (symbols.size > 0) return symbols;
  throw new LtoError({
    name: "UnknownFunction",
    message: `No pass says anything about a function named ${wanted} in ${open.inputs.unit.name}.`,
    help: "`lto-inspector fate UNIT FUNCTION` says what became of it; `lto-inspector find UNIT SYMBOL` searches all symbols.",
  });
}

/** @throws LtoError UnknownFunction; NothingToInspect for a pass that says nothing */
function chosen(remarks: readonly SymbolRemark[], options: RemarksOptions, names: Names, open: OpenUnit): SymbolRemark[] {
  const { passes, kinds, function: wanted } = options;
  const said = new Set(remarks.map(({ pass }) => pass));
  const unknown = passes.find((pass) => !said.has(pass));
  if (unknown !== undefined) {
    throw new LtoError({
      name: "NothingToInspect",
      message: `No pass named ${unknown} says anything about ${open.inputs.unit.name}.`,
      help: `These do: ${[...said].sort().join(", ")}. What the inliner decides is printed by \`lto-inspector calls\`.`,
    });
  }
  const symbols =
    wanted === null ? null : symbolsOf(wanted, new Map(remarks.map(({ symbol }) => [symbol, names.of(symbol)])), options, open);
  return remarks.filter(
    ({ symbol, pass, kind }) =>
      symbols?.has(symbol) !== false && (passes.length === 0 || passes.includes(pass)) && (kinds.length === 0 || kinds.includes(kind)),
  );
}

/** Symbols in LLVM's words, as rustc and clang mangle them. */
const SYMBOL = /\b_(?:R|ZN)[\w$.]+/g;

function symbolsInText(text: string): string[] {
  return text.match(SYMBOL) ?? [];
}

function rowOf({ pass, name, kind, symbol, module, places, text, times }: SymbolRemark, names: Names): RemarkRow {
  const [at, ...inlinedAt] = places.map((place) => callPlace(place, (one) => names.of(one)));
  const readable = text.replace(SYMBOL, (found) => `\`${names.of(found)}\``);
  return { pass, name, kind, function: names.of(symbol), symbol, module, at: at?.at ?? null, inlinedAt, text: readable, times };
}

function totalsOf(remarks: readonly SymbolRemark[]): RemarkTotal[] {
  const totals = new Map<string, { -readonly [Field in keyof RemarkTotal]: RemarkTotal[Field] }>();
  for (const { pass, name, kind, times } of remarks) {
    const key = `${pass}\n${name}\n${kind}`;
    const known = totals.get(key);
    if (known === undefined) totals.set(key, { pass, name, kind, remarks: times });
    else known.remarks += times;
  }
  return [...totals.values()].sort((left, right) => right.remarks - left.remarks);
}
