/**
 * A table of any length in which only visible rows exist as elements. It asks a cache for rows by index. The keyboard's position is exposed with
 * aria-activedescendant, so that rows can come and go under it.
 */
import * as l10n from "../../src/protocol/l10n.js";
import type { ModuleRow, ModuleSort } from "../../src/protocol/views.js";
import { h, newId, oncePerFrame, replace, setAttributes } from "../dom.js";
import { icon } from "../icons.js";
import { COLUMNS, rowWords, type Column } from "./columns.js";
import { keyAction, type GridPlace } from "./grid-keys.js";

/** Extra rows beyond both edges, so that a quick scroll finds them drawn. */
const OVERSCAN = 8;

export interface GridSource {
  readonly total: number | undefined;
  row(index: number): ModuleRow | undefined;
  want(first: number, last: number): void;
}

export interface GridEvents {
  sort(column: ModuleSort): void;
  /** The keyboard or a click moved to another row. */
  active(index: number): void;
  open(row: ModuleRow, stage: number | null): void;
  scrolled(top: number): void;
}

interface RowElement {
  readonly element: HTMLElement;
  readonly cells: readonly HTMLElement[];
  /** The row that it currently shows. */
  row: ModuleRow | undefined;
}

export class Grid {
  readonly element: HTMLElement;
  readonly #body = h("div", { role: "rowgroup", class: "grid-body" });
  readonly #head: HTMLElement;
  readonly #headers: readonly HTMLElement[];
  readonly #source: GridSource;
  readonly #events: GridEvents;
  readonly #id = newId("grid");
  readonly #rows = new Map<number, RowElement>();
  #place: GridPlace = { row: -1, column: -1 };
  #rowHeight = 22;
  readonly render = oncePerFrame(() => {
    this.renderNow();
  });

