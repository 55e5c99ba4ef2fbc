/** The timeline: workers × modules × stages, with a table of the longest activities beside it. */
import * as l10n from "../../src/protocol/l10n.js";
import { pipelineOf } from "../../src/protocol/pipelines.js";
import type { Timeline } from "../../src/protocol/timeline.js";
import type { ModuleRow, RunView } from "../../src/protocol/views.js";
import { debounced, h, newId, replace, setText, show } from "../dom.js";
import { FailureSlot } from "../failure.js";
import { Latest, type Host } from "../host.js";
import { icon } from "../icons.js";
import type { Store } from "../state.js";
import { button } from "../toolkit.js";
import { clockOf, number, micros } from "../../src/protocol/words.js";
import { legendOf, linesOf, partOf, type LegendLine, type PlacedBar } from "./bars.js";
import { criticalSwatch, criticalWords } from "./critical.js";
import { TimelineChart } from "./chart.js";
import { timelineAction } from "./keys.js";
import { LongestTable } from "./longest.js";
import { swatch } from "./patterns.js";
import { isWhole, needsMore, panned, rangeFor, revealing, within, zoomed, type TimeWindow } from "./window.js";

/** The maximum number of bars per answer: about the pixels of a wide screen. */
const MOST_BARS = 1500;
const ASK_MILLIS = 120;
const LONGEST = 10;

