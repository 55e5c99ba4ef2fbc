/** `calls`: what a unit's modules import and inline, and why, with the checks that show whether it is true. */
import type {
  CallRow,
  CallsChecked,
  CallsNotAvailable,
  CallsReport,
  Compared,
  FunctionUse,
  ImportRow,
  Located,
} from "../../../protocol/calls.js";
import { hasRemark } from "../../../protocol/call-words.js";
import type { ImportLimits } from "../../../protocol/engine/calls.js";
import { pipelineOf } from "../../../protocol/pipelines.js";
import { LtoError } from "../../base/errors.js";
import type { CoreContext } from "../../engine/core-context.js";
import { findModule } from "../../pipelines/module-names.js";
import type { RunHooks } from "../../replay/each-module.js";
import type { Overrides } from "../../replay/inputs.js";
import { openUnit, type OpenUnit } from "../../replay/open.js";
import type { LtoSource } from "../../replay/producer.js";
import { whileInUse } from "../../store/in-use.js";
import { Names } from "../rebuild/readable.js";
import { callRow, inlineDecisions, symbolsOf } from "./call-rows.js";
import { symbolsNamed } from "./chosen.js";
import { definitionsOf } from "./definitions.js";
import { EditCosts, editCostHelp } from "./edit-costs.js";
import { gatherLedgers, type GatheredLedgers } from "./gather.js";
import { importHelp, wayOf } from "./help.js";
import { importsOf, type ImportDecision, type ModuleImports } from "./import-rows.js";
import type { InlineDecision } from "./inline-decision.js";
import { inlinedBefore } from "./inlined-before.js";
import { compareFailures, PRINTS_FAILURES } from "./llvms-failures.js";

export interface CallsOptions {
  /** "auto", "system" or a path. */
  readonly llvm: string;
  readonly overrides?: Overrides;
  /** Only calls of and in this function; null: all. */
  readonly function: string | null;
  readonly module: string | null;
  /** Import decisions alone, without a replay. */
  readonly importsOnly?: boolean;
  /** Also compare every refusal with what LLVM prints. */
  readonly check?: boolean;
}

export type CallsHooks = Pick<RunHooks, "progress" | "signal">;

/**
 * Explains the calls of a unit or of plain files.
 *
 * @throws LtoError UnknownModule; UnknownFunction; what opening a unit and making a stage can throw
 */
export async function explainCalls(
  core: CoreContext,
  source: LtoSource,
  options: CallsOptions,
  hooks: CallsHooks = {},
): Promise<CallsReport> {
  return whileInUse(core.layout, { making: true }, async () => {
    hooks.progress?.({ kind: "opening" });
    const failures = options.check === true ? await checkFailures(core, source, options, hooks.signal) : null;
    const { llvm, overrides = {} } = options;
    const open = await openUnit(core, source, { llvm, overrides, keysFile: null }, hooks.signal);
    try {
      return await new Explanation(core, open, options, hooks).report(failures);
    } finally {
      await open.close();
    }
  });
}

/** What {@link callsOf} explains. */
export interface OpenCalls {
  readonly open: OpenUnit;
  /** The ledgers of the chosen module, or of all. */
  readonly gathered: GatheredLedgers;
  readonly options: CallsOptions;
}

/** The calls of a unit that is open, from ledgers that were gathered before. @throws LtoError as {@link explainCalls} */
export function callsOf(core: CoreContext, { open, gathered, options }: OpenCalls, hooks: CallsHooks): Promise<CallsReport> {
  return new Explanation(core, open, options, hooks, gathered).report(null);
}

/** Analyses again, in a process whose LLVM prints why imports fail; null for fat LTO, which imports nothing. */
async function checkFailures(core: CoreContext, source: LtoSource, options: CallsOptions, signal?: AbortSignal): Promise<Compared | null> {
  let text = "";
  const printed = (more: string): void => {
    text += more;
  };
  const { llvm, overrides = {} } = options;
  const printing = { ...overrides, llvmArgs: [...(overrides.llvmArgs ?? []), PRINTS_FAILURES] };
  const open = await openUnit(core, source, { llvm, overrides: printing, keysFile: null, printed }, signal);
  try {
    return pipelineOf(open.inputs.mode).keys ? compareFailures(text, (await importsOf(open, signal)).modules) : null;
  } finally {
    await open.close();
  }
}

