/** The ledgers of a unit's modules that are true of the build. */
import type { CallsNotAvailable, Compared } from "../../../protocol/calls.js";
import type { InlineLedger } from "../../../protocol/engine/calls.js";
import type { CoreContext } from "../../engine/core-context.js";
import { eachModule, withStages, type RunHooks } from "../../replay/each-module.js";
import type { OpenUnit } from "../../replay/open.js";
import { Ledgers } from "./ledgers.js";

export interface GatheredLedgers {
  /** In the order of the modules, without those whose replay gave other code. */
  readonly ledgers: readonly InlineLedger[];
  /** Functions whose code is the stage's. */
  readonly code: Compared;
  readonly notAvailable: readonly CallsNotAvailable[];
}

/**
 * @param only one module; null: all that have stages
 * @throws LtoError Cancelled, FilesChanged, DiskFull
 */
export async function gatherLedgers(
  core: CoreContext,
  open: OpenUnit,
  only: string | null,
  hooks: Pick<RunHooks, "progress" | "signal">,
): Promise<GatheredLedgers> {
  const ledgers = new Ledgers(open);
  const modules = withStages(open.analyzed.result.modules).filter(({ name }) => only === null || name === only);
  await ledgers.lookUp(
    modules.map(({ name }) => name),
    hooks.signal,
  );
  const found = new Map<string, InlineLedger>();
  const notAvailable: CallsNotAvailable[] = [];
  let [equal, different] = [0, 0];
  const loop = { core, open, hooks, what: "Explaining calls", doing: "Listening to the inliner in" };
  try {
    await eachModule(loop, modules, {
      make: ({ name }) => ledgers.of(name, hooks.signal),
      made: ({ name }, ledger) => {
        different += ledger.different.length;
        equal += ledger.functions - ledger.different.length;
        if (ledger.different.length === 0) found.set(name, ledger);
        else notAvailable.push({ module: name, what: "calls", why: otherCode(ledger.different) });
        return Promise.resolve();
      },
      failed: ({ name }, error) => {
        notAvailable.push({ module: name, what: "calls", why: error.message });
      },
    });
  } catch (error) {
    // What was made so far is kept, unless the inputs have changed.
    await ledgers.settle().catch(() => undefined);
    throw error;
  }
  await ledgers.settle();
  return { ledgers: modules.flatMap(({ name }) => found.get(name) ?? []), code: { equal, different }, notAvailable };
}

function otherCode(different: readonly string[]): string {
  return `The replay that listened to the inliner gave other code in ${different.length} of the module's functions (${different[0] ?? ""}), so what it heard may not be true of the build.`;
}
