/** The flame graph and the table below it, which follow one zoom, one search and one measure. */
import * as l10n from "../../src/protocol/l10n.js";
import type { ProfileFrame, ProfileRow, ProfileView } from "../../src/protocol/requests/profile.js";
import type { Excerpt } from "../../src/protocol/views.js";
import { duration, number } from "../../src/protocol/words.js";
import { debounced, h, newId, replace, setAttributes, setText, show } from "../dom.js";
import { icon } from "../icons.js";
import { button } from "../toolkit.js";
import { FlameGraph } from "./flame-graph.js";
import type { KeptProfile } from "./state.js";
import { LISTS, ProfileTable, type ListName, type TableRow } from "./table.js";
import { flameOf, found, hasSmaller, matches, moduleOf, pathTo, replaceModule, sameIn, type Flame, type Measure } from "./tree.js";
import { memoryText, nameOf, percentOf } from "./words.js";

export interface ProfileEvents {
  /** Keeps what is chosen. */
  keep(kept: KeptProfile): void;
  /** Opens the page of a function. */
  openFunction(symbol: string): void;
  /** Asks for all frames of a module. */
  askFrames(module: string): void;
}

const LIST_NAMES: Readonly<Record<ListName, string>> = {
  parts: l10n.t("Parts of the zoomed frame"),
  crates: l10n.t("Crates"),
  modules: l10n.t("Modules"),
  passes: l10n.t("Passes"),
  functions: l10n.t("Functions"),
};

const SEARCH_MILLIS = 150;

export class ProfileParts {
  readonly elements: readonly HTMLElement[];
  readonly #view: ProfileView;
  readonly #events: ProfileEvents;
  readonly #graph: FlameGraph;
  readonly #table: ProfileTable;
  readonly #path = h("ol", { class: "flame-path", "aria-label": l10n.t("What the graph shows") });
  readonly #back: HTMLElement;
  readonly #search: HTMLInputElement;
  readonly #hits = h("p", { class: "found dim", role: "status" });
  readonly #measures: Readonly<Record<Measure, HTMLElement>>;
  readonly #lists: ReadonlyMap<ListName, HTMLElement>;
  readonly #hint: HTMLElement;
  readonly #asked = new Set<string>();
  #kept: KeptProfile;
  #all: Flame;
  #zoomed: Flame;

