/** What the bytes of the linked output belong to: a treemap and tables, beside an earlier build. */
import * as l10n from "../../src/protocol/l10n.js";
import type { CaptureRow } from "../../src/protocol/requests/builds.js";
import type { OutputView, SizesView, SizeTile } from "../../src/protocol/requests/sizes.js";
import type { RunView } from "../../src/protocol/views.js";
import { moment } from "../../src/protocol/words.js";
import { h, link, replace, setAttributes, setText, show } from "../dom.js";
import { FailureSlot } from "../failure.js";
import { icon } from "../icons.js";
import { Latest, type Host } from "../host.js";
import type { Store } from "../state.js";
import { button, checkbox, dropdown } from "../toolkit.js";
import { CHANGES, changeSwatch } from "./patterns.js";
import { SizeTables } from "./tables.js";
import { Treemap } from "./treemap.js";
import { CHANGE_NAMES, changeOf, crateName, groupOf, isFunction, nameOf, sizeText } from "./words.js";

/** The most tiles of single symbols: smaller ones could hardly be seen. */
const MOST_TILES = 1500;
/** In the list of builds, where each has its ref as value. */
const NO_BUILD = "";

export class SizesSection {
  readonly element: HTMLElement;
  readonly #host: Host;
  readonly #store: Store;
  readonly #treemap: Treemap;
  readonly #tables: SizeTables;
  readonly #failure: FailureSlot;
  readonly #latest = new Latest();
  readonly #onlyCode;
  readonly #against;
  readonly #sides: HTMLElement;
  readonly #sideButtons: Readonly<Record<"before" | "bytes", HTMLElement>>;
  readonly #all: HTMLElement;
  readonly #found = h("p", { class: "found dim", role: "status" });
  readonly #nothing = h("p", { class: "nothing", hidden: true });
  readonly #chosen = h("p", { class: "chosen-tile", role: "status", hidden: true });
  readonly #legend = h(
    "ul",
    { class: "legend", "aria-label": l10n.t("What the patterns mean") },
    ...CHANGES.map((change) => h("li", {}, changeSwatch(change), CHANGE_NAMES[change])),
  );
  readonly #parts: HTMLElement;
  #run: string | undefined;
  #sizes: SizesView | undefined;
  /** What the user chose to compare with; undefined: the capture before. */
  #chosenBuild: string | null | undefined;
  #side: "bytes" | "before" = "bytes";
  #group: string | null = null;

  constructor(host: Host, store: Store) {
    this.#host = host;
    this.#store = store;
    this.#failure = new FailureSlot({ retry: () => this.refresh(), showLog: () => host.command("showLog") });
    this.#treemap = new Treemap({
      choose: (tile) => this.#choose(tile),
      enter: (group) => this.#enter(this.#group === null ? group : null),
    });
    this.#tables = new SizeTables({ open: (symbol) => this.#open(symbol), enter: (crate) => this.#enter(crateName(crate)) });
    this.#onlyCode = checkbox(l10n.t("Only functions"), (checked) => {
      store.state.onlyCode = checked;
      store.save();
      this.refresh();
    });
    this.#against = dropdown(l10n.t("Compare with an earlier build"), (ref) => {
      this.#chosenBuild = ref === NO_BUILD ? null : ref;
      this.refresh();
    });
    const sideButton = (side: "bytes" | "before", label: string): HTMLElement => {
      const element = h("button", { type: "button", class: "filter", "aria-pressed": "false" }, icon("check"), label);
      element.addEventListener("click", () => this.#look(side));
      return element;
    };
    this.#sideButtons = { before: sideButton("before", l10n.t("Before")), bytes: sideButton("bytes", l10n.t("After")) };
    this.#sides = h(
      "div",
      { class: "filters", role: "group", "aria-label": l10n.t("Whose sizes the areas show") },
      ...Object.values(this.#sideButtons),
    );
    this.#all = button(l10n.t("All Crates"), { onClick: () => this.#enter(null) });
    this.#parts = h("div", { hidden: true }, this.#treemap.element, this.#legend, this.#chosen, this.#tables.element);
    const title = h("h2", { id: "sizes-title" }, l10n.t("Size of the linked output"));
    this.element = h(
      "section",
      { class: "section sizes", "aria-labelledby": title.id },
      title,
      h("div", { class: "tools" }, this.#against.element, this.#sides, this.#onlyCode.element, this.#all, this.#found),
      this.#failure.element,
      this.#nothing,
      this.#parts,
    );
  }

  show(run: RunView): void {
    if (this.#run !== run.id) {
      this.#chosenBuild = undefined;
      this.#side = "bytes";
      this.#group = null;
      this.#sizes = undefined;
    }
    this.#run = run.id;
    this.#onlyCode.checked = this.#store.state.onlyCode;
    this.refresh();
  }

  refresh(): void {
    void this.#load();
  }

  async #load(): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    const against = this.#chosenBuild === undefined ? {} : { against: this.#chosenBuild };
    const choice = { run, ...against, code: this.#store.state.onlyCode, tiles: MOST_TILES };
    const outcome = await this.#latest.of((token) => this.#host.ask("sizes", choice, token));
    if (outcome === undefined) return;
    if ("failure" in outcome) {
      this.#failure.tell(outcome.failure);
      return;
    }
    this.#failure.clear();
    // An unchanged answer would take the focus from a link of the tables.
    if (JSON.stringify(this.#sizes) === JSON.stringify(outcome.answer)) return;
    this.#sizes = outcome.answer;
    this.#draw(outcome.answer);
  }

  #draw({ builds, against, output, because }: SizesView): void {
    show(this.#parts, output !== null);
    show(this.#nothing, because !== null);
    setText(this.#nothing, because ?? "");
    show(this.#against.element, output !== null && builds.length > 0);
    const choices = builds.map((build) => ({ value: build.ref, label: buildLabel(build) }));
    this.#against.offer([{ value: NO_BUILD, label: l10n.t("Not compared") }, ...choices], against ?? NO_BUILD);
    show(this.#onlyCode.element, output !== null);
    show(this.#sides, output?.before !== null && output !== null);
    show(this.#chosen, false);
    setText(this.#found, output === null ? "" : `${output.file.slice(output.file.lastIndexOf("/") + 1)} · ${sizeText(output)}`);
    setAttributes(this.#found, { title: output?.file });
    if (output === null) {
      show(this.#all, false);
      return;
    }
    if (output.before === null) this.#side = "bytes";
    if (this.#group !== null && !output.tiles.some((tile) => groupOf(tile) === this.#group)) this.#group = null;
    show(
      this.#legend,
      output.tiles.some((tile) => changeOf(tile) !== "same"),
    );
    this.#tables.show(output);
    this.#picture(output);
  }

  #picture(output: OutputView): void {
    for (const side of ["before", "bytes"] as const) {
      setAttributes(this.#sideButtons[side], { "aria-pressed": String(side === this.#side) });
    }
    show(this.#all, this.#group !== null);
    this.#treemap.show({ output, side: this.#side, group: this.#group });
  }

  #look(side: "bytes" | "before"): void {
    this.#side = side;
    if (this.#sizes?.output) this.#picture(this.#sizes.output);
  }

  /** Shows one group, or all. */
  #enter(group: string | null): void {
    this.#group = group;
    if (this.#sizes?.output) this.#picture(this.#sizes.output);
  }

  #choose(tile: SizeTile): void {
    const parts = [nameOf(tile), sizeText(tile), tile.section].filter((part) => part !== "").join(" · ");
    const { symbol } = tile;
    const more = isFunction(tile) && symbol !== null ? link(l10n.t("Show Function"), null, () => this.#open(symbol)) : null;
    replace(this.#chosen, parts, more === null ? null : " ", more);
    show(this.#chosen, true);
  }

  #open(symbol: string): void {
    if (this.#run !== undefined) this.#host.openFunction(this.#run, symbol);
  }
}

function buildLabel({ capture, madeAt, what }: CaptureRow): string {
  const name = l10n.t("Before: capture {0}", capture);
  return what === "" ? `${name} · ${moment(madeAt)}` : `${name} · ${what}`;
}
