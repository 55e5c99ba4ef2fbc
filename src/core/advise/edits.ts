/** What a one-line edit of the crate makes rustc re-compile, under one setting. */
import type { AdvisedEdits } from "../../protocol/advise.js";
import { pipelineOf } from "../../protocol/pipelines.js";
import { EditReaches, liveFunctions } from "../explain/rebuild/edit-reach.js";
import { KeyIndex } from "../explain/rebuild/key-index.js";
import { Names } from "../explain/rebuild/readable.js";
import { crateOfReadable } from "../pipelines/readable-crate.js";
import type { OpenUnit } from "../replay/open.js";
import { unitKeys } from "../replay/unit-keys.js";
import { quantile } from "./statistics.js";

/** @throws LtoError Cancelled, EngineCrashed */
export async function editsOf(open: OpenUnit, signal: AbortSignal | undefined): Promise<AdvisedEdits> {
  const { incremental, mode } = open.inputs;
  const modules = open.analyzed.result.modules.length;
  const none: AdvisedEdits = { modules, reusable: 0, functions: 0, median: 0, most: 0, mostBy: null };
  if (!incremental || !pipelineOf(mode).keys) return none;
  const index = new KeyIndex(await unitKeys(open, signal));
  const own = [...index.modules.values()].filter(({ stored }) => isOwn(stored));
  const crates = new Set(own.map(({ stored }) => stored.crate));
  const names = new Names(open.engine, signal);
  const symbols = liveFunctions(index, isOwn);
  await names.learn(symbols);
  const reaches = new EditReaches(index);
  const reached = symbols
    // Instances of other crates' functions are edited there.
    .filter((symbol) => crates.has(crateOfReadable(names.of(symbol)) ?? ""))
    .map((symbol) => ({ symbol, modules: reaches.ofFunction(symbol).cacheable }));
  const [most] = reached.toSorted((left, right) => right.modules - left.modules);
  const numbers = reached.map((one) => one.modules);
  return {
    ...{ modules, reusable: own.length, functions: reached.length },
    median: numbers.length === 0 ? 0 : Math.ceil(quantile(numbers, 0.5)),
    most: most?.modules ?? 0,
    mostBy: most === undefined ? null : names.of(most.symbol),
  };
}

/** Only the crate's own modules are looked up among those of the build before. */
function isOwn({ origin }: { readonly origin: string }): boolean {
  return origin === "local";
}
