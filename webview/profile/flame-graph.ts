/** The flame graph: a row for crates, modules, stages, passes and functions each, with frames as wide as their time or memory. */
import * as l10n from "../../src/protocol/l10n.js";
import { h, newId, oncePerFrame, replace, setText, show, svg } from "../dom.js";
import { placedFlames, type PlacedFlame } from "./layout.js";
import { pathTo, widthOf, type Flame, type Measure } from "./tree.js";
import { briefly, linesOf, nameOf } from "./words.js";

/** In pixels: a row's height, with the gap below it; a letter's width; the narrowest frame with a name. */
const ROW = 24;
const GAP = 2;
const LETTER = 6.6;
const NARROWEST_NAME = 30;
/** Everything, crate, module, stage, pass and function: the picture keeps its height while it is zoomed. */
const ROWS = 6;

export interface FlameEvents {
  /** Shows a frame with the whole width. */
  zoom(flame: Flame): void;
}

export interface ShownFlames {
  readonly all: Flame;
  /** What has the whole width. */
  readonly zoomed: Flame;
  readonly by: Measure;
  /** The outermost frames that the search found; null: nothing is searched. */
  readonly found: ReadonlySet<Flame> | null;
}

const KEYS = l10n.t(
  "Down goes to the largest part, Up to what a frame is a part of, Left and Right to its neighbours. Enter zooms in, Escape zooms out. The table that follows has the parts of the zoomed frame.",
);

export class FlameGraph {
  readonly element: HTMLElement;
  readonly #picture = svg("svg", { class: "flame-picture", "aria-hidden": "true", height: ROWS * ROW });
  readonly #chart: HTMLElement;
  readonly #tip = h("div", { class: "tip", hidden: true });
  readonly #spoken = h("p", { class: "unseen", role: "status" });
  readonly #events: FlameEvents;
  #shown: ShownFlames | undefined;
  #placed: readonly PlacedFlame[] = [];
  #current: Flame | undefined;
  #drawnWidth = 0;

