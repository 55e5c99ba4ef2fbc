/** The frames of a profile's flame graph: crate, module, stage, pass and function; small ones are put together. Pure functions. */
import type { FrameKind, ProfileFrame, ProfileSums } from "../../protocol/requests/profile.js";
import { stageLabel } from "../../protocol/stages.js";
import type { ExportedModule } from "../explain/passes/exports.js";
import { bytesOf, functionWords, millisOf, type NameOf } from "../explain/passes/rows.js";
import { runsThat, sumsByBoth, sumsByPass, WHOLE_MODULE, type PassOnFunction, type RunSums } from "../explain/passes/run-list.js";
import type { PassesTrace } from "../explain/passes/trace.js";

/** The most frames by time, and as many by memory, in one message; what they are parts of comes on top. */
const MOST_FRAMES = 1500;
/** The longest name in a message; the readable names of generic functions can have thousands of characters. */
const LONGEST_NAME = 400;

export function clippedName(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1)}…`;
}

/** Sums of both. */
export function together(left: ProfileSums, right: ProfileSums): ProfileSums {
  return {
    millis: left.millis + right.millis,
    runs: left.runs + right.runs,
    changed: left.changed + right.changed,
    peakBytes: left.peakBytes === null && right.peakBytes === null ? null : Math.max(left.peakBytes ?? 0, right.peakBytes ?? 0),
  };
}

interface Part extends ProfileSums {
  readonly kind: FrameKind;
  /** Asked for parts that get a frame only: names of a large unit's functions take longer than its sums. */
  readonly name: () => string;
  readonly key: string | null;
  readonly allBytes: number;
  /** More than 1 for small parts that were put together. */
  readonly count: number;
  readonly parts: readonly Part[];
}

/** The least that is among the largest of what was added. */
class Floor {
  readonly #most: number;
  #largest: number[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  get least(): number {
    return this.#largest.length < this.#most ? 0 : (this.#largest.at(-1) ?? 0);
  }

  add(values: readonly number[]): void {
    this.#largest = [...this.#largest, ...values].sort((left, right) => right - left).slice(0, this.#most);
  }
}

/** They rise from module to module: of a large unit, most functions of a pass get no part of their own. */
interface Floors {
  readonly time: Floor;
  readonly peak: Floor;
}

const NO_SUMS: ProfileSums = { millis: 0, runs: 0, changed: 0, peakBytes: null };

/** @param most frames by time, and by memory */
export function framesOf(modules: readonly ExportedModule[], nameOf: NameOf, most = MOST_FRAMES): ProfileFrame[] {
  const crates = new Map<string, Part[]>();
  const floors = { time: new Floor(most), peak: new Floor(most) };
  for (const one of modules.toSorted((left, right) => right.time.passes - left.time.passes)) {
    const list = crates.get(one.time.crate) ?? [];
    list.push(modulePart(one, nameOf, floors));
    crates.set(one.time.crate, list);
  }
  const parts = [...crates].map(([name, list]) => whole("crate", name, null, list));
  const frames: ProfileFrame[] = [];
  addAll(frames, parts, -1, chosen(parts, most));
  return frames;
}

/** A part with the sums of its own parts. */
function whole(kind: FrameKind, name: string, key: string | null, parts: readonly Part[]): Part {
  const sums = parts.reduce<ProfileSums>(together, NO_SUMS);
  return { kind, name: () => name, key, ...sums, allBytes: parts.reduce((sum, { allBytes }) => sum + allBytes, 0), count: 1, parts };
}

function only(kind: FrameKind, name: string, millis: number): Part {
  return { kind, name: () => name, key: null, ...NO_SUMS, millis, allBytes: 0, count: 1, parts: [] };
}

function modulePart({ measured: { trace }, time }: ExportedModule, nameOf: NameOf, floors: Floors): Part {
  const stages = time.stages.map(({ stage, millis }, index) => {
    const label = stageLabel(stage);
    if (index < time.stages.length - 1 || trace === null) return only("stage", label, millis);
    const more = [only("managers", "", time.passManagers), only("rest", "", time.rest)].filter((part) => part.millis > 0);
    return whole("stage", label, null, [...passParts(trace, nameOf, floors), ...more]);
  });
  return whole("module", time.name, time.module, stages);
}

function passParts(trace: PassesTrace, nameOf: NameOf, { time, peak }: Floors): Part[] {
  const runs = runsThat(trace, {});
  const sums = sumsByBoth(trace, runs);
  const functions = new Map<number, Part[]>();
  const small = new Map<number, RunSums & { count: number; peaks: number }>();
  const isSmall = (one: RunSums): boolean => one.time < time.least && (one.peak === 0 || one.peak < peak.least);
  for (const one of sums) {
    if (isSmall(one)) {
      addSmall(small, one);
      continue;
    }
    const key = one.function === WHOLE_MODULE ? null : (trace.functions[one.function] ?? "");
    const name = (): string => functionWords(trace, one.function, nameOf).function;
    const own = sumsFrom(trace, one);
    const list = functions.get(one.pass) ?? [];
    list.push({ kind: "function", name, key, ...own, allBytes: own.peakBytes ?? 0, count: 1, parts: [] });
    functions.set(one.pass, list);
  }
  time.add(sums.map((one) => one.time));
  peak.add(sums.flatMap((one) => (one.peak === 0 ? [] : [one.peak])));
  for (const [pass, { count, peaks, ...all }] of small) {
    const part: Part = {
      ...{ kind: "smaller", name: () => "", key: null, ...sumsFrom(trace, all) },
      ...{ allBytes: bytesOf(trace, peaks) ?? 0, count, parts: [] },
    };
    functions.set(pass, [...(functions.get(pass) ?? []), part]);
  }
  return [...sumsByPass(trace, runs)].map(([pass, sums]) => ({
    ...whole("pass", trace.passes[pass] ?? "", null, functions.get(pass) ?? []),
    // A run for several functions is one run.
    ...{ runs: sums.runs, changed: sums.changed },
  }));
}

function addSmall(small: Map<number, RunSums & { count: number; peaks: number }>, one: PassOnFunction): void {
  const sum = small.get(one.pass) ?? { count: 0, peaks: 0, runs: 0, changed: 0, time: 0, net: 0, peak: 0 };
  sum.count += 1;
  sum.peaks += one.peak;
  sum.runs += one.runs;
  sum.changed += one.changed;
  sum.time += one.time;
  sum.peak = Math.max(sum.peak, one.peak);
  small.set(one.pass, sum);
}

function sumsFrom(trace: PassesTrace, { time, runs, changed, peak }: RunSums): ProfileSums {
  return { millis: millisOf(time), runs, changed, peakBytes: bytesOf(trace, peak) };
}

/** The largest parts by time and by memory, and what they are parts of. */
function chosen(parts: readonly Part[], most: number): ReadonlySet<Part> {
  const within = new Map<Part, Part | null>();
  const visit = (list: readonly Part[], parent: Part | null): void => {
    for (const part of list) {
      within.set(part, parent);
      visit(part.parts, part);
    }
  };
  visit(parts, null);
  const all = [...within.keys()];
  if (all.length <= most) return new Set(all);
  const found = new Set<Part>();
  for (const of of ["millis", "allBytes"] as const) {
    for (const part of all.toSorted((left, right) => right[of] - left[of]).slice(0, most)) {
      if (part[of] === 0) break;
      for (let one: Part | null = part; one !== null && !found.has(one); one = within.get(one) ?? null) found.add(one);
    }
  }
  return found;
}

function addAll(frames: ProfileFrame[], parts: readonly Part[], parent: number, shown: ReadonlySet<Part>): void {
  const small = parts.filter((part) => part.kind === "smaller" || !shown.has(part));
  // One part alone needs no frame that says less.
  const all = small.length === 1 && small[0]?.parts.length === 0;
  for (const part of parts
    .filter((one) => all || (one.kind !== "smaller" && shown.has(one)))
    .sort((left, right) => right.millis - left.millis)) {
    addAll(frames, part.parts, frames.push(frameOf(part, parent)) - 1, shown);
  }
  if (all || small.length === 0) return;
  const count = small.reduce((sum, one) => sum + one.count, 0);
  frames.push(frameOf({ ...whole("smaller", "", null, small), count }, parent));
}

function frameOf({ kind, name, key, millis, runs, changed, peakBytes, allBytes, count }: Part, parent: number): ProfileFrame {
  return { kind, parent, name: clippedName(name()), key, count, millis, runs, changed, peakBytes, allBytes };
}