export class TimelineSection {
  readonly element: HTMLElement;
  readonly #host: Host;
  readonly #store: Store;
  readonly #chart: TimelineChart;
  readonly #longest: LongestTable;
  readonly #failure: FailureSlot;
  readonly #latest = new Latest();
  readonly #latestSlowest = new Latest();
  readonly #where = h("p", { class: "found dim" });
  readonly #spoken = h("p", { class: "unseen", role: "status" });
  readonly #nothing = h(
    "p",
    { class: "nothing", hidden: true },
    l10n.t("No activities were recorded: all stages came from the store, or none was made."),
  );
  readonly #critical = h("div", { class: "critical", hidden: true });
  readonly #parts: HTMLElement;
  readonly #legend = h("ul", { class: "legend", "aria-label": l10n.t("What the bars mean") });
  readonly #criticalLine = h("li", {}, criticalSwatch(), l10n.t("Critical path"));
  #lines: readonly { readonly line: LegendLine; readonly element: HTMLElement }[] = [];
  readonly #ask = debounced(ASK_MILLIS, () => void this.#load());
  #run: RunView | undefined;
  #loaded: Timeline | undefined;
  #threads: readonly number[] = [];
  #slowest: readonly ModuleRow[] = [];
  #slowestKnown = false;

  constructor(host: Host, store: Store) {
    this.#host = host;
    this.#store = store;
    this.#failure = new FailureSlot({ retry: () => this.refresh(), showLog: () => host.command("showLog") });
    const hint = h("p", { id: newId("hint"), class: "unseen" }, KEYS);
    this.#chart = new TimelineChart(
      { window: (window) => this.#setWindow(window), choose: (bar) => this.#choose(bar), key: (event) => this.#key(event) },
      hint.id,
    );
    this.#longest = new LongestTable({
      reveal: (bar) => this.#reveal(bar),
      open: (bar) => this.#choose(bar),
      openModule: ({ name }) => host.open(this.#run?.id ?? "", name, null),
    });
    const zoomButton = (label: string, name: "zoomIn" | "zoomOut" | "whole", act: () => void): HTMLElement =>
      button(label, { appearance: "icon", icon: icon(name), onClick: act });
    const tools = h(
      "div",
      { class: "tools" },
      zoomButton(l10n.t("Zoom In"), "zoomIn", () => this.#zoomBy(2)),
      zoomButton(l10n.t("Zoom Out"), "zoomOut", () => this.#zoomBy(0.5)),
      zoomButton(l10n.t("Whole Run"), "whole", () => this.#setWindow({ from: 0, to: this.#total })),
      button(l10n.t("Profile Passes"), {
        title: l10n.t("Where the time and the memory of LTO go, by crate, module, pass and function"),
        onClick: () => host.command("profilePasses"),
      }),
      this.#where,
    );
    this.#parts = h(
      "div",
      { class: "beside", hidden: true },
      h("div", { class: "beside-chart" }, this.#chart.element, this.#legend, hint, this.#spoken),
      this.#longest.element,
    );
    const title = h("h2", { id: "timeline-title" }, l10n.t("Timeline"));
    const section = { class: "section timeline", "aria-labelledby": title.id };
    this.element = h("section", section, title, tools, this.#failure.element, this.#nothing, this.#critical, this.#parts);
  }

  show(run: RunView): void {
    if (this.#run?.id !== run.id) {
      this.#loaded = undefined;
      this.#threads = [];
      this.#slowest = [];
      this.#latestSlowest.forget();
      this.#chart.current = undefined;
      this.#explain(run);
    }
    this.#run = run;
    this.refresh();
  }

  refresh(): void {
    this.#slowestKnown = false;
    void this.#load();
  }

  #explain({ unit }: RunView): void {
    this.#lines = legendOf(pipelineOf(unit.mode)).map((line) => ({ line, element: h("li", {}, swatch(line.kind), line.label) }));
    replace(this.#legend, ...this.#lines.map(({ element }) => element), this.#criticalLine);
  }

  /** In a long run, the longest activities may be combined with others; its slowest modules are still known. */
  async #askSlowest(run: string): Promise<void> {
    const query = { subject: { run }, sort: "time", descending: true } as const;
    const outcome = await this.#latestSlowest.of((token) => this.#host.ask("modules", { ...query, offset: 0, limit: LONGEST }, token));
    if (outcome === undefined) return;
    if ("failure" in outcome) {
      this.#failure.tell(outcome.failure);
      return;
    }
    this.#slowest = outcome.answer.rows.filter(({ fromStore }) => !fromStore);
    this.#slowestKnown = true;
    this.#draw();
  }

  get #total(): number {
    return this.#loaded?.totalMicros ?? 0;
  }

  get #window(): TimeWindow {
    const { zoom } = this.#store.state;
    return within(zoom ?? { from: 0, to: this.#total }, this.#total);
  }

  async #load(): Promise<void> {
    const run = this.#run?.id;
    if (run === undefined) return;
    const { zoom } = this.#store.state;
    // Before the first answer, the length of the run is unknown; the server clips the range.
    const range = zoom === null ? {} : rangeFor(zoom, this.#loaded?.totalMicros ?? Number.MAX_SAFE_INTEGER);
    const outcome = await this.#latest.of((token) => this.#host.ask("timeline", { run, bars: MOST_BARS, ...range }, token));
    if (outcome === undefined) return;
    if ("failure" in outcome) {
      this.#failure.tell(outcome.failure);
      return;
    }
    this.#failure.clear();
    this.#loaded = outcome.answer;
    if (outcome.answer.putTogether > 0 && !this.#slowestKnown) void this.#askSlowest(run);
    const threads = new Set([...this.#threads, ...outcome.answer.lanes.map(({ thread }) => thread)]);
    this.#threads = [...threads].sort((left, right) => left - right);
    this.#draw();
  }

  #draw(): void {
    const timeline = this.#loaded;
    if (timeline === undefined) return;
    const empty = timeline.totalMicros === 0;
    show(this.#nothing, empty);
    show(this.#parts, !empty);
    this.#drawCritical(timeline);
    if (empty) {
      setText(this.#where, "");
      return;
    }
    const window = this.#window;
    this.#chart.show(timeline, window, this.#threads);
    if (timeline.putTogether === 0) this.#longest.showActivities(timeline, window, LONGEST);
    else this.#longest.showModules(this.#slowest);
    setText(this.#where, this.#words(timeline, window));
    const bars = timeline.lanes.flatMap((lane) => lane.bars);
    for (const { line, element } of this.#lines) show(element, bars.some(line.isOf));
  }

  #drawCritical({ critical }: Timeline): void {
    show(this.#critical, critical !== null);
    show(this.#criticalLine, critical !== null);
    if (critical !== null) replace(this.#critical, ...criticalWords(critical).map((sentence) => h("p", {}, sentence)));
  }

  #words(timeline: Timeline, window: TimeWindow): string {
    const clock = clockOf((window.to - window.from) / 100, window.to);
    if (isWhole(window, timeline.totalMicros)) {
      const [count, time] = [timeline.activities, micros(timeline.totalMicros)];
      return count === 1 ? l10n.t("1 activity in {0}", time) : l10n.t("{0} activities in {1}", number(count), time);
    }
    return l10n.t("{0} to {1} of {2}", clock(window.from), clock(window.to), micros(timeline.totalMicros));
  }

  #setWindow(wanted: TimeWindow): void {
    const window = within(wanted, this.#total);
    this.#store.state.zoom = isWhole(window, this.#total) ? null : window;
    this.#store.saveSoon();
    this.#draw();
    if (needsMore(this.#loaded, window)) this.#ask();
  }

  #zoomBy(factor: number): void {
    const window = this.#window;
    const bar = this.#chart.current?.bar;
    const middle = (window.from + window.to) / 2;
    this.#setWindow(zoomed(window, factor, bar === undefined ? middle : bar.start + bar.duration / 2, this.#total));
  }

  #reveal(placed: PlacedBar): void {
    const { start, duration } = placed.bar;
    this.#setWindow(revealing(this.#window, { from: start, to: start + duration }, this.#total));
    this.#chart.current = placed;
    setText(this.#spoken, linesOf(placed).join(". "));
  }

  /** Zooms in on a combined bar; opens the changes of a module's activity. */
  #choose({ bar }: PlacedBar): void {
    const part = partOf(bar)?.own;
    const base = part === undefined ? undefined : this.#baseModule();
    if (part !== undefined && base !== undefined && this.#run !== undefined && bar.count === 1) {
      this.#host.open(this.#run.id, base, part.opens);
    } else if (bar.module !== null && this.#run !== undefined && (bar.count === 1 || bar.stage !== null)) {
      this.#host.open(this.#run.id, bar.module, bar.stage);
    } else if (bar.count > 1) {
      const margin = bar.duration / 10;
      this.#setWindow({ from: bar.start - margin, to: bar.start + bar.duration + margin });
    }
  }

  /** The base module, into which the others were linked: it alone has stages. */
  #baseModule(): string | undefined {
    const bars = this.#loaded?.lanes.flatMap((lane) => lane.bars) ?? [];
    return bars.find(({ stage, module }) => stage !== null && module !== null)?.module ?? undefined;
  }

  #key(event: KeyboardEvent): void {
    if (this.#loaded === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = timelineAction(event, this.#loaded, this.#chart.current, this.#window);
    if (action === undefined) return;
    event.preventDefault();
    switch (action.kind) {
      case "go":
        this.#reveal(action.to);
        break;
      case "choose":
        if (this.#chart.current !== undefined) this.#choose(this.#chart.current);
        break;
      case "zoom":
        this.#zoomBy(action.factor);
        break;
      case "pan":
        this.#setWindow(panned(this.#window, action.share, this.#total));
        break;
      case "whole":
        this.#setWindow({ from: 0, to: this.#total });
        break;
      case "leave":
        this.#chart.current = undefined;
        break;
    }
  }
}

const KEYS = l10n.t(
  "Left and Right go from activity to activity, Up and Down from worker to worker, Enter opens what the stage changed. Plus and minus zoom, Shift with Left or Right pans, 0 shows the whole run. The longest activities are in the table that follows.",
);