  constructor(events: FlameEvents) {
    this.#events = events;
    const hint = h("p", { id: newId("hint"), class: "unseen" }, KEYS);
    this.#chart = h(
      "div",
      {
        class: "flame-chart",
        role: "application",
        "aria-roledescription": l10n.t("flame graph"),
        "aria-label": l10n.t("Flame graph"),
        "aria-describedby": hint.id,
        tabindex: 0,
      },
      this.#picture,
      this.#tip,
    );
    this.element = h("div", {}, this.#chart, hint, this.#spoken);
    const draw = oncePerFrame(() => {
      if (this.#chart.clientWidth !== this.#drawnWidth) this.#draw();
    });
    new ResizeObserver(draw).observe(this.#chart);
    this.#listen();
  }

  show(shown: ShownFlames): void {
    if (this.#shown?.all !== shown.all || this.#shown.zoomed !== shown.zoomed) this.#current = undefined;
    this.#shown = shown;
    this.#draw();
  }

  #listen(): void {
    this.#picture.addEventListener("click", (event) => {
      const placed = this.#at(event);
      if (placed !== undefined) this.#events.zoom(placed.flame);
    });
    this.#picture.addEventListener("pointermove", (event) => {
      const placed = this.#at(event);
      const box = this.#chart.getBoundingClientRect();
      if (placed === undefined) show(this.#tip, false);
      else this.#showTip(placed.flame, event.clientX - box.left + 10, event.clientY - box.top + 16);
    });
    this.#picture.addEventListener("pointerleave", () => show(this.#tip, false));
    this.#chart.addEventListener("blur", () => show(this.#tip, false));
    this.#chart.addEventListener("keydown", (event) => this.#key(event));
  }

  #at({ target }: Event): PlacedFlame | undefined {
    const index = target instanceof SVGElement ? target.dataset["index"] : undefined;
    return index === undefined ? undefined : this.#placed[Number(index)];
  }

  #draw(): void {
    const { clientWidth: width } = this.#chart;
    this.#drawnWidth = width;
    if (this.#shown === undefined || width === 0) return;
    const { zoomed, by } = this.#shown;
    this.#placed = placedFlames(zoomed, { width, by });
    this.#picture.setAttribute("viewBox", `0 0 ${width} ${ROWS * ROW}`);
    replace(this.#picture, ...this.#placed.flatMap((placed, index) => this.#frame(placed, index)));
    show(this.#tip, false);
  }

  #frame({ flame, x, width, row, around }: PlacedFlame, index: number): (SVGElement | null)[] {
    const found = this.#shown?.found ?? null;
    const classes = [
      "flame",
      `flame-${flame.kind}`,
      ...(around ? ["flame-around"] : []),
      ...(found === null ? [] : pathTo(flame).some((one) => found.has(one)) ? ["flame-found"] : ["flame-other"]),
      ...(flame === this.#current ? ["flame-current"] : []),
    ];
    const rect = svg("rect", {
      ...{ x: (x + 0.5).toFixed(1), y: row * ROW, width: Math.max(1, width - 1).toFixed(1), height: ROW - GAP },
      ...{ class: classes.join(" "), "data-index": index },
    });
    const text = width < NARROWEST_NAME ? "" : nameIn(flame, Math.floor((width - 8) / LETTER));
    const label = text === "" ? null : svg("text", { x: (x + 4.5).toFixed(1), y: row * ROW + (ROW - GAP) / 2, class: "flame-name" }, text);
    return [rect, label];
  }

  #key(event: KeyboardEvent): void {
    const shown = this.#shown;
    if (shown === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = this.#current ?? shown.zoomed;
    const go = this.#step(event.key, at);
    if (go !== undefined) this.#go(go);
    else if (event.key === "Enter" || event.key === " ") this.#events.zoom(at);
    else if (event.key === "Escape" && shown.zoomed.parent !== null) this.#events.zoom(shown.zoomed.parent);
    else if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
  }

  #step(key: string, at: Flame): Flame | undefined {
    // In the order of the picture: frames that are too narrow are in the table alone.
    const drawn = this.#placed.map(({ flame }) => flame);
    const here = this.#placed.find(({ flame }) => flame === at);
    switch (key) {
      case "ArrowDown":
        return drawn.find(({ parent }) => parent === at);
      case "ArrowUp":
        return at.parent ?? undefined;
      case "ArrowLeft":
      case "ArrowRight": {
        const row = this.#placed.filter((one) => one.row === here?.row).sort((left, right) => left.x - right.x);
        return row[row.findIndex(({ flame }) => flame === at) + (key === "ArrowLeft" ? -1 : 1)]?.flame;
      }
      default:
        return undefined;
    }
  }

  #go(flame: Flame): void {
    const shown = this.#shown;
    if (shown === undefined) return;
    this.#current = flame;
    this.#draw();
    const placed = this.#placed.find((one) => one.flame === flame);
    if (placed !== undefined) this.#showTip(flame, Math.max(0, placed.x), (placed.row + 1) * ROW);
    setText(this.#spoken, [briefly(flame, shown.all, shown.by), ...linesOf(flame, shown.all, shown.by)].join(". "));
  }

  #showTip(flame: Flame, x: number, y: number): void {
    const shown = this.#shown;
    if (shown === undefined || (widthOf(flame, shown.by) === 0 && flame !== this.#current)) return;
    replace(
      this.#tip,
      h("div", { class: "tip-title" }, nameOf(flame)),
      ...linesOf(flame, shown.all, shown.by).map((line) => h("div", { class: "tip-line" }, line)),
    );
    show(this.#tip, true);
    const room = this.#chart.clientWidth - this.#tip.offsetWidth - 4;
    this.#tip.style.left = `${Math.max(0, Math.min(x, room))}px`;
    this.#tip.style.top = `${y}px`;
  }
}

/** As much of a name as fits: of a function's path, the last parts, because the first ones are those of its neighbours too. */
function nameIn(flame: Flame, letters: number): string {
  const name = nameOf(flame);
  const parts = flame.kind !== "function" || name.includes("<") ? [name] : name.split("::");
  while (parts.length > 1 && parts.join("::").length > letters) parts.shift();
  return cut(parts.join("::"), letters);
}

function cut(text: string, letters: number): string {
  return text.length <= letters ? text : letters < 3 ? "" : `${text.slice(0, letters - 1)}…`;
}
