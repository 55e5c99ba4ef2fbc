/** The table of a comparison of settings: a row for each, sorted by any column. */
import * as l10n from "../../src/protocol/l10n.js";
import type { AdvisedSetting, AdviseReport } from "../../src/protocol/advise.js";
import { adviseColumns, sortedBy, type AdviseColumn } from "../../src/protocol/advise-table.js";
import { number } from "../../src/protocol/words.js";
import { h, replace, scrollable, setAttributes } from "../dom.js";
import { icon } from "../icons.js";

/** How rows are sorted; null: as they were measured. */
export interface AdviceOrder {
  readonly column: string;
  readonly descending: boolean;
}

export class AdviceTable {
  readonly element: HTMLElement;
  readonly #settings: readonly AdvisedSetting[];
  readonly #columns: readonly AdviseColumn[];
  readonly #heads: ReadonlyMap<AdviseColumn, HTMLElement>;
  readonly #body = h("tbody");
  readonly #changed: (order: AdviceOrder | null) => void;
  #order: AdviceOrder | null;

  /** @param changed called when the user sorts */
  constructor(report: AdviseReport, order: AdviceOrder | null, changed: (order: AdviceOrder | null) => void) {
    this.#settings = report.settings;
    this.#columns = adviseColumns(report);
    this.#order = order;
    this.#changed = changed;
    this.#heads = new Map(this.#columns.map((column) => [column, this.#head(column)]));
    const table = h(
      "table",
      { class: "sizes advice" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col", class: "advice-number" }, h("span", { class: "unseen" }, l10n.t("Number"))),
          ...this.#heads.values(),
        ),
      ),
      this.#body,
    );
    this.element = scrollable(h("div", { class: "table" }, table), l10n.t("Settings"));
    this.#fill();
  }

  #head(column: AdviseColumn): HTMLElement {
    const button = h("button", { type: "button", class: "advice-sort" }, column.heading, h("span", { class: "advice-arrow" }));
    button.addEventListener("click", () => this.#sort(column));
    return h("th", { scope: "col", class: column.isNumber ? "number" : null }, button);
  }

  /** Up, down, and as they were. */
  #sort({ id }: AdviseColumn): void {
    const now = this.#order?.column === id ? this.#order : null;
    this.#order = now === null ? { column: id, descending: false } : now.descending ? null : { column: id, descending: true };
    this.#fill();
    this.#changed(this.#order);
  }

  #fill(): void {
    const order = this.#order;
    const by = this.#columns.find(({ id }) => id === order?.column);
    const rows = by === undefined || order === null ? this.#settings : sortedBy(this.#settings, by, order.descending);
    replace(this.#body, ...rows.map((setting) => this.#row(setting)));
    for (const [column, head] of this.#heads) {
      const isBy = column === by && order !== null;
      setAttributes(head, { "aria-sort": isBy ? (order.descending ? "descending" : "ascending") : null });
      const arrow = head.querySelector(".advice-arrow");
      if (arrow !== null) replace(arrow, isBy ? icon(order.descending ? "down" : "up") : null);
    }
  }

  #row(setting: AdvisedSetting): HTMLElement {
    const cells = this.#columns.map((column) => {
      const text = column.text(setting);
      if (column.id === "setting") return h("th", { scope: "row", class: "advice-name" }, text);
      return h("td", { class: column.isNumber ? "number" : null }, text);
    });
    return h("tr", {}, h("td", { class: "advice-number dim" }, number(this.#settings.indexOf(setting) + 1)), ...cells);
  }
}