  constructor(view: ProfileView, kept: KeptProfile, events: ProfileEvents) {
    this.#view = view;
    this.#events = events;
    this.#kept = view.hasMemory ? kept : { ...kept, by: "time" };
    this.#all = this.#zoomed = flameOf(view.frames);
    this.#graph = new FlameGraph({ zoom: (flame) => this.#zoom(flame) });
    this.#table = new ProfileTable(kept.order, (order) => this.#keep({ order }));
    this.#back = button(l10n.t("Back"), { onClick: () => this.#zoom(this.#zoomed.parent ?? this.#all) });
    const searchId = newId("search");
    this.#search = h("input", {
      id: searchId,
      type: "search",
      class: "profile-search",
      placeholder: l10n.t("Crate, module, pass or function"),
    });
    this.#search.addEventListener(
      "input",
      debounced(SEARCH_MILLIS, () => this.#draw()),
    );
    this.#measures = {
      time: pressed(l10n.t("Time"), () => this.#keep({ by: "time" })),
      memory: pressed(l10n.t("Memory"), () => this.#keep({ by: "memory" })),
    };
    const measures = h(
      "div",
      { class: "filters", role: "group", "aria-label": l10n.t("What widths show") },
      ...Object.values(this.#measures),
    );
    this.#lists = new Map(LISTS.map((list) => [list, pressed(LIST_NAMES[list], () => this.#keep({ list }))]));
    this.#hint = h(
      "p",
      { class: "dim profile-hint" },
      l10n.t("A frame is as wide as the memory of its functions together: for each, the most that one run had allocated."),
    );
    show(measures, view.hasMemory);
    const search = h("label", { class: "profile-search-label", for: searchId }, l10n.t("Search"));
    const [graph, table] = [h("h2", { id: newId("graph") }, l10n.t("Flame graph")), h("h2", { id: newId("table") }, l10n.t("Table"))];
    this.elements = [
      h(
        "section",
        { class: "section profile-graph", "aria-labelledby": graph.id },
        graph,
        h("div", { class: "tools" }, measures, search, this.#search, this.#hits),
        h("div", { class: "flame-where" }, this.#back, this.#path),
        this.#graph.element,
        this.#hint,
      ),
      h(
        "section",
        { class: "section", "aria-labelledby": table.id },
        table,
        h("div", { class: "filters", role: "group", "aria-label": l10n.t("What the table lists") }, ...this.#lists.values()),
        this.#table.element,
      ),
    ];
  }

  /** Draws, once the elements are on the page. */
  start(): void {
    this.#draw();
  }

  /** All frames of a module. */
  take(module: string, frames: readonly ProfileFrame[]): void {
    replaceModule(this.#all, module, frames);
    this.#zoomed = sameIn(this.#all, this.#zoomed);
    this.#draw();
  }

  #keep(more: Partial<KeptProfile>): void {
    this.#kept = { ...this.#kept, ...more };
    this.#events.keep(this.#kept);
    this.#draw();
  }

  #zoom(flame: Flame): void {
    this.#zoomed = flame;
    const module = moduleOf(flame);
    if (module?.key != null && hasSmaller(module) && !this.#asked.has(module.key)) {
      this.#asked.add(module.key);
      this.#events.askFrames(module.key);
    }
    this.#draw();
  }

  #draw(): void {
    const { by, list } = this.#kept;
    for (const [measure, element] of Object.entries(this.#measures)) setAttributes(element, { "aria-pressed": String(measure === by) });
    for (const [name, element] of this.#lists) setAttributes(element, { "aria-pressed": String(name === list) });
    show(this.#hint, by === "memory");
    const text = this.#search.value.trim();
    const hits = matches(this.#all, text);
    this.#graph.show({ all: this.#all, zoomed: this.#zoomed, by, found: text === "" ? null : new Set(hits) });
    setText(this.#hits, text === "" ? "" : hitText(hits, this.#all, by));
    this.#drawPath();
    this.#fill(text);
  }

  #drawPath(): void {
    const path = pathTo(this.#zoomed);
    show(this.#back, path.length > 1);
    const items = path.map((flame) => {
      if (flame === this.#zoomed) return h("li", { "aria-current": "true" }, nameOf(flame));
      const step = h("button", { type: "button", class: "link" }, nameOf(flame));
      step.addEventListener("click", () => this.#zoom(flame));
      return h("li", {}, step);
    });
    replace(this.#path, ...items);
  }

  #fill(text: string): void {
    const { list } = this.#kept;
    const { hasMemory } = this.#view;
    const { rows, total } = list === "parts" ? this.#parts() : this.#listed(this.#view[list], list);
    const wanted = text.toLowerCase();
    const isWanted = ({ name, within, most }: TableRow): boolean =>
      [name, within ?? "", most?.name ?? ""].some((part) => part.toLowerCase().includes(wanted));
    // The parts are those of the picture, which shows all of them.
    const shown = wanted === "" || list === "parts" ? rows : rows.filter(isWanted);
    const caption = list === "parts" ? l10n.t("Parts of {0}", nameOf(this.#zoomed)) : LIST_NAMES[list];
    this.#table.show({ caption, rows: shown, total, whole: this.#all.millis, hasMemory });
  }

  #parts(): { readonly rows: readonly TableRow[]; readonly total: number } {
    const { parts } = this.#zoomed;
    const rows = (parts.length === 0 ? [this.#zoomed] : parts).map((flame): TableRow => {
      const { millis, runs, changed, peakBytes } = flame;
      const most = flame.parts[0];
      return {
        ...{ name: nameOf(flame), within: null, millis, runs, changed, peakBytes },
        most: most === undefined ? null : { name: nameOf(most), millis: most.millis },
        ...(flame.parts.length > 0
          ? { act: () => this.#zoom(flame), does: l10n.t("Zoom in") }
          : this.#functionAction(flame.kind === "function" ? flame.key : null)),
      };
    });
    return { rows, total: rows.length };
  }

  #listed(
    { shown, total }: Excerpt<ProfileRow>,
    list: Exclude<ListName, "parts">,
  ): { readonly rows: readonly TableRow[]; readonly total: number } {
    const rows = shown.map((row): TableRow => ({ ...row, ...this.#actionOf(row, list) }));
    return { rows, total };
  }

  #actionOf({ name, key }: ProfileRow, list: Exclude<ListName, "parts">): Pick<TableRow, "act" | "does"> {
    if (list === "functions") return this.#functionAction(key);
    if (list === "passes") {
      const act = (): void => {
        this.#search.value = name;
        this.#draw();
      };
      return { act, does: l10n.t("Search the graph for it") };
    }
    const kind = list === "crates" ? "crate" : "module";
    const flame = found(this.#all, (one) => one.kind === kind && (kind === "crate" ? one.name === name : one.key === key));
    return flame === undefined ? { act: null, does: null } : { act: () => this.#zoom(flame), does: l10n.t("Zoom in") };
  }

  #functionAction(symbol: string | null): Pick<TableRow, "act" | "does"> {
    return symbol === null ? { act: null, does: null } : { act: () => this.#events.openFunction(symbol), does: l10n.t("Show Function") };
  }
}

function pressed(label: string, act: () => void): HTMLElement {
  const element = h("button", { type: "button", class: "filter", "aria-pressed": "false" }, icon("check"), label);
  element.addEventListener("click", act);
  return element;
}

/** How much the search found. */
function hitText(hits: readonly Flame[], all: Flame, by: Measure): string {
  const time = hits.reduce((sum, { millis }) => sum + millis, 0);
  if (by === "memory") {
    const memory = hits.reduce((sum, { allBytes }) => sum + allBytes, 0);
    return hits.length === 1
      ? l10n.t("1 frame, {0}", memoryText(memory))
      : l10n.t("{0} frames, {1}", number(hits.length), memoryText(memory));
  }
  const size = `${duration(time)}, ${percentOf(time, all.millis)}`;
  return hits.length === 1 ? l10n.t("1 frame, {0}", size) : l10n.t("{0} frames, {1}", number(hits.length), size);
}
