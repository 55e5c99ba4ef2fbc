/** The frames of a profile as a tree. Pure functions. */
import type { FrameKind, ProfileFrame, ProfileSums } from "../../src/protocol/requests/profile.js";

/** What a frame's width shows. */
export type Measure = "time" | "memory";

/** A frame with its parts, the longest first. */
export interface Flame extends ProfileSums {
  readonly kind: FrameKind | "all";
  readonly name: string;
  readonly key: string | null;
  readonly count: number;
  readonly allBytes: number;
  /** null: everything. */
  parent: Flame | null;
  parts: readonly Flame[];
}

/** @returns everything, with the frames below it */
export function flameOf(frames: readonly ProfileFrame[]): Flame {
  const flames = frames.map((frame): Flame & { parts: Flame[] } => ({ ...frame, parent: null, parts: [] }));
  const first = frames.filter(({ parent }) => parent === -1);
  const peaks = first.flatMap(({ peakBytes }) => (peakBytes === null ? [] : [peakBytes]));
  const sum = (of: "millis" | "runs" | "changed" | "allBytes"): number => first.reduce((all, frame) => all + frame[of], 0);
  const all: Flame & { parts: Flame[] } = {
    ...{ kind: "all", name: "", key: null, count: 1, parent: null, parts: [] },
    ...{ millis: sum("millis"), runs: sum("runs"), changed: sum("changed"), allBytes: sum("allBytes") },
    peakBytes: peaks.length === 0 ? null : Math.max(...peaks),
  };
  frames.forEach(({ parent }, index) => {
    const flame = flames[index];
    if (flame === undefined) return;
    const above = flames[parent] ?? all;
    flame.parent = above;
    above.parts.push(flame);
  });
  return all;
}

/** Replaces the parts of a module by those of other frames of it. */
export function replaceModule(all: Flame, module: string, frames: readonly ProfileFrame[]): void {
  const isIt = ({ kind, key }: Flame): boolean => kind === "module" && key === module;
  const [known, told] = [found(all, isIt), found(flameOf(frames), isIt)];
  if (known === undefined || told === undefined) return;
  for (const part of told.parts) part.parent = known;
  known.parts = told.parts;
}

/** The first frame, from the top, that is so. */
export function found(flame: Flame, isIt: (one: Flame) => boolean): Flame | undefined {
  if (isIt(flame)) return flame;
  for (const part of flame.parts) {
    const inner = found(part, isIt);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** From everything to a frame. */
export function pathTo(flame: Flame): Flame[] {
  return flame.parent === null ? [flame] : [...pathTo(flame.parent), flame];
}

/** The same frame of another tree, or as much of its path as that has. */
export function sameIn(all: Flame, flame: Flame): Flame {
  let at = all;
  for (const { kind, name, key } of pathTo(flame).slice(1)) {
    const next = at.parts.find((part) => part.kind === kind && part.name === name && part.key === key);
    if (next === undefined) break;
    at = next;
  }
  return at;
}

/** The module that a frame is a part of, or is. */
export function moduleOf(flame: Flame): Flame | undefined {
  return pathTo(flame).find(({ kind }) => kind === "module");
}

export function hasSmaller(flame: Flame): boolean {
  return found(flame, ({ kind }) => kind === "smaller") !== undefined;
}

export function widthOf({ millis, allBytes }: Flame, by: Measure): number {
  return by === "time" ? millis : allBytes;
}

/** The outermost frames whose name has a text, ignoring case. */
export function matches(flame: Flame, text: string): Flame[] {
  const wanted = text.toLowerCase();
  if (wanted === "") return [];
  if (flame.name.toLowerCase().includes(wanted)) return [flame];
  return flame.parts.flatMap((part) => matches(part, text));
}
