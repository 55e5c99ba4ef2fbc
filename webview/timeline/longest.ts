/**
 * The longest activities as a table beside the timeline: single activities in view, or the slowest modules of the run if short activities were
 * combined and the longest ones are therefore unknown.
 */
import * as l10n from "../../src/protocol/l10n.js";
import type { Timeline } from "../../src/protocol/timeline.js";
import type { ModuleRow } from "../../src/protocol/views.js";
import { h, link, replace, scrollable, setText, show } from "../dom.js";
import { clockOf, duration, micros, number } from "../../src/protocol/words.js";
import { doingOf, kindOf, longest, whatOf, type PlacedBar } from "./bars.js";
import { swatch } from "./patterns.js";
import type { TimeWindow } from "./window.js";

export interface LongestEvents {
  reveal(bar: PlacedBar): void;
  open(bar: PlacedBar): void;
  openModule(row: ModuleRow): void;
}

interface Heading {
  readonly label: string;
  readonly right?: boolean;
}

const ACTIVITIES: readonly Heading[] = [
  { label: l10n.t("Module") },
  { label: l10n.t("Activity") },
  { label: l10n.t("Worker"), right: true },
  { label: l10n.t("Start"), right: true },
  { label: l10n.t("Time"), right: true },
];
const MODULES: readonly Heading[] = [
  { label: l10n.t("Module") },
  { label: l10n.t("Crate") },
  { label: l10n.t("Instructions"), right: true },
  { label: l10n.t("Time"), right: true },
];

export class LongestTable {
  readonly element: HTMLElement;
  readonly #activities = table("longest-activities", ACTIVITIES);
  readonly #modules = table("slowest-modules", MODULES);
  readonly #events: LongestEvents;

  constructor(events: LongestEvents) {
    this.#events = events;
    const body = h("div", { class: "beside-table longest" }, this.#activities.element, this.#modules.element);
    this.element = scrollable(body, l10n.t("What took longest"));
    setText(this.#activities.caption, l10n.t("Longest activities in view"));
    setText(this.#modules.caption, l10n.t("Slowest modules of the run"));
    this.#choose("activities");
  }

  showActivities(timeline: Timeline, window: TimeWindow, most: number): void {
    this.#choose("activities");
    const clock = clockOf((window.to - window.from) / 100, window.to);
    replace(this.#activities.body, ...longest(timeline, window, most).map((placed) => this.#activity(placed, clock)));
  }

  showModules(rows: readonly ModuleRow[]): void {
    this.#choose("modules");
    replace(this.#modules.body, ...rows.map((row) => this.#module(row)));
  }

  #choose(what: "activities" | "modules"): void {
    show(this.#activities.element, what === "activities");
    show(this.#modules.element, what === "modules");
  }

  #activity(placed: PlacedBar, clock: (at: number) => string): HTMLElement {
    const { bar, thread } = placed;
    const name = link(whatOf(bar), bar.module, () => {
      this.#events.open(placed);
    });
    const start = link(clock(bar.start), l10n.t("Show it in the timeline"), () => {
      this.#events.reveal(placed);
    });
    return h(
      "tr",
      {},
      h("th", { scope: "row", class: "clip" }, bar.module === null ? whatOf(bar) : name),
      h("td", { class: "clip", title: bar.activity }, swatch(kindOf(bar)), doingOf(bar)),
      h("td", { class: "right" }, String(thread + 1)),
      h("td", { class: "right" }, start),
      h("td", { class: "right" }, micros(bar.duration)),
    );
  }

  #module(row: ModuleRow): HTMLElement {
    const name = link(row.shortName, row.name, () => {
      this.#events.openModule(row);
    });
    return h(
      "tr",
      {},
      h("th", { scope: "row", class: "clip" }, name),
      h("td", { class: "clip" }, row.crate),
      h("td", { class: "right" }, row.instructions === null ? "" : number(row.instructions.after)),
      h("td", { class: "right" }, duration(row.millis)),
    );
  }
}

interface Table {
  readonly element: HTMLElement;
  readonly caption: HTMLElement;
  readonly body: HTMLElement;
}

function table(name: string, headings: readonly Heading[]): Table {
  const [caption, body] = [h("caption"), h("tbody")];
  const head = headings.map(({ label, right = false }) => h("th", { scope: "col", class: right ? "right" : null }, label));
  return { element: h("table", { class: name }, caption, h("thead", {}, h("tr", {}, ...head)), body), caption, body };
}
