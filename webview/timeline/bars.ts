/** Describes bars of the timeline, and finds the longest. Pure functions. */
import * as l10n from "../../src/protocol/l10n.js";
import { ALL_PIPELINES, type Fill, type PartActivity, type Pipeline } from "../../src/protocol/pipelines.js";
import { stageInfo, stageLabel } from "../../src/protocol/stages.js";
import type { Timeline, TimelineBar } from "../../src/protocol/timeline.js";
import { micros, number } from "../../src/protocol/words.js";
import type { TimeWindow } from "./window.js";

/** The appearance of a bar: each kind has its own colour and pattern. */
export type Kind = Fill | "other" | "several";

/** The activity of a bar as a part of a stage, or of more than one; undefined: it leads to a stage, or is something else. */
export function partOf({ stage, activity }: TimelineBar, pipelines: readonly Pipeline[] = ALL_PIPELINES): PartActivity | undefined {
  return stage === null ? pipelines.flatMap(({ parts }) => parts).find((part) => part.activity === activity) : undefined;
}

export function kindOf(bar: TimelineBar, pipelines?: readonly Pipeline[]): Kind {
  const { stage, count } = bar;
  if (stage !== null) return stageInfo(stage, pipelines)?.fill ?? "other";
  return partOf(bar, pipelines)?.own?.fill ?? (count > 1 ? "several" : "other");
}

/** A line of the legend. */
export interface LegendLine {
  readonly kind: Kind;
  readonly label: string;
  readonly isOf: (bar: TimelineBar) => boolean;
}

/** The legend of a pipeline: its stages in order, each with its separately shown parts, and the rest. */
export function legendOf(pipeline: Pipeline): readonly LegendLine[] {
  const rest = (kind: Kind, label: string): LegendLine => ({ kind, label, isOf: (bar) => kindOf(bar, [pipeline]) === kind });
  return [
    ...pipeline.stages.flatMap(({ tag, label, fill }) => [
      { kind: fill, label, isOf: ({ stage }: TimelineBar): boolean => stage === tag },
      ...pipeline.parts.flatMap((part): LegendLine[] =>
        part.own?.opens === tag ? [{ kind: part.own.fill, label: part.own.legend, isOf: (bar) => partOf(bar, [pipeline]) === part }] : [],
      ),
    ]),
    rest("other", l10n.t("Analysis and other work")),
    rest("several", l10n.t("Several short ones")),
  ];
}

/** A bar and its worker. */
export interface PlacedBar {
  readonly bar: TimelineBar;
  readonly thread: number;
}

/** "compute-cgu.0", "84 activities", "the whole program" */
export function whatOf({ module, shortName, count }: TimelineBar): string {
  if (module !== null) return shortName ?? module;
  return count > 1 ? l10n.t("{0} activities", number(count)) : l10n.t("the whole program");
}

/** "Import", "LLVM_thin_lto_global_analysis", l10n.t("several stages") */
export function doingOf(bar: TimelineBar, pipelines?: readonly Pipeline[]): string {
  const { stage, activity } = bar;
  if (stage !== null) return stageLabel(stage, pipelines);
  return partOf(bar, pipelines)?.label ?? (activity === "" ? l10n.t("several stages") : activity);
}

/** The description of a bar, in lines. */
export function linesOf({ bar, thread }: PlacedBar): readonly string[] {
  const { activity, stage, count, module } = bar;
  const name = module !== null && module !== bar.shortName ? [module] : [];
  const known = doingOf(bar);
  const doing = activity === "" || activity === known || activity === stage ? known : `${known} (${activity})`;
  const together = count > 1 ? [l10n.t("{0} short activities combined; zoom in to see them", number(count))] : [];
  return [
    whatOf(bar),
    ...name,
    doing,
    l10n.t("{0}, starting at {1}, worker {2}", micros(bar.duration), micros(bar.start), thread + 1),
    ...together,
  ];
}

/** "Worker 1": users count from one. */
export function workerName(thread: number): string {
  return l10n.t("Worker {0}", thread + 1);
}

export function overlaps({ start, duration }: TimelineBar, { from, to }: TimeWindow): boolean {
  return start + duration >= from && start <= to;
}

/** The longest single activities in a window, longest first. */
export function longest({ lanes }: Timeline, window: TimeWindow, most: number): readonly PlacedBar[] {
  return lanes
    .flatMap(({ thread, bars }) => bars.filter((bar) => bar.count === 1 && overlaps(bar, window)).map((bar) => ({ bar, thread })))
    .sort((left, right) => right.bar.duration - left.bar.duration)
    .slice(0, most);
}

/** The share of a window in which a worker was busy; null: too many activities are combined to tell. */
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
