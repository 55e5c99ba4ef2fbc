/** Keyboard navigation in the timeline: pure functions. */
import type { Timeline } from "../../src/protocol/timeline.js";
import type { PlacedBar } from "./bars.js";
import type { TimeWindow } from "./window.js";

export type TimelineAction =
  | { readonly kind: "go"; readonly to: PlacedBar }
  | { readonly kind: "choose" }
  | { readonly kind: "zoom"; readonly factor: number }
  | { readonly kind: "pan"; readonly share: number }
  | { readonly kind: "whole" }
  | { readonly kind: "leave" };

/** @returns undefined for keys that the timeline does not handle */
export function timelineAction(
  { key, shiftKey }: { readonly key: string; readonly shiftKey: boolean },
  timeline: Timeline,
  at: PlacedBar | undefined,
  window: TimeWindow,
): TimelineAction | undefined {
  switch (key) {
    case "+":
    case "=":
      return { kind: "zoom", factor: 2 };
    case "-":
    case "_":
      return { kind: "zoom", factor: 0.5 };
    case "0":
      return { kind: "whole" };
    case "Enter":
      return at === undefined ? undefined : { kind: "choose" };
    case "Escape":
      return { kind: "leave" };
  }
  if (shiftKey && (key === "ArrowLeft" || key === "ArrowRight")) return { kind: "pan", share: key === "ArrowLeft" ? -0.25 : 0.25 };
  const to = step(key, timeline, at, window);
  return to === undefined ? undefined : { kind: "go", to };
}

function step(key: string, timeline: Timeline, at: PlacedBar | undefined, window: TimeWindow): PlacedBar | undefined {
  if (!["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"].includes(key)) return undefined;
  const lanes = timeline.lanes.filter(({ bars }) => bars.length > 0).toSorted((left, right) => left.thread - right.thread);
  const lane = lanes.findIndex(({ thread }) => thread === at?.thread);
  if (at === undefined || lane < 0) return nearest(lanes[0], window.from);
  if (key === "ArrowUp" || key === "ArrowDown") {
    return nearest(lanes[lane + (key === "ArrowUp" ? -1 : 1)] ?? lanes[lane], at.bar.start + at.bar.duration / 2) ?? at;
  }
  const bars = lanes[lane]?.bars ?? [];
  const index = bars.findIndex(({ start, activity }) => start === at.bar.start && activity === at.bar.activity);
  if (index < 0) return nearest(lanes[lane], at.bar.start);
  const to = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: bars.length - 1 }[key] ?? index;
  const bar = bars[Math.min(bars.length - 1, Math.max(0, to))];
  return bar === undefined ? undefined : { bar, thread: at.thread };
}

/** The bar in a lane nearest to a point in time. */
function nearest(lane: Timeline["lanes"][number] | undefined, at: number): PlacedBar | undefined {
  const distance = ({ start, duration }: { readonly start: number; readonly duration: number }): number =>
    Math.max(start - at, at - start - duration, 0);
  let best = lane?.bars[0];
  for (const bar of lane?.bars ?? []) if (best === undefined || distance(bar) < distance(best)) best = bar;
  return lane === undefined || best === undefined ? undefined : { bar: best, thread: lane.thread };
}