class Explanation {
  readonly #core: CoreContext;
  readonly #open: OpenUnit;
  readonly #options: CallsOptions;
  readonly #hooks: CallsHooks;
  readonly #names: Names;
  readonly #notAvailable: CallsNotAvailable[] = [];
  #checked: Pick<CallsChecked, "code" | "located" | "locatedRemarks"> = {
    code: { equal: 0, different: 0 },
    located: locatedOf([]),
    locatedRemarks: locatedOf([]),
  };
  readonly #gathered: GatheredLedgers | undefined;
  #costs: EditCosts | undefined;

  /** @param gathered absent: they are gathered when they are needed */
  constructor(core: CoreContext, open: OpenUnit, options: CallsOptions, hooks: CallsHooks, gathered?: GatheredLedgers) {
    this.#gathered = gathered;
    this.#core = core;
    this.#open = open;
    this.#options = options;
    this.#hooks = hooks;
    this.#names = new Names(open.engine, hooks.signal);
  }

  async report(failures: Compared | null): Promise<CallsReport> {
    const { inputs } = this.#open;
    const module = this.#module();
    const { limits, modules } = await this.#imports();
    const shown = modules.filter((one) => module === null || one.module === module);
    const decisions = this.#options.importsOnly === true ? [] : await this.#inlining(module);
    await this.#learn(shown, decisions);
    // Import decisions alone follow from the analysis, and keys would take longer.
    if (this.#options.importsOnly !== true) this.#costs = await EditCosts.of(this.#open, this.#hooks.signal);
    const chosen = this.#chosen(shown, decisions);
    const uses = await this.#uses();
    const inlined = chosen?.size === 0 && uses.length === 0 ? await this.#before() : [];
    const [imports, calls] = [limits === null ? [] : this.#importRows(shown, limits, chosen), this.#callRows(decisions, chosen)];
    return {
      schema: 1,
      command: "calls",
      unit: { id: inputs.unit.id, name: inputs.unit.name },
      function: this.#options.function,
      module,
      limits,
      imports,
      calls,
      edits: this.#costs?.all ?? [],
      checked: {
        importLists: compared(shown, ({ decisions: known }) => known !== undefined),
        failures,
        ...this.#checked,
      },
      notAvailable: this.#notAvailable,
      uses,
      inlinedBefore: inlined,
      warnings: [...this.#open.warnings],
    };
  }

  #module(): string | null {
    const { module } = this.#options;
    if (module === null) return null;
    return findModule(
      this.#open.analyzed.result.modules.map(({ name }) => name),
      module,
    );
  }

  async #imports(): Promise<{ readonly limits: ImportLimits | null; readonly modules: readonly ModuleImports[] }> {
    if (!pipelineOf(this.#open.inputs.mode).keys) return { limits: null, modules: [] };
    const found = await importsOf(this.#open, this.#hooks.signal);
    for (const { module, decisions } of found.modules) {
      if (decisions === undefined) this.#notAvailable.push({ module, what: "imports", why: OTHER_RULES });
    }
    return found;
  }

  async #inlining(only: string | null): Promise<InlineDecision[]> {
    const { ledgers, code, notAvailable } = this.#gathered ?? (await gatherLedgers(this.#core, this.#open, only, this.#hooks));
    this.#notAvailable.push(...notAvailable);
    const decisions = ledgers.flatMap(inlineDecisions);
    this.#checked = { code, located: locatedOf(decisions), locatedRemarks: locatedOf(decisions.filter(hasRemark)) };
    return decisions;
  }

  async #learn(modules: readonly ModuleImports[], calls: readonly InlineDecision[]): Promise<void> {
    const symbols = new Set(calls.flatMap(symbolsOf));
    for (const { decisions = [] } of modules) {
      for (const { symbol, callers, attempt } of decisions) {
        for (const one of [symbol, ...callers]) symbols.add(one);
        if (attempt !== undefined) for (const { caller, callee } of wayOf(attempt)) symbols.add(caller).add(callee);
      }
    }
    this.#known = [...symbols];
    for (let first = 0; first < this.#known.length; first += SYMBOLS_AT_ONCE) {
      await this.#names.learn(this.#known.slice(first, first + SYMBOLS_AT_ONCE));
    }
  }

  #known: readonly string[] = [];

  /** The symbols that the user named; undefined: none were. */
  #chosen(modules: readonly ModuleImports[], calls: readonly InlineDecision[]): ReadonlySet<string> | undefined {
    const { function: wanted } = this.#options;
    if (wanted === null) return undefined;
    // Functions of rows come first: a part of a name that only occurs on the way to one means nothing here.
    const own = new Set([
      ...calls.flatMap(({ caller, callee }) => (callee === null ? [caller] : [caller, callee])),
      ...modules.flatMap(({ decisions = [] }) => decisions.map(({ symbol }) => symbol)),
    ]);
    return symbolsNamed(new Map([...own].map((symbol) => [symbol, this.#names.of(symbol)])), wanted);
  }

  async #uses(): Promise<FunctionUse[]> {
    const { function: wanted } = this.#options;
    if (wanted === null) return [];
    const hits = await definitionsOf(this.#open, wanted, this.#core.engines.threads, this.#hooks.signal);
    return hits.map(({ module, symbol, demangled, kind, role, linkage, instructions, usedByDemangled }) => {
      return { module, symbol, name: demangled, kind, role, linkage, instructions, usedBy: usedByDemangled };
    });
  }

  /** @throws LtoError UnknownFunction, if debug info does not know it either */
  async #before(): Promise<string[]> {
    const wanted = this.#options.function ?? "";
    const into = [...(await inlinedBefore(this.#open, wanted, this.#core.engines.threads, this.#hooks.signal))];
    if (into.length > 0) {
      await this.#names.learn(into);
      return into.map((symbol) => this.#names.of(symbol)).sort();
    }
    throw new LtoError({
      name: "UnknownFunction",
      message: `No module of ${this.#open.inputs.unit.name} calls, imports or has a function named ${wanted}.`,
      help: "If it exists, the compiler inlined or removed it before LTO; only a build with line tables (`lto-inspector capture --line-tables`) tells where. `lto-inspector find UNIT SYMBOL` searches all symbols.",
    });
  }

  #importRows(modules: readonly ModuleImports[], limits: ImportLimits, chosen: ReadonlySet<string> | undefined): ImportRow[] {
    return modules.flatMap(({ module, decisions = [] }) =>
      decisions.filter(({ symbol }) => chosen?.has(symbol) !== false).map((decision) => this.#importRow(module, decision, limits)),
    );
  }

  #importRow(importer: string, decision: ImportDecision, limits: ImportLimits): ImportRow {
    const { symbol, from, reason, size, attempt, attempts, hotness, callers } = decision;
    const name = this.#names.of(symbol);
    const chain = attempt === undefined ? [] : wayOf(attempt);
    return {
      importer,
      callee: name,
      symbol,
      kind: from !== undefined && attempt === undefined ? "variable" : "function",
      from: from ?? null,
      verdict: from === undefined ? "refused" : "imported",
      reason,
      size,
      threshold: attempt?.limit ?? null,
      level: attempt?.level ?? null,
      chain: chain.map((step) => ({
        caller: this.#names.of(step.caller),
        callee: this.#names.of(step.callee),
        limit: step.limit,
        hotness: step.hotness,
      })),
      attempts,
      hotness,
      callers: callers.map((caller) => this.#names.of(caller)),
      help: from === undefined ? this.#withCost(importHelp(decision, name, limits), symbol, name) : [],
    };
  }

  #callRows(decisions: readonly InlineDecision[], chosen: ReadonlySet<string> | undefined): CallRow[] {
    const isShown = ({ caller, callee }: InlineDecision): boolean =>
      chosen === undefined || chosen.has(caller) || (callee !== null && chosen.has(callee));
    return decisions.filter(isShown).map((decision) => {
      const row = callRow(decision, (symbol) => this.#names.of(symbol));
      const { help, callee, calleeSymbol } = row;
      return callee === null || calleeSymbol === null ? row : { ...row, help: this.#withCost(help, calleeSymbol, callee) };
    });
  }

  /** Help about a function's attributes, with what their edit costs. */
  #withCost(help: readonly string[], symbol: string, name: string): readonly string[] {
    const isAboutIt = help.some((one) => one.includes(`\`${name}\``));
    const cost = isAboutIt ? this.#costs?.cost(symbol, name) : undefined;
    return cost === undefined ? help : [...help, editCostHelp(cost)];
  }
}

/** Symbols per message: no message between processes may be unbounded in size. */
const SYMBOLS_AT_ONCE = 20_000;

const OTHER_RULES =
  "LLVM imports something else than its usual rules say, because one of its arguments changes them (such as -force-import-all or -import-cutoff).";

function locatedOf(decisions: readonly InlineDecision[]): Located {
  return { calls: decisions.filter(isLocated).length, of: decisions.length };
}

/** Whether at least the function and the line, or the number of the call in it, are known; for a call that was made of several, of each. */
function isLocated({ places: [place], oneOf }: InlineDecision): boolean {
  return oneOf.length > 0 || (place !== undefined && place.line > 0);
}

function compared<T>(items: readonly T[], isEqual: (item: T) => boolean): CallsChecked["importLists"] {
  const equal = items.filter(isEqual).length;
  return { equal, different: items.length - equal };
}

/** Whether every comparison that was made shows no difference. */
export function isChecked({ importLists, failures, code }: CallsChecked): boolean {
  return importLists.different === 0 && code.different === 0 && (failures?.different ?? 0) === 0;
}
