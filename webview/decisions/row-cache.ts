/** Rows by their place in the list: asked for in pages as they come into view, and a few pages kept. */
import { CancellationTokenSource, type CancellationToken } from "vscode-jsonrpc/browser";
import type { LtoErrorReport } from "../../src/protocol/errors.js";
import type { Page } from "../../src/protocol/views.js";
import { reportOf } from "../host.js";

/** Rows of one question. */
export const PAGE_ROWS = 100;
/** Pages that are kept: some screens up and down. */
const MOST_PAGES = 12;

export interface RowListener {
  /** Rows or the total have changed. */
  arrived(): void;
  failed(report: LtoErrorReport): void;
}

export type AskRows<Row> = (offset: number, limit: number, token: CancellationToken) => Promise<Page<Row>>;

export class RowCache<Row> {
  readonly #ask: AskRows<Row>;
  readonly #listener: RowListener;
  /** In the order of their last use. */
  #pages = new Map<number, readonly Row[]>();
  /** What is shown until the first answer to a new query, so that the list does not flicker. */
  #former = new Map<number, readonly Row[]>();
  readonly #asked = new Set<number>();
  /** Of one query; cancelled with the next one. */
  #generation = new CancellationTokenSource();
  #total: number | undefined;

  constructor(ask: AskRows<Row>, listener: RowListener) {
    this.#ask = ask;
    this.#listener = listener;
  }

  /** Rows of the whole list, of the former one until the first answer; undefined: nothing was ever answered. */
  get total(): number | undefined {
    return this.#total;
  }

  /** Whether what is shown belongs to the query before. */
  get outdated(): boolean {
    return this.#former.size > 0 || this.#total === undefined;
  }

  row(index: number): Row | undefined {
    const number = Math.floor(index / PAGE_ROWS);
    return (this.#pages.get(number) ?? this.#former.get(number))?.[index % PAGE_ROWS];
  }

  /** Asks for what is missing of the rows from `first` to `last`. */
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

  /** The query or the data is another one: everything is asked for again, from the rows that are in view. */
  restart(first: number, last: number): void {
    this.#forget();
    if (this.#pages.size > 0) this.#former = this.#pages;
    this.#pages = new Map();
    this.want(first, last);
  }

  /** Another run: nothing of the old one is shown any more. */
  clear(): void {
    this.#forget();
    this.#pages = new Map();
    this.#former = new Map();
    this.#total = undefined;
  }

  /** Answers that are still to come do not count. */
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
