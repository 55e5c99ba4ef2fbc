/** Rows by index: requested in pages as they come into view; a few pages are cached. */
import { CancellationTokenSource, type CancellationToken } from "vscode-jsonrpc/browser";
import type { LtoErrorReport } from "../../src/protocol/errors.js";
import type { Page } from "../../src/protocol/views.js";
import { reportOf } from "../host.js";

/** Rows per request. */
export const PAGE_ROWS = 100;
/** The maximum number of cached pages: some screens up and down. */
const MOST_PAGES = 12;

export interface RowListener {
  /** The rows or the total changed. */
  arrived(): void;
  failed(report: LtoErrorReport): void;
}

export type AskRows<Row> = (offset: number, limit: number, token: CancellationToken) => Promise<Page<Row>>;

export class RowCache<Row> {
  readonly #ask: AskRows<Row>;
  readonly #listener: RowListener;
  /** In the order of their last use. */
  #pages = new Map<number, readonly Row[]>();
  /** Rows to show until the first answer to a new query, so that the list does not flicker. */
  #former = new Map<number, readonly Row[]>();
  readonly #asked = new Set<number>();
  /** Belongs to one query; the next query cancels it. */
  #generation = new CancellationTokenSource();
  #total: number | undefined;

  constructor(ask: AskRows<Row>, listener: RowListener) {
    this.#ask = ask;
    this.#listener = listener;
  }

  /** The length of the list, or that of the previous list until the first answer; undefined before any answer. */
  get total(): number | undefined {
    return this.#total;
  }

  /** Whether the shown rows belong to the previous query. */
  get outdated(): boolean {
    return this.#former.size > 0 || this.#total === undefined;
  }

  row(index: number): Row | undefined {
    const number = Math.floor(index / PAGE_ROWS);
    return (this.#pages.get(number) ?? this.#former.get(number))?.[index % PAGE_ROWS];
  }

  /** Requests missing rows from `first` to `last`. */
  want(first: number, last: number): void {
    for (let page = Math.floor(Math.max(0, first) / PAGE_ROWS); page <= Math.floor(Math.max(0, last) / PAGE_ROWS); page += 1) {
      const known = this.#pages.get(page);
      if (known === undefined) {
        void this.#fetch(page);
        continue;
      }
      this.#pages.delete(page);
      this.#pages.set(page, known);
    }
  }

  /** The query or the data changed: requests everything again, visible rows first. */
  restart(first: number, last: number): void {
    this.#forget();
    if (this.#pages.size > 0) this.#former = this.#pages;
    this.#pages = new Map();
    this.want(first, last);
  }

  /** Drops all rows for another run. */
  clear(): void {
    this.#forget();
    this.#pages = new Map();
    this.#former = new Map();
    this.#total = undefined;
  }

  /** Ignores pending answers. */
  #forget(): void {
    this.#generation.cancel();
    this.#generation = new CancellationTokenSource();
    this.#asked.clear();
  }

  async #fetch(page: number): Promise<void> {
    if (this.#asked.has(page)) return;
    this.#asked.add(page);
    const generation = this.#generation;
    try {
      const answer = await this.#ask(page * PAGE_ROWS, PAGE_ROWS, generation.token);
      if (generation !== this.#generation) return;
      this.#keep(page, answer);
      this.#listener.arrived();
    } catch (error) {
      if (generation === this.#generation) this.#listener.failed(reportOf(error));
    }
  }

  #keep(page: number, { total, rows }: Page<Row>): void {
    this.#asked.delete(page);
    this.#former = new Map();
    this.#total = total;
    this.#pages.set(page, rows);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= MOST_PAGES) break;
      this.#pages.delete(oldest);
    }
  }
}
