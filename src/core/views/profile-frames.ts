/** The frames of a profile's flame graph: crate, module, stage, pass and function; small ones are put together. Pure functions. */
import type { FrameKind, ProfileFrame, ProfileSums } from "../../protocol/requests/profile.js";
import { stageLabel } from "../../protocol/stages.js";
import type { ExportedModule } from "../explain/passes/exports.js";
import { bytesOf, functionWords, millisOf, type NameOf } from "../explain/passes/rows.js";
import { runsThat, sumsByBoth, sumsByPass, type RunSums } from "../explain/passes/run-list.js";
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
  readonly name: string;
  readonly key: string | null;
  readonly allBytes: number;
  readonly parts: readonly Part[];
}

const NO_SUMS: ProfileSums = { millis: 0, runs: 0, changed: 0, peakBytes: null };

/** @param most frames by time, and by memory */
export function framesOf(modules: readonly ExportedModule[], nameOf: NameOf, most = MOST_FRAMES): ProfileFrame[] {
  const crates = new Map<string, Part[]>();
  for (const one of modules) {
    const list = crates.get(one.time.crate) ?? [];
    list.push(modulePart(one, nameOf));
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
  return { kind, name: clippedName(name), key, ...sums, allBytes: parts.reduce((sum, { allBytes }) => sum + allBytes, 0), parts };
}

function only(kind: FrameKind, name: string, millis: number): Part {
  return { kind, name, key: null, ...NO_SUMS, millis, allBytes: 0, parts: [] };
}

function modulePart({ measured: { trace }, time }: ExportedModule, nameOf: NameOf): Part {
  const stages = time.stages.map(({ stage, millis }, index) => {
    const label = stageLabel(stage);
    if (index < time.stages.length - 1 || trace === null) return only("stage", label, millis);
    const more = [only("managers", "", time.passManagers), only("rest", "", time.rest)].filter((part) => part.millis > 0);
    return whole("stage", label, null, [...passParts(trace, nameOf), ...more]);
  });
  return whole("module", time.name, time.module, stages);
}

function passParts(trace: PassesTrace, nameOf: NameOf): Part[] {
  const runs = runsThat(trace, {});
  const functions = new Map<number, Part[]>();
  for (const one of sumsByBoth(trace, runs)) {
    const { function: name, symbol } = functionWords(trace, one.function, nameOf);
    const sums = sumsFrom(trace, one);
    const list = functions.get(one.pass) ?? [];
    list.push({ kind: "function", name: clippedName(name), key: symbol, ...sums, allBytes: sums.peakBytes ?? 0, parts: [] });
    functions.set(one.pass, list);
  }
  return [...sumsByPass(trace, runs)].map(([pass, sums]) => ({
    ...whole("pass", trace.passes[pass] ?? "", null, functions.get(pass) ?? []),
    // A run for several functions is one run.
    ...{ runs: sums.runs, changed: sums.changed },
  }));
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
  const small = parts.filter((part) => !shown.has(part));
  // One part alone needs no frame that says less.
  const all = small.length === 1 && small[0]?.parts.length === 0;
  for (const part of parts.filter((one) => all || shown.has(one)).sort((left, right) => right.millis - left.millis)) {
    addAll(frames, part.parts, frames.push(frameOf(part, parent, 1)) - 1, shown);
  }
  if (!all && small.length > 0) frames.push(frameOf(whole("smaller", "", null, small), parent, small.length));
}

function frameOf({ kind, name, key, millis, runs, changed, peakBytes, allBytes }: Part, parent: number, count: number): ProfileFrame {
  return { kind, parent, name, key, count, millis, runs, changed, peakBytes, allBytes };
}
