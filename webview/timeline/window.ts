/** The part of a run that the timeline shows, in micros since its first activity. Pure functions. */
import type { Timeline } from "../../src/protocol/timeline.js";

export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** The shortest window: no measured time is shorter. */
export const SHORTEST = 20;

/** Moves and cuts a window so that it lies within the run. */
export function within(window: TimeWindow, total: number): TimeWindow {
  const span = Math.min(total, Math.max(Math.min(SHORTEST, total), window.to - window.from));
  const from = Math.min(total - span, Math.max(0, window.from));
  return { from, to: from + span };
}

/** Zooms out (factor below 1) or in around a fixed point. */
export function zoomed(window: TimeWindow, factor: number, around: number, total: number): TimeWindow {
  const span = (window.to - window.from) / factor;
  const share = (around - window.from) / Math.max(1, window.to - window.from);
  const from = around - share * span;
  return within({ from, to: from + span }, total);
}

/** Moves by a share of the window. */
export function panned(window: TimeWindow, share: number, total: number): TimeWindow {
  const by = (window.to - window.from) * share;
  return within({ from: window.from + by, to: window.to + by }, total);
}

/** Moves or zooms just enough to show a stretch of time with a margin. */
export function revealing(window: TimeWindow, stretch: TimeWindow, total: number): TimeWindow {
  if (stretch.from >= window.from && stretch.to <= window.to) return window;
  const span = Math.max(window.to - window.from, (stretch.to - stretch.from) * 1.2);
  const middle = (stretch.from + stretch.to) / 2;
  return within({ from: middle - span / 2, to: middle + span / 2 }, total);
}

export function isWhole({ from, to }: TimeWindow, total: number): boolean {
  return from <= 0 && to >= total;
}

/** The loaded range may be up to this many times longer than the window; beyond that, its bars are too coarse. */
const ENOUGH = 2.2;

/** Whether the loaded data is too coarse or too narrow for a window. */
export function needsMore(loaded: Timeline | undefined, window: TimeWindow): boolean {
  if (loaded === undefined) return true;
  if (window.from < loaded.from || window.to > loaded.to) return true;
  return loaded.putTogether > 0 && loaded.to - loaded.from > ENOUGH * (window.to - window.from);
}

/** The range to request: half a window more on both sides, for panning. */
export function rangeFor(window: TimeWindow, total: number): TimeWindow {
  const margin = (window.to - window.from) / 2;
  return { from: Math.max(0, Math.floor(window.from - margin)), to: Math.min(total, Math.ceil(window.to + margin)) };
}
