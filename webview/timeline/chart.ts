/** The chart of the timeline: a lane per worker, a bar per activity. d3 handles gestures, scale and axis; data is loaded by time range. */
import * as l10n from "../../src/protocol/l10n.js";
import { axisTop } from "d3-axis";
import { scaleLinear } from "d3-scale";
import { select, type Selection } from "d3-selection";
import { zoom, zoomIdentity, type D3ZoomEvent, type ZoomBehavior } from "d3-zoom";
import type { LaneStretch, Timeline, TimelineBar } from "../../src/protocol/timeline.js";
import { h, oncePerFrame, replace, setAttributes, setText, show, svg } from "../dom.js";
import { clockOf } from "../../src/protocol/words.js";
import { busyShare, kindOf, linesOf, overlaps, whatOf, workerName, type PlacedBar } from "./bars.js";
import { patterns } from "./patterns.js";
import { SHORTEST, type TimeWindow } from "./window.js";

/** Heights of lanes: few lanes are higher than many. */
const LANE = { least: 24, most: 36, together: 216 };
const AROUND_BAR = 6;
/** The mark of the critical path has the space below bars. */
const MARK = AROUND_BAR / 2;
const AXIS = 24;
/** Pixels of a letter in a bar. */
const LETTER = 6.3;
const FEWEST_LETTERS = 4;
const PIXELS_PER_TICK = 110;
/** A pinch on a touch pad arrives as a Ctrl+wheel event with a small delta. */
const PINCH = 30;

export interface ChartEvents {
  /** The user zooms or pans. */
  window(window: TimeWindow): void;
  /** A click, or Enter. */
  choose(bar: PlacedBar): void;
  key(event: KeyboardEvent): void;
}

interface DrawnBar {
  readonly rect: SVGRectElement;
  readonly label: SVGTextElement;
}

