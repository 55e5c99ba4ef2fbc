/** The table of a profile: the parts of the zoomed frame, crates, modules, passes or functions, sorted by any column. */
import * as l10n from "../../src/protocol/l10n.js";
import type { ProfileRow, ProfileSums } from "../../src/protocol/requests/profile.js";
import { duration, number } from "../../src/protocol/words.js";
import { h, replace, scrollable, setAttributes, setText, show } from "../dom.js";
import { icon } from "../icons.js";
import { memoryText, percentOf } from "./words.js";

/** The longest list. */
const MOST_ROWS = 100;

export const LISTS = ["parts", "crates", "modules", "passes", "functions"] as const;

export type ListName = (typeof LISTS)[number];

export const COLUMNS = ["name", "millis", "runs", "changed", "peakBytes"] as const;

export type ColumnName = (typeof COLUMNS)[number];

export interface ProfileOrder {
  readonly column: ColumnName;
  readonly descending: boolean;
}

export const BY_TIME: ProfileOrder = { column: "millis", descending: true };

/** A row: its name, which may be a button, and sums. */
export interface TableRow extends ProfileSums, Pick<ProfileRow, "most" | "within"> {
  readonly name: string;
  /** null: nothing happens when it is chosen. */
  readonly act: (() => void) | null;
  /** What that does, for the tooltip. */
  readonly does: string | null;
}

export interface ShownRows {
  readonly caption: string;
  readonly rows: readonly TableRow[];
  /** Of which the rows are the first; without a filter. */
  readonly total: number;
  /** The time of everything. */
  readonly whole: number;
  readonly hasMemory: boolean;
}

const HEADINGS: Readonly<Record<ColumnName, string>> = {
  name: l10n.t("Name"),
  millis: l10n.t("Time"),
  runs: l10n.t("Runs"),
  changed: l10n.t("Changed"),
  peakBytes: l10n.t("Memory"),
};

export class ProfileTable {
  readonly element: HTMLElement;
  readonly #caption = h("caption");
  readonly #body = h("tbody");
  readonly #heads: ReadonlyMap<ColumnName, HTMLElement>;
  readonly #nothing = h("p", { class: "nothing dim", hidden: true }, l10n.t("Nothing here has this text."));
  readonly #changed: (order: ProfileOrder) => void;
  #order: ProfileOrder;
  #shown: ShownRows | undefined;

  /** @param changed called when the user sorts */
  constructor(order: ProfileOrder, changed: (order: ProfileOrder) => void) {
    this.#order = order;
    this.#changed = changed;
    this.#heads = new Map(COLUMNS.map((column) => [column, this.#head(column)]));
    const [name, time, ...others] = [...this.#heads.values()];
    const share = h("th", { scope: "col", class: "right" }, l10n.t("Share"));
    const most = h("th", { scope: "col" }, l10n.t("Most of it"));
    const head = h("tr", {}, name ?? null, time ?? null, share, ...others, most);
    const table = h("table", { class: "profile-table" }, this.#caption, h("thead", {}, head), this.#body);
    this.element = h("div", {}, scrollable(h("div", { class: "table" }, table), l10n.t("Time and memory")), this.#nothing);
  }

  show(shown: ShownRows): void {
    this.#shown = shown;
    this.#fill();
  }

  #head(column: ColumnName): HTMLElement {
    const button = h("button", { type: "button", class: "profile-sort" }, HEADINGS[column], h("span", { class: "profile-arrow" }));
    button.addEventListener("click", () => {
      const turned = this.#order.column === column ? !this.#order.descending : column !== "name";
      this.#order = { column, descending: turned };
      this.#fill();
      this.#changed(this.#order);
    });
    return h("th", { scope: "col", class: column === "name" ? null : "right" }, button);
  }

  #fill(): void {
    if (this.#shown === undefined) return;
    const { caption, rows, total, whole, hasMemory } = this.#shown;
    const order = this.#order;
    const sorted = sortedBy(rows, order).slice(0, MOST_ROWS);
    setText(this.#caption, sorted.length < total ? l10n.t("{0}: {1} of {2}", caption, number(sorted.length), number(total)) : caption);
    for (const [column, head] of this.#heads) {
      const isBy = column === order.column;
      setAttributes(head, { "aria-sort": isBy ? (order.descending ? "descending" : "ascending") : null });
      const arrow = head.querySelector(".profile-arrow");
      if (arrow !== null) replace(arrow, isBy ? icon(order.descending ? "down" : "up") : null);
      if (column === "peakBytes") show(head, hasMemory);
    }
    replace(this.#body, ...sorted.map((row) => rowOf(row, whole, hasMemory)));
    show(this.#nothing, sorted.length === 0);
  }
}

function sortedBy(rows: readonly TableRow[], { column, descending }: ProfileOrder): TableRow[] {
  const sign = descending ? -1 : 1;
  return rows.toSorted((left, right) =>
    column === "name" ? sign * left.name.localeCompare(right.name) : sign * ((left[column] ?? 0) - (right[column] ?? 0)),
  );
}

function rowOf(
  { name, act, does, within, most, millis, runs, changed, peakBytes }: TableRow,
  whole: number,
  hasMemory: boolean,
): HTMLElement {
  return h(
    "tr",
    {},
    h(
      "th",
      { scope: "row", class: "profile-name" },
      nameCell(name, act, does),
      within === null ? null : h("span", { class: "dim profile-within" }, within),
    ),
    h("td", { class: "right" }, duration(millis)),
    h("td", { class: "right" }, percentOf(millis, whole)),
    h("td", { class: "right" }, runs === 0 ? "" : number(runs)),
    h("td", { class: "right" }, runs === 0 ? "" : number(changed)),
    hasMemory ? h("td", { class: "right" }, memoryText(peakBytes)) : null,
    h("td", { class: "profile-most", title: most?.name }, most === null ? "" : `${most.name} · ${duration(most.millis)}`),
  );
}

function nameCell(name: string, act: (() => void) | null, does: string | null): HTMLElement {
  if (act === null) return h("span", { class: "profile-plain", title: name }, name);
  const button = h("button", { type: "button", class: "link", title: does === null ? name : `${name}\n${does}` }, name);
  button.addEventListener("click", act);
  return button;
}
