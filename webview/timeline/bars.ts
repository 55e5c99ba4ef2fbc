/** What a bar of the timeline is, in words, and which bars are the longest. Pure functions. */
import { STAGE_NAMES, type Stage } from "../../src/protocol/stages.js";
import type { Timeline, TimelineBar } from "../../src/protocol/views.js";
import { micros, number } from "../../src/protocol/words.js";
import type { TimeWindow } from "./window.js";

/** How a bar looks; each has a pattern of its own besides its colour. */
export type Kind = "input" | "link" | "rename" | "resolve" | "internalize" | "restriction" | "import" | "optimize" | "other" | "several";

const KINDS: Readonly<Record<Stage, Kind>> = {
  "thin-lto-input": "input",
  "thin-lto-after-rename": "rename",
  "thin-lto-after-resolve": "resolve",
  "thin-lto-after-internalize": "internalize",
  "thin-lto-after-import": "import",
  "thin-lto-after-pm": "optimize",
  "lto.input": "input",
  "lto.after-restriction": "restriction",
  "lto.after-pm": "optimize",
};

export const KIND_LABELS: Readonly<Record<Kind, string>> = {
  input: "Input",
  link: "Linking one module",
  rename: "Rename",
  resolve: "Resolve",
  internalize: "Internalize",
  restriction: "Restriction",
  import: "Import",
  optimize: "Optimize (pm)",
  other: "Analysis and other work",
  several: "Several short ones",
};

/** rustc's activities of fat LTO that are parts of a stage, or more than one. */
const LINK = "LLVM_fat_lto_link_module";
const PARTS: Readonly<Record<string, string>> = {
  [LINK]: "Linking",
  LLVM_fat_lto_build_monolithic_module: "Input, Restriction and saving both",
};

export function kindOf({ stage, activity, count }: TimelineBar): Kind {
  if (stage !== null) return KINDS[stage];
  if (activity === LINK) return "link";
  return count > 1 ? "several" : "other";
}

/** A bar and the worker that it is of. */
export interface PlacedBar {
  readonly bar: TimelineBar;
  readonly thread: number;
}

/** "compute-cgu.0", "84 activities", "the whole program" */
export function whatOf({ module, shortName, count }: TimelineBar): string {
  if (module !== null) return shortName ?? module;
  return count > 1 ? `${number(count)} activities` : "the whole program";
}

/** "Import", "LLVM_thin_lto_global_analysis", "several stages" */
export function doingOf({ stage, activity }: TimelineBar): string {
  if (stage !== null) return STAGE_NAMES[stage].label;
  return PARTS[activity] ?? (activity === "" ? "several stages" : activity);
}

/** All that is to be said about a bar, in lines. */
export function linesOf({ bar, thread }: PlacedBar): readonly string[] {
  const { activity, stage, count, module } = bar;
  const name = module !== null && module !== bar.shortName ? [module] : [];
  const known = doingOf(bar);
  const doing = activity === "" || activity === known || activity === stage ? known : `${known} (${activity})`;
  const together = count > 1 ? [`${number(count)} short activities put together; zoom in to see them`] : [];
  return [
    whatOf(bar),
    ...name,
    doing,
    `${micros(bar.duration)}, starting at ${micros(bar.start)}, ${workerName(thread).toLowerCase()}`,
    ...together,
  ];
}

/** "Worker 1": people count from one. */
export function workerName(thread: number): string {
  return `Worker ${thread + 1}`;
}

export function overlaps({ start, duration }: TimelineBar, { from, to }: TimeWindow): boolean {
  return start + duration >= from && start <= to;
}

/** The longest single activities that a window shows, longest first. */
export function longest({ lanes }: Timeline, window: TimeWindow, most: number): readonly PlacedBar[] {
  return lanes
    .flatMap(({ thread, bars }) => bars.filter((bar) => bar.count === 1 && overlaps(bar, window)).map((bar) => ({ bar, thread })))
    .sort((left, right) => right.bar.duration - left.bar.duration)
    .slice(0, most);
}

/** The share of a window in which a worker worked; null: too much was put together to tell. */
export function busyShare(timeline: Timeline, thread: number, window: TimeWindow): number | null {
  const span = window.to - window.from;
  const lane = timeline.lanes.find((candidate) => candidate.thread === thread);
  if (lane === undefined || span <= 0) return 0;
  if (timeline.from === window.from && timeline.to === window.to) return lane.busy / span;
  if (timeline.putTogether > 0) return null;
  let [busy, until] = [0, window.from];
  for (const { start, duration } of lane.bars) {
    const [begin, end] = [Math.max(until, start), Math.min(window.to, start + duration)];
    if (end <= begin) continue;
    busy += end - begin;
    until = end;
  }
  return busy / span;
}
