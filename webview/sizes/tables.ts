/** The numbers below the treemap: symbols that changed most or are largest, crates, and sections. */
import * as l10n from "../../src/protocol/l10n.js";
import type { CrateTotal, OutputView, SectionTotal, Sized, SizeTile } from "../../src/protocol/requests/sizes.js";
import { bytes, number } from "../../src/protocol/words.js";
import { h, link, replace, scrollable, setText, show } from "../dom.js";
import { crateName, gained, isFunction, nameOf } from "./words.js";

const ROWS = 15;

export interface SizeTableEvents {
  /** A click on a function. */
  open(symbol: string): void;
  /** A click on a crate. */
  enter(crate: string | null): void;
}

export class SizeTables {
  readonly element: HTMLElement;
  readonly #events: SizeTableEvents;
  readonly #changed = new SizeTable(l10n.t("Symbols that changed most"), l10n.t("Symbol"));
  readonly #largest = new SizeTable(l10n.t("Largest symbols"), l10n.t("Symbol"));
  readonly #crates = new SizeTable(l10n.t("Crates"), l10n.t("Crate"));
  readonly #sections = new SizeTable(l10n.t("Sections of the file"), l10n.t("Section"));

  constructor(events: SizeTableEvents) {
    this.#events = events;
    this.element = h(
      "div",
      { class: "size-tables" },
      ...[this.#changed, this.#largest, this.#crates, this.#sections].map(({ element }) => element),
    );
  }

  show({ before, changed, tiles, crates, sections }: OutputView): void {
    const compared = before !== null;
    const symbols = tiles.filter(({ kind, bytes: size }) => kind === "symbol" && size > 0);
    this.#changed.show(
      changed.shown.slice(0, ROWS).map((tile) => this.#symbol(tile)),
      { compared, total: changed.total },
    );
    this.#largest.show(
      symbols.slice(0, ROWS).map((tile) => this.#symbol(tile)),
      { compared, total: crates.shown.reduce((sum, crate) => sum + crate.symbols, 0) },
    );
    this.#crates.show(
      crates.shown.slice(0, ROWS).map((crate) => this.#crate(crate)),
      { compared, total: crates.total },
    );
    this.#sections.show(sections.shown.map(sectionRow), { compared, total: sections.total });
  }

  #symbol(tile: SizeTile): TableRow {
    const { symbol } = tile;
    const name = nameOf(tile);
    return { ...tile, name: isFunction(tile) && symbol !== null ? link(name, name, () => this.#events.open(symbol)) : name, title: name };
  }

  #crate(row: CrateTotal): TableRow {
    const name = crateName(row.crate);
    return { ...row, name: link(name, l10n.t("Show only this crate"), () => this.#events.enter(row.crate)), title: name };
  }
}

function sectionRow(row: SectionTotal): TableRow {
  const name = row.inFile ? row.name : l10n.t("{0} (memory only)", row.name);
  return { ...row, name, title: name };
}

interface TableRow extends Sized {
  readonly name: Node | string;
  readonly title: string;
}

class SizeTable {
  readonly element: HTMLElement;
  readonly #caption = h("caption");
  readonly #body = h("tbody");
  readonly #changes = h("th", { scope: "col", class: "right" }, l10n.t("Change"));
  readonly #title: string;

  constructor(title: string, what: string) {
    this.#title = title;
    const head = h("tr", {}, h("th", { scope: "col" }, what), h("th", { scope: "col", class: "right" }, l10n.t("Size")), this.#changes);
    const table = h("table", {}, this.#caption, h("thead", {}, head), this.#body);
    this.element = scrollable(h("div", { class: "beside-table size-table" }, table), title);
  }

  /** @param total of which the rows are the first */
  show(rows: readonly TableRow[], { compared, total }: { readonly compared: boolean; readonly total: number }): void {
    show(this.element, rows.length > 0);
    show(this.#changes, compared);
    setText(this.#caption, rows.length < total ? l10n.t("{0}: {1} of {2}", this.#title, rows.length, number(total)) : this.#title);
    replace(this.#body, ...rows.map((row) => tableRow(row, compared)));
  }
}

function tableRow({ name, title, bytes: now, before }: TableRow, compared: boolean): HTMLElement {
  const change = before === null || before === now ? "" : gained(now - before);
  return h(
    "tr",
    {},
    h("th", { scope: "row", class: "clip", title }, name),
    h("td", { class: "right" }, bytes(now)),
    compared ? h("td", { class: "right" }, change) : null,
  );
}
