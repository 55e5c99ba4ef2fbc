/** The longest activities that the timeline shows, as a table. */
import type { Timeline } from "../../src/protocol/views.js";
import { h, replace, scrollable } from "../dom.js";
import { clockOf, micros } from "../words.js";
import { doingOf, kindOf, longest, whatOf, type PlacedBar } from "./bars.js";
import { swatch } from "./patterns.js";
import type { TimeWindow } from "./window.js";

export interface LongestEvents {
  reveal(bar: PlacedBar): void;
  open(bar: PlacedBar): void;
}

export class LongestTable {
  readonly #body = h("tbody");
  readonly element: HTMLElement;
  readonly #events: LongestEvents;

  constructor(events: LongestEvents) {
    this.#events = events;
    const head = ["Module", "Activity", "Thread", "Start", "Time"].map((label, index) =>
      h("th", { scope: "col", class: index > 1 ? "right" : null }, label),
    );
    const title = "Longest activities in view";
    const table = h("table", {}, h("caption", {}, title), h("thead", {}, h("tr", {}, ...head)), this.#body);
    this.element = scrollable(h("div", { class: "beside-table longest" }, table), title);
  }

  show(timeline: Timeline, window: TimeWindow, most: number): void {
    const clock = clockOf((window.to - window.from) / 100, window.to);
    replace(this.#body, ...longest(timeline, window, most).map((placed) => this.#row(placed, clock)));
  }

  #row(placed: PlacedBar, clock: (at: number) => string): HTMLElement {
    const { bar, thread } = placed;
    const name = h("button", { type: "button", class: "link", title: bar.module }, whatOf(bar));
    name.addEventListener("click", () => {
      this.#events.open(placed);
    });
    const start = h("button", { type: "button", class: "link", title: "Show it in the timeline" }, clock(bar.start));
    start.addEventListener("click", () => {
      this.#events.reveal(placed);
    });
    return h(
      "tr",
      {},
      h("th", { scope: "row", class: "clip" }, bar.module === null ? whatOf(bar) : name),
      h("td", { class: "clip", title: bar.activity }, swatch(kindOf(bar)), doingOf(bar)),
      h("td", { class: "right" }, String(thread)),
      h("td", { class: "right" }, start),
      h("td", { class: "right" }, micros(bar.duration)),
    );
  }
}