export class TimelineChart {
  readonly element: HTMLElement;
  readonly #axis = svg("svg", { class: "timeline-axis", height: AXIS, "aria-hidden": "true" }, svg("g", {}));
  readonly #lanes = svg("svg", { class: "timeline-lanes", "aria-hidden": "true" }, patterns());
  readonly #grid = svg("g", { class: "timeline-grid" });
  readonly #bars = svg("g", { class: "timeline-bars" });
  readonly #critical = svg("g", { class: "timeline-critical" });
  readonly #names = h("div", { class: "timeline-names" });
  readonly #tip = h("div", { class: "tip", hidden: true });
  readonly #events: ChartEvents;
  readonly #pool: DrawnBar[] = [];
  readonly #zoom: ZoomBehavior<SVGSVGElement, unknown>;
  readonly #zoomed: Selection<SVGSVGElement, unknown, null, undefined>;
  #drawn: readonly PlacedBar[] = [];
  #threads: readonly number[] = [];
  #timeline: Timeline | undefined;
  #window: TimeWindow = { from: 0, to: 1 };
  #current: PlacedBar | undefined;
  #placing = false;
  #lane = LANE.least;
  readonly #draw = oncePerFrame(() => {
    this.drawNow();
  });

  constructor(events: ChartEvents, description: string) {
    this.#events = events;
    this.#lanes.append(this.#grid, this.#bars, this.#critical);
    const body = h("div", { class: "timeline-body" }, this.#names, h("div", { class: "timeline-plot" }, this.#lanes));
    this.element = h(
      "div",
      {
        class: "timeline-chart",
        role: "application",
        "aria-roledescription": l10n.t("timeline"),
        "aria-label": l10n.t("Timeline"),
        "aria-describedby": description,
        tabindex: 0,
      },
      h("div", { class: "timeline-top" }, h("div", { class: "timeline-corner dim" }, l10n.t("Worker, busy")), this.#axis),
      body,
      this.#tip,
    );
    this.#zoom = zoom<SVGSVGElement, unknown>()
      .wheelDelta((event: WheelEvent) => -event.deltaY * (event.deltaMode === 1 ? 0.05 : Math.abs(event.deltaY) < PINCH ? 0.02 : 0.004))
      .filter((event: MouseEvent) => (event.type === "wheel" ? event.ctrlKey || event.metaKey : event.button === 0))
      .on("zoom", (event: D3ZoomEvent<SVGSVGElement, unknown>) => {
        this.#gesture(event);
      });
    this.#zoomed = select(this.#lanes);
    this.#zoomed.call(this.#zoom).on("dblclick.zoom", null);
    this.#listen();
  }

  /** Shows a part of a run, as far as loaded. `threads`: all known workers, so that lanes keep their positions. */
  show(timeline: Timeline, window: TimeWindow, threads: readonly number[]): void {
    this.#timeline = timeline;
    this.#window = window;
    if (threads.join() !== this.#threads.join()) this.#layOut(threads);
    this.#place();
    this.#draw();
  }

  get current(): PlacedBar | undefined {
    return this.#current;
  }

  /** The active bar; its description is shown beside it. */
  set current(bar: PlacedBar | undefined) {
    this.#current = bar;
    this.drawNow();
    if (bar === undefined) {
      this.hideTip();
      return;
    }
    const x = this.#scale()(Math.max(bar.bar.start, this.#window.from));
    const lane = this.#threads.indexOf(bar.thread);
    this.#rowAt(lane)?.scrollIntoView({ block: "nearest" });
    this.#showTip(bar, this.#names.offsetWidth + x, AXIS + (lane + 1) * this.#lane);
  }

  hideTip(): void {
    show(this.#tip, false);
  }

  /** Draws the visible bars. */
  drawNow(): void {
    const timeline = this.#timeline;
    if (timeline === undefined) return;
    const width = this.#width();
    const scale = this.#scale();
    this.#drawn = timeline.lanes.flatMap(({ thread, bars }) =>
      bars.filter((bar) => overlaps(bar, this.#window)).map((bar) => ({ bar, thread })),
    );
    this.#drawn.forEach((placed, index) => {
      const [from, to] = [placed.bar.start, placed.bar.start + placed.bar.duration];
      // Contained bars are drawn over a bar, so that its name ends where they begin.
      const next = this.#drawn[index + 1];
      const free = next?.thread === placed.thread ? Math.min(to, next.bar.start) : to;
      this.#drawBar(this.#pooled(index), placed, { from: scale(from), to: scale(to), free: scale(free) }, width);
    });
    for (const { rect, label } of this.#pool.slice(this.#drawn.length)) {
      setAttributes(rect, { display: "none" });
      setAttributes(label, { display: "none" });
    }
    this.#drawCritical(timeline.critical?.stretches ?? []);
    this.#drawAxis(width);
    this.#drawBusy(timeline);
  }

  #width(): number {
    return Math.max(1, this.#lanes.clientWidth);
  }

  #scale(): ReturnType<typeof scaleLinear<number, number>> {
    return scaleLinear<number, number>().domain([this.#window.from, this.#window.to]).range([0, this.#width()]);
  }

  #layOut(threads: readonly number[]): void {
    this.#threads = threads;
    const rows = threads.map((thread) =>
      h("div", { class: "timeline-name" }, h("span", {}, workerName(thread)), h("span", { class: "timeline-busy dim" })),
    );
    replace(this.#names, ...rows);
    this.#lane = Math.round(Math.min(LANE.most, Math.max(LANE.least, LANE.together / Math.max(1, threads.length))));
    this.element.style.setProperty("--lane", `${this.#lane}px`);
    setAttributes(this.#lanes, { height: threads.length * this.#lane });
    replace(
      this.#grid,
      ...threads.map((_, lane) => svg("line", { x1: 0, x2: "100%", y1: (lane + 1) * this.#lane - 0.5, y2: (lane + 1) * this.#lane - 0.5 })),
    );
  }

  #rowAt(lane: number): Element | null {
    return this.#names.children.item(lane);
  }

  #pooled(index: number): DrawnBar {
    const known = this.#pool[index];
    if (known !== undefined) return known;
    const made = { rect: svg("rect", { rx: 1.5 }), label: svg("text", { class: "bar-label" }) };
    made.rect.dataset["index"] = String(index);
    this.#bars.append(made.rect, made.label);
    this.#pool.push(made);
    return made;
  }

  /** @param span pixels from the left; its name has space up to `free` */
  #drawBar(
    { rect, label }: DrawnBar,
    placed: PlacedBar,
    { from, to, free }: { readonly from: number; readonly to: number; readonly free: number },
    width: number,
  ): void {
    const kind = kindOf(placed.bar);
    // Clipped, since coordinates far outside the picture are too large to draw exactly.
    const [left, right] = [Math.max(-10, from), Math.min(width + 10, to)];
    const y = this.#threads.indexOf(placed.thread) * this.#lane + AROUND_BAR / 2;
    const height = this.#lane - AROUND_BAR;
    const current = isSame(placed, this.#current);
    setAttributes(rect, {
      display: null,
      x: left.toFixed(2),
      y,
      height,
      width: Math.max(1, right - left).toFixed(2),
      class: `bar kind-${kind}${current ? " bar-current" : ""}`,
      fill: `url(#fill-${kind})`,
    });
    const seen = Math.max(0, left);
    const letters = Math.floor((Math.min(width, right, free) - seen - 8) / LETTER);
    const text = placed.bar.module === null || letters < FEWEST_LETTERS ? "" : cut(whatOf(placed.bar), letters);
    setAttributes(label, { display: text === "" ? "none" : null, x: (seen + 4).toFixed(2), y: y + height / 2 });
    setText(label, text);
  }

  #drawCritical(stretches: readonly LaneStretch[]): void {
    const [scale, width] = [this.#scale(), this.#width()];
    const marks = stretches.flatMap(({ thread, from, to }) => {
      const [left, right] = [Math.max(0, scale(from)), Math.min(width, scale(to))];
      const y = (this.#threads.indexOf(thread) + 1) * this.#lane - MARK;
      if (right <= left || y < 0) return [];
      return [svg("rect", { x: left.toFixed(2), y, width: (right - left).toFixed(2), height: MARK, class: "critical-mark" })];
    });
    replace(this.#critical, ...marks);
  }

  #drawAxis(width: number): void {
    const scale = this.#scale();
    const ticks = Math.max(2, Math.floor(width / PIXELS_PER_TICK));
    const places = scale.ticks(ticks);
    const clock = clockOf((places[1] ?? 1) - (places[0] ?? 0), this.#window.to);
    const axis = axisTop(scale)
      .ticks(ticks)
      .tickSizeOuter(0)
      .tickFormat((at) => clock(at.valueOf()));
    select(this.#axis)
      .select<SVGGElement>("g")
      .attr("transform", `translate(0,${AXIS - 1})`)
      .call(axis);
  }

  #drawBusy(timeline: Timeline): void {
    this.#threads.forEach((thread, lane) => {
      const share = busyShare(timeline, thread, this.#window);
      const label = this.#rowAt(lane)?.querySelector(".timeline-busy");
      if (label) setText(label, share === null ? "" : `${Math.round(100 * share)} %`);
    });
  }

  /** Synchronizes d3 after a change that it did not make. */
  #place(): void {
    const total = this.#timeline?.totalMicros ?? 1;
    const [width, height] = [this.#width(), Math.max(1, this.#threads.length * this.#lane)];
    const box: [[number, number], [number, number]] = [
      [0, 0],
      [width, height],
    ];
    const factor = total / Math.max(1, this.#window.to - this.#window.from);
    this.#zoom
      .extent(box)
      .translateExtent(box)
      .scaleExtent([1, Math.max(1, total / SHORTEST)]);
    this.#placing = true;
    this.#zoom.transform(this.#zoomed, zoomIdentity.translate((-this.#window.from / total) * width * factor, 0).scale(factor));
    this.#placing = false;
  }

  #gesture({ transform }: D3ZoomEvent<SVGSVGElement, unknown>): void {
    if (this.#placing || this.#timeline === undefined) return;
    const total = this.#timeline.totalMicros;
    const from = (-transform.x / transform.k / this.#width()) * total;
    this.#events.window({ from, to: from + total / transform.k });
  }

  #listen(): void {
    new ResizeObserver(() => {
      this.#place();
      this.#draw();
    }).observe(this.#lanes);
    this.#lanes.addEventListener("pointermove", (event) => {
      const bar = this.#barAt(event);
      if (bar === undefined || event.buttons !== 0) this.hideTip();
      else {
        const box = this.element.getBoundingClientRect();
        this.#showTip(bar, event.clientX - box.left + 8, event.clientY - box.top + 14);
      }
    });
    this.#lanes.addEventListener("pointerleave", () => {
      this.hideTip();
    });
    this.#lanes.addEventListener("click", (event) => {
      const bar = this.#barAt(event);
      if (bar !== undefined) this.#events.choose(bar);
    });
    this.element.addEventListener("keydown", (event) => {
      this.#events.key(event);
    });
    this.element.addEventListener("blur", () => {
      this.hideTip();
    });
  }

  #barAt(event: Event): PlacedBar | undefined {
    const index = event.target instanceof SVGElement ? event.target.dataset["index"] : undefined;
    return index === undefined ? undefined : this.#drawn[Number(index)];
  }

  #showTip(bar: PlacedBar, x: number, y: number): void {
    replace(this.#tip, ...linesOf(bar).map((line, index) => h("div", { class: index === 0 ? "tip-title" : "tip-line" }, line)));
    show(this.#tip, true);
    const room = this.element.clientWidth - this.#tip.offsetWidth - 4;
    this.#tip.style.left = `${Math.max(0, Math.min(x, room))}px`;
    this.#tip.style.top = `${y}px`;
  }
}

/** Compares by content, since each answer creates new objects. */
function isSame(bar: PlacedBar, other: PlacedBar | undefined): boolean {
  return bar.thread === other?.thread && isSameBar(bar.bar, other.bar);
}

function isSameBar(bar: TimelineBar, other: TimelineBar): boolean {
  return bar.start === other.start && bar.duration === other.duration && bar.activity === other.activity;
}

function cut(text: string, letters: number): string {
  return text.length <= letters ? text : `${text.slice(0, Math.max(1, letters - 1))}…`;
}
