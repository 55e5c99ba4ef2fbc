/** A run's timings as a timeline: one lane per worker, with at most as many bars as requested. Pure functions. */
import { shortModuleName } from "../../protocol/module-names.js";
import type { Timing } from "../../protocol/runs.js";
import { PIPELINES, type Pipeline, type Stage } from "../../protocol/pipelines.js";
import { criticalPathOf } from "./critical-path.js";
import type { Timeline, TimelineBar, TimelineLane } from "../../protocol/timeline.js";

/** Activity → the stage that it alone makes; both take the same time. */
type StageOf = ReadonlyMap<string, Stage>;

function stageOfActivity({ stages }: Pipeline): StageOf {
  return new Map(
    stages.flatMap(({ tag, activity }) => [tag, ...(activity === null ? [] : [activity])].map((name) => [name, tag] as const)),
  );
}

/** The most bars in one message. */
export const MOST_BARS = 5000;

export interface TimelineRange {
  readonly bars: number;
  /** Micros since the first activity. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** @param pipeline the run's; the same activity (the passes) can lead to a different stage in each pipeline */
export function timelineOf(timings: readonly Timing[], range: TimelineRange, pipeline: Pipeline = PIPELINES.thin): Timeline {
  const origin = timings.reduce((first, { startMicros }) => Math.min(first, startMicros), Infinity);
  const total = timings.reduce((last, timing) => Math.max(last, timing.startMicros + timing.durationMicros - origin), 0);
  const from = Math.max(0, range.from ?? 0);
  const to = Math.min(total, range.to ?? total);
  const lanes = byThread(timings, { origin, from, to }, stageOfActivity(pipeline));
  const activities = [...lanes.values()].reduce((sum, bars) => sum + bars.length, 0);
  const asked = Number.isNaN(range.bars) ? MOST_BARS : Math.trunc(range.bars);
  const wanted = Math.min(MOST_BARS, Math.max(lanes.size, asked));
  const shown = [...lanes].map(([thread, bars]): TimelineLane => {
    const share = Math.max(1, Math.floor((wanted * bars.length) / Math.max(1, activities)));
    return { thread, bars: putTogether(bars, share, to - from), busy: busyIn(bars, from, to) };
  });
  const putTogetherCount = shown.reduce((sum, lane) => sum + lane.bars.filter(({ count }) => count > 1).length, 0);
  // One module that all others are linked into waits for none.
  const critical = pipeline.linksIntoOne ? null : criticalPathOf(timings);
  return { totalMicros: total, from, to, lanes: shown, activities, putTogether: putTogetherCount, critical };
}

interface Span {
  readonly origin: number;
  readonly from: number;
  readonly to: number;
}

function byThread(timings: readonly Timing[], { origin, from, to }: Span, stages: StageOf): Map<number, TimelineBar[]> {
  const lanes = new Map<number, TimelineBar[]>();
  // An activity comes before those nested in it.
  const ordered = timings.toSorted((left, right) => {
    const apart = left.startMicros - right.startMicros;
    return apart === 0 ? right.durationMicros - left.durationMicros : apart;
  });
  for (const timing of ordered) {
    const start = timing.startMicros - origin;
    if (start + timing.durationMicros < from || start > to) continue;
    const lane = lanes.get(timing.thread) ?? [];
    lane.push(barOf(timing, start, stages.get(timing.activity) ?? null));
    lanes.set(timing.thread, lane);
  }
  return lanes;
}

function barOf({ activity, argument, durationMicros }: Timing, start: number, stage: Stage | null): TimelineBar {
  return {
    start,
    duration: durationMicros,
    activity,
    module: argument,
    shortName: argument === null ? null : shortModuleName(argument),
    stage,
    count: 1,
  };
}

/** The first slots are this fraction of an even share, so that bars that can be drawn separately are not combined. */
const FINEST_SLOT = 1 / 256;

/** Neighbours of the same stage are combined over this many slots, so that fewer bars of different stages need to be. */
const SAME_STAGE_SLOTS = 8;

/** Combines neighbours whose common bar fits into a slot, and doubles the slot until there are few enough bars. */
function putTogether(bars: readonly TimelineBar[], most: number, span: number): readonly TimelineBar[] {
  let shown = bars;
  for (let slot = Math.max(1, span * FINEST_SLOT) / Math.max(1, most); shown.length > most; slot *= 2) shown = withSlots(bars, slot);
  return shown;
}

function withSlots(bars: readonly TimelineBar[], slot: number): TimelineBar[] {
  const shown: TimelineBar[] = [];
  for (const bar of bars) {
    const last = shown.at(-1);
    const end = bar.start + bar.duration;
    const most = last?.stage === bar.stage && bar.stage !== null ? SAME_STAGE_SLOTS * slot : slot;
    if (last !== undefined && Math.max(end, last.start + last.duration) - last.start <= most) {
      shown[shown.length - 1] = joined(last, bar, end);
    } else shown.push(bar);
  }
  return shown;
}

function joined(left: TimelineBar, right: TimelineBar, end: number): TimelineBar {
  const sameModule = left.module === right.module;
  return {
    start: left.start,
    duration: Math.max(left.duration, end - left.start),
    activity: left.activity === right.activity ? left.activity : "",
    module: sameModule ? left.module : null,
    shortName: sameModule ? left.shortName : null,
    stage: left.stage === right.stage ? left.stage : null,
    count: left.count + right.count,
  };
}

/** The time that bars cover. Activities of one worker overlap only where they are nested. */
function busyIn(bars: readonly TimelineBar[], from: number, to: number): number {
  let [busy, until] = [0, from];
  for (const { start, duration } of bars) {
    const [begin, end] = [Math.max(until, start), Math.min(to, start + duration)];
    if (end <= begin) continue;
    busy += end - begin;
    until = end;
  }
  return busy;
}