  constructor(source: GridSource, events: GridEvents, description: string) {
    this.#source = source;
    this.#events = events;
    this.#headers = COLUMNS.map((column, index) => this.#header(column, index));
    const row = h("div", { role: "row", "aria-rowindex": 1, class: "grid-row grid-header" }, ...this.#headers);
    this.#head = h("div", { role: "rowgroup", class: "grid-head" }, row);
    this.element = h(
      "div",
      {
        class: "grid",
        role: "grid",
        tabindex: 0,
        "aria-label": l10n.t("Decisions"),
        "aria-describedby": description,
        "aria-colcount": COLUMNS.length,
      },
      this.#head,
      this.#body,
    );
    this.element.style.setProperty("--grid-columns", COLUMNS.map(({ width }) => width).join(" "));
    this.element.style.setProperty("--grid-tight-columns", COLUMNS.map(({ tight }) => tight).join(" "));
    this.#listen();
  }

  get activeRow(): number {
    return this.#place.row;
  }

  /** The visible rows, as far as known. */
  get visible(): { readonly first: number; readonly last: number } {
    const first = Math.floor(this.element.scrollTop / this.#rowHeight);
    return { first, last: first + this.#pageRows() };
  }

  /** Shows the sort order. */
  sorted(sort: ModuleSort | null, descending: boolean): void {
    COLUMNS.forEach((column, index) => {
      const [header, button] = [this.#headers[index], this.#headers[index]?.firstElementChild];
      if (header === undefined || !button) return;
      const by = column.sort === sort;
      setAttributes(header, { "aria-sort": by ? (descending ? "descending" : "ascending") : "none" });
      button.querySelector(".icon")?.remove();
      if (by) button.append(icon(descending ? "down" : "up"));
    });
  }

  /** Moves to a position after restoring state or reordering. `top`: the scroll position in pixels; absent: no scrolling. */
  restore(activeRow: number, top?: number): void {
    this.#place = { row: activeRow, column: -1 };
    this.#measure();
    this.#size();
    if (top !== undefined) this.element.scrollTop = top;
    this.render();
  }

  /** Draws the visible rows. */
  renderNow(): void {
    const before = this.#rowHeight;
    this.#measure();
    this.#size();
    // The same row stays at the top.
    if (this.#rowHeight !== before) this.element.scrollTop *= this.#rowHeight / before;
    const total = this.#source.total ?? 0;
    const { first, last } = this.visible;
    const from = Math.max(0, first - OVERSCAN);
    const to = Math.min(total - 1, last + OVERSCAN);
    if (total > 0) this.#source.want(from, to);
    for (const [index, row] of this.#rows) {
      if ((index >= from && index <= to) || (index === this.#place.row && index < total)) continue;
      row.element.remove();
      this.#rows.delete(index);
    }
    for (let index = from; index <= to; index += 1) this.#draw(index);
    if (this.#place.row >= 0 && this.#place.row < total) {
      this.#source.want(this.#place.row, this.#place.row);
      this.#draw(this.#place.row);
    }
    this.#mark();
  }

  #size(): void {
    const total = this.#source.total ?? 0;
    setAttributes(this.element, { "aria-rowcount": this.#source.total === undefined ? -1 : total + 1 });
    this.#body.style.height = `${total * this.#rowHeight}px`;
  }

  /** Computes the height of a row: the user may change the text size, and narrow tables have more lines per row (decisions.css). */
  #measure(): void {
    const style = getComputedStyle(this.element);
    const size = Number.parseFloat(style.fontSize);
    const lines = Number.parseInt(style.getPropertyValue("--grid-lines"), 10);
    const line = Number.isFinite(size) ? Math.max(20, Math.round(size * 1.7)) : 22;
    this.#rowHeight = line * (Number.isFinite(lines) ? lines : 1);
    this.element.style.setProperty("--row-height", `${this.#rowHeight}px`);
  }

  #pageRows(): number {
    return Math.max(1, Math.floor((this.element.clientHeight - this.#head.offsetHeight) / this.#rowHeight));
  }

  #header(column: Column, index: number): HTMLElement {
    const button = h("button", { type: "button", tabindex: index === 0 ? 0 : -1, title: column.hint }, h("span", {}, column.label));
    button.addEventListener("click", () => {
      this.#events.sort(column.sort);
    });
    return h("div", { role: "columnheader", class: `cell ${column.class}`, "aria-colindex": index + 1, "aria-sort": "none" }, button);
  }

  #draw(index: number): void {
    const known = this.#rows.get(index);
    const row = this.#source.row(index);
    if (known !== undefined && known.row === row) return;
    const element = known ?? this.#newRow(index);
    element.row = row;
    setAttributes(element.element, { "aria-label": row === undefined ? l10n.t("loading") : rowWords(row), "aria-busy": row === undefined });
    element.cells.forEach((cell, column) => {
      const content = COLUMNS[column];
      if (content === undefined) return;
      replace(cell, ...(row === undefined ? (column === 0 ? ["…"] : []) : content.content(row)));
      setAttributes(cell, { title: row === undefined ? null : content.words(row), class: cellClass(content, row) });
    });
  }

  #newRow(index: number): RowElement {
    const id = `${this.#id}-${index}`;
    const cells = COLUMNS.map((column, at) =>
      h("div", { role: at === 0 ? "rowheader" : "gridcell", id: `${id}-${at}`, class: `cell ${column.class}`, "aria-colindex": at + 1 }),
    );
    const element = h("div", { role: "row", id, class: "grid-row", "aria-rowindex": index + 2 }, ...cells);
    element.dataset["index"] = String(index);
    element.style.setProperty("--index", String(index));
    const row = { element, cells, row: undefined };
    this.#rows.set(index, row);
    this.#body.append(element);
    return row;
  }

  /** Exposes the keyboard's position. */
  #mark(): void {
    const { row: active, column } = this.#place;
    for (const [index, { element, cells }] of this.#rows) {
      setAttributes(element, { "aria-selected": index === active ? "true" : "false" });
      cells.forEach((cell, at) => cell.classList.toggle("at", index === active && at === column));
    }
    const there = this.#rows.has(active);
    const id = column === -1 ? `${this.#id}-${active}` : `${this.#id}-${active}-${column}`;
    setAttributes(this.element, { "aria-activedescendant": there ? id : null });
  }

  #go(place: GridPlace): void {
    const moved = place.row !== this.#place.row;
    this.#place = place;
    const [top, room] = [place.row * this.#rowHeight, this.element.clientHeight - this.#head.offsetHeight];
    if (top < this.element.scrollTop) this.element.scrollTop = top;
    else if (top + this.#rowHeight > this.element.scrollTop + room) this.element.scrollTop = top + this.#rowHeight - room;
    this.renderNow();
    if (place.column >= 0) this.#rows.get(place.row)?.cells[place.column]?.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (moved) this.#events.active(place.row);
  }

  #listen(): void {
    // A taller window shows more rows.
    new ResizeObserver(() => {
      this.render();
    }).observe(this.element);
    this.element.addEventListener("scroll", () => {
      this.render();
      this.#events.scrolled(this.element.scrollTop);
    });
    this.element.addEventListener("focus", () => {
      if (this.#place.row < 0 && (this.#source.total ?? 0) > 0) this.#go({ row: this.visible.first, column: -1 });
    });
    this.element.addEventListener("keydown", (event) => {
      this.#key(event);
    });
    this.#body.addEventListener("click", (event) => {
      const index = rowIndexAt(event);
      if (index === undefined) return;
      this.#go({ row: index, column: -1 });
      const row = this.#source.row(index);
      if (row !== undefined && isOnName(event)) this.#events.open(row, null);
    });
    this.#body.addEventListener("dblclick", (event) => {
      const row = this.#source.row(rowIndexAt(event) ?? -1);
      if (row !== undefined && !isOnName(event)) this.#events.open(row, null);
    });
  }

  #key(event: KeyboardEvent): void {
    if (event.altKey || event.shiftKey) return;
    const ctrl = event.ctrlKey || event.metaKey;
    if (event.target !== this.element) {
      this.#headerKey(event);
      return;
    }
    const extent = { rows: this.#source.total ?? 0, columns: COLUMNS.length, page: this.#pageRows() };
    const action = keyAction(event.key, ctrl, this.#place, extent);
    if (action === undefined) return;
    event.preventDefault();
    const row = this.#source.row(this.#place.row);
    if (action.kind === "go") this.#go(action.to);
    else if (row !== undefined) this.#events.open(row, action.kind === "open" ? null : action.index);
  }

  /** All headers together are one Tab stop; arrow keys move between them. */
  #headerKey(event: KeyboardEvent): void {
    const buttons = this.#headers.map((header) => header.firstElementChild as HTMLElement);
    const at = buttons.indexOf(event.target as HTMLElement);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: buttons.length - 1, ArrowDown: at }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    if (event.key === "ArrowDown") {
      this.element.focus();
      return;
    }
    const next = buttons[Math.min(buttons.length - 1, Math.max(0, to))];
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next?.focus();
  }
}

function cellClass(column: Column, row: ModuleRow | undefined): string {
  const verdict = column.sort === "verdict" ? ` verdict verdict-${row?.verdict ?? "unknown"}` : "";
  return `cell ${column.class}${verdict}`;
}

function isOnName({ target }: Event): boolean {
  return target instanceof Element && target.closest(".open-module") !== null;
}

function rowIndexAt(event: Event): number | undefined {
  const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-index]") : null;
  const index = row?.dataset["index"];
  return index === undefined ? undefined : Number(index);
}
