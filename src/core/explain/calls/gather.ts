/** The ledgers of a unit's modules that are true of the build. */
import type { CallsNotAvailable, Compared } from "../../../protocol/calls.js";
import type { InlineLedger } from "../../../protocol/engine/calls.js";
import type { CoreContext } from "../../engine/core-context.js";
import { eachModule, withStages, type RunHooks } from "../../replay/each-module.js";
import type { OpenUnit } from "../../replay/open.js";
import { INLINE_LEDGER, type LedgerKind } from "./ledger-formats.js";
import { Ledgers } from "./ledgers.js";

export interface GatheredLedgers {
  /** In the order of the modules, without those whose replay gave other code. */
  readonly ledgers: readonly InlineLedger[];
  /** Functions whose code is the stage's. */
  readonly code: Compared;
  readonly notAvailable: readonly CallsNotAvailable[];
}

type Hooks = Pick<RunHooks, "progress" | "signal">;

/**
 * What the inliner decides.
 *
 * @param only one module; null: all that have stages
 * @throws LtoError Cancelled, FilesChanged, DiskFull
 */
export async function gatherLedgers(core: CoreContext, open: OpenUnit, only: string | null, hooks: Hooks): Promise<GatheredLedgers> {
  const ledgers: InlineLedger[] = [];
  const notAvailable: CallsNotAvailable[] = [];
  let [equal, different] = [0, 0];
  const doing = { what: "Explaining calls", doing: "Listening to the inliner in" };
  for (const { module, ledger } of await heardIn(core, open, { kind: INLINE_LEDGER, only, ...doing }, hooks)) {
    if (ledger instanceof Error) {
      notAvailable.push({ module, what: "calls", why: ledger.message });
      continue;
    }
    different += ledger.different.length;
    equal += ledger.functions - ledger.different.length;
    if (ledger.different.length === 0) ledgers.push(ledger);
    else notAvailable.push({ module, what: "calls", why: otherCode(ledger.different) });
  }
  return { ledgers, code: { equal, different }, notAvailable };
}

function otherCode(different: readonly string[]): string {
  return `The replay that listened to the inliner gave other code in ${different.length} of the module's functions (${different[0] ?? ""}), so what it heard may not be true of the build.`;
}

/** What to hear, and the words for progress. */
export interface Hearing<Ledger> {
  readonly kind: LedgerKind<Ledger>;
  /** One module; null: all that have stages. */
  readonly only: string | null;
  readonly what: string;
  readonly doing: string;
}

export interface Heard<Ledger> {
  readonly module: string;
  /** Or why there is none. */
  readonly ledger: Ledger | Error;
}

/**
 * The ledgers of modules, in their order.
 *
 * @throws LtoError Cancelled, FilesChanged, DiskFull
 */
export async function heardIn<Ledger>(core: CoreContext, open: OpenUnit, hearing: Hearing<Ledger>, hooks: Hooks): Promise<Heard<Ledger>[]> {
  const { kind, only, what, doing } = hearing;
  const ledgers = new Ledgers(open, kind);
  const modules = withStages(open.analyzed.result.modules).filter(({ name }) => only === null || name === only);
  await ledgers.lookUp(
    modules.map(({ name }) => name),
    hooks.signal,
  );
  const heard = new Map<string, Ledger | Error>();
  try {
    await eachModule({ core, open, hooks, what, doing, isKept: (module) => ledgers.isStored(module) }, modules, {
      make: ({ name }) => ledgers.of(name, hooks.signal),
      made: ({ name }, ledger) => {
        heard.set(name, ledger);
        return Promise.resolve();
      },
      failed: ({ name }, error) => {
        heard.set(name, error);
      },
    });
  } catch (error) {
    // What was made so far is kept, unless the inputs have changed.
    await ledgers.settle().catch(() => undefined);
    throw error;
  }
  await ledgers.settle();
  return modules.flatMap(({ name: module }) => {
    const ledger = heard.get(module);
    return ledger === undefined ? [] : [{ module, ledger }];
  });
}
