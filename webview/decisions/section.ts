/** The decisions: which modules rustc re-used or re-compiled, and why; the server filters and sorts. */
import { moduleCount } from "../../src/protocol/counts.js";
import * as l10n from "../../src/protocol/l10n.js";
import type { ModuleQuery } from "../../src/protocol/requests/rows.js";
import { ALL_PIPELINES, pipelineOf } from "../../src/protocol/pipelines.js";
import { stagesOf } from "../../src/protocol/stages.js";
import type { CrateRow, ModuleRow, ModuleSort, RunView } from "../../src/protocol/views.js";
import { debounced, h, newId, replace, setText, show } from "../dom.js";
import { FailureSlot } from "../failure.js";
import { Latest, type Host } from "../host.js";
import { icon } from "../icons.js";
import { VERDICTS, type Store } from "../state.js";
import { button, dropdown, textField } from "../toolkit.js";
import { number } from "../../src/protocol/words.js";
import { COLUMNS } from "./columns.js";
import { Detail } from "./detail.js";
import { Grid } from "./grid.js";
import { RowCache } from "./row-cache.js";

const TYPING_MILLIS = 150;
/** The maximum number of crates in the list; others can be found by name. */
const MOST_CRATES = 500;
const ALL = "";

export class Decisions {
  readonly element: HTMLElement;
  readonly #host: Host;
  readonly #store: Store;
  readonly #onFilter: () => void;
  readonly #rows: RowCache<ModuleRow>;
  readonly #grid: Grid;
  readonly #detail: Detail;
  readonly #failure: FailureSlot;
  readonly #found = h("p", { class: "found dim", role: "status" });
  readonly #nothing = h("div", { class: "nothing", hidden: true });
  readonly #clear: HTMLElement;
  readonly #text;
  readonly #verdict;
  readonly #crate;
  readonly #latestCrates = new Latest();
  readonly #latestPlace = new Latest();
  /** A request for the active module's position in another order is pending. */
  #following = false;
  #run: RunView | undefined;

  /** @param onFilter the filter changed, which other sections follow */
  constructor(host: Host, store: Store, onFilter: () => void) {
    this.#host = host;
    this.#store = store;
    this.#onFilter = onFilter;
    this.#detail = new Detail(host);
    this.#failure = new FailureSlot({ retry: () => this.refresh(), showLog: () => host.command("showLog") });
    this.#rows = new RowCache((offset, limit, token) => host.ask("modules", { ...this.#query(), offset, limit }, token), {
      arrived: () => this.#arrived(),
      failed: (report) => this.#failure.tell(report),
    });
    const hint = h("p", { id: newId("hint"), class: "unseen" }, KEYS);
    this.#grid = new Grid(
      this.#rows,
      {
        sort: (column) => this.#sort(column),
        active: (index) => this.#active(index),
        open: (row, stage) => this.#open(row, stage),
        scrolled: (top) => {
          // An empty table is always at the top; this is not the position to save.
          if (this.#rows.total === undefined) return;
          this.#store.state.gridTop = top;
          this.#store.saveSoon();
        },
      },
      hint.id,
    );
    const typed = debounced(TYPING_MILLIS, () => this.#filtered());
    this.#text = textField(
      l10n.t("Filter by words of module, crate, verdict or reason"),
      l10n.t("Filter modules"),
      icon("search"),
      (text) => {
        this.#store.state.text = text;
        this.#store.save();
        typed();
      },
    );
    this.#verdict = dropdown(l10n.t("Verdict"), (value) => {
      this.#store.state.verdict = VERDICTS.find((verdict) => verdict === value) ?? null;
      this.#filtered();
    });
    this.#crate = dropdown(l10n.t("Crate"), (value) => {
      this.#store.state.crate = value === ALL ? null : value;
      this.#filtered();
    });
    this.#clear = button(l10n.t("Clear Filter"), { onClick: () => this.#clearFilter() });
    const tools = h("div", { class: "tools" }, this.#text.element, this.#verdict.element, this.#crate.element, this.#clear, this.#found);
    this.element = h(
      "section",
      { class: "section decisions", "aria-labelledby": "decisions-title" },
      h("h2", { id: "decisions-title" }, l10n.t("Decisions")),
      tools,
      this.#failure.element,
      hint,
      h("div", { class: "grid-room" }, this.#grid.element),
      this.#nothing,
      this.#detail.element,
    );
  }

  /** Shows a run whose state is already in the store. */
  show(run: RunView): void {
    const another = this.#run?.id !== run.id;
    this.#run = run;
    const { state } = this.#store;
    if (another) {
      this.#rows.clear();
      this.#latestPlace.forget();
      this.#following = false;
      show(this.#detail.element, false);
      this.#detail.clear();
      this.#failure.clear();
      setText(this.#found, "");
    }
    this.#text.value = state.text;
    this.#offerVerdicts(run);
    this.#grid.sorted(state.sort, state.descending);
    show(this.#clear, this.#store.filtered);
    void this.#offerCrates(run);
    if (another) this.#grid.restore(state.activeRow, state.gridTop);
    this.refresh();
  }

  /** Requests the visible rows again. */
  refresh(): void {
    this.#failure.clear();
    this.#grid.element.setAttribute("aria-busy", "true");
    // Before the first answer, the table has not reached its height, so the saved position applies instead of the current one.
    const top = this.#rows.total === undefined ? Math.floor(this.#store.state.gridTop / ROW_GUESS) : this.#grid.visible.first;
    this.#rows.restart(Math.max(0, top), Math.max(0, top) + FIRST_ROWS);
  }

  #query(): ModuleQuery {
    const { sort, descending } = this.#store.state;
    return { subject: { run: this.#run?.id ?? "" }, filter: this.#store.filter, ...(sort === null ? {} : { sort, descending }) };
  }

  #arrived(): void {
    const { state } = this.#store;
    const total = this.#rows.total ?? 0;
    const first = this.#grid.element.getAttribute("aria-busy") !== null;
    this.#grid.element.removeAttribute("aria-busy");
    const all = this.#run?.counts.modules ?? total;
    setText(this.#found, this.#store.filtered ? l10n.t("{0} of {1}", number(total), moduleCount(all)) : moduleCount(total));
    show(this.#nothing, total === 0);
    show(this.#detail.element, total > 0);
    if (total === 0) {
      replace(this.#nothing, this.#store.filtered ? l10n.t("No module matches the filter.") : l10n.t("This run has no modules."));
    }
    if (first) {
      // The first module is active until the user chooses another.
      if (!this.#following) state.activeRow = Math.max(0, Math.min(state.activeRow, total - 1));
      this.#grid.restore(state.activeRow, state.gridTop);
    }
    this.#grid.renderNow();
    if (!this.#following) this.#showDetail();
  }

  #showDetail(): void {
    const row = this.#rows.row(this.#grid.activeRow);
    if (row !== undefined && this.#run !== undefined && !this.#rows.outdated) {
      this.#detail.show(this.#run.id, pipelineOf(this.#run.unit.mode), row);
    }
  }

  #active(index: number): void {
    this.#store.state.activeRow = index;
    this.#store.save();
    this.#showDetail();
  }

  #open(row: ModuleRow, index: number | null): void {
    if (this.#run === undefined) return;
    const stages = stagesOf(this.#run.unit.mode);
    const stage = stages.at(index ?? -1);
    if (stage !== undefined) this.#host.open(this.#run.id, row.name, stage);
  }

  #sort(sort: ModuleSort): void {
    const { state } = this.#store;
    const descendingFirst = COLUMNS.find((column) => column.sort === sort)?.descendingFirst ?? false;
    // The third click restores the run's order.
    if (state.sort !== sort) Object.assign(state, { sort, descending: descendingFirst });
    else if (state.descending === descendingFirst) state.descending = !descendingFirst;
    else Object.assign(state, { sort: null, descending: false });
    this.#grid.sorted(state.sort, state.descending);
    this.#reordered();
  }

  #filtered(): void {
    show(this.#clear, this.#store.filtered);
    this.#reordered();
    this.#onFilter();
  }

  #clearFilter(): void {
    Object.assign(this.#store.state, { text: "", verdict: null, crate: null });
    this.#text.value = "";
    if (this.#run !== undefined) this.#offerVerdicts(this.#run);
    void this.#offerCrates(this.#run);
    this.#text.element.focus();
    this.#filtered();
  }

  /** After a change of order or filter: scrolls to the top; the active module stays active at its new position. */
  #reordered(): void {
    const { state } = this.#store;
    Object.assign(state, { activeRow: -1, gridTop: 0 });
    this.#store.save();
    this.#grid.restore(-1, 0);
    this.refresh();
    void this.#followModule();
  }

  async #followModule(): Promise<void> {
    const module = this.#detail.module;
    if (module === undefined) return;
    this.#following = true;
    const { subject, ...query } = this.#query();
    const outcome = await this.#latestPlace.of((token) => this.#host.ask("module", { subject, module, query }, token));
    if (outcome === undefined) return;
    this.#following = false;
    const place = "answer" in outcome ? outcome.answer.index : -1;
    this.#store.state.activeRow = Math.max(0, place);
    this.#store.save();
    this.#grid.restore(this.#store.state.activeRow);
    if (place < 0) this.#showDetail();
  }

  #offerVerdicts({ counts }: RunView): void {
    const { modules, reused, recompiled, failed } = counts;
    const count = { "re-used": reused, "re-compiled": recompiled, failed, linked: modules - reused - recompiled - failed };
    const offered = VERDICTS.filter((verdict) => count[verdict] > 0 || verdict === this.#store.state.verdict);
    const choices = offered.map((verdict) => ({ value: verdict, label: `${verdict} (${number(count[verdict])})` }));
    this.#verdict.offer([{ value: ALL, label: l10n.t("All verdicts") }, ...choices], this.#store.state.verdict ?? ALL);
  }

  async #offerCrates(run: RunView | undefined): Promise<void> {
    if (run === undefined) return;
    const { state } = this.#store;
    const chosen = state.crate ?? ALL;
    const none = { value: ALL, label: l10n.t("All crates") };
    this.#crate.offer(chosen === ALL ? [none] : [none, { value: chosen, label: chosen }], chosen);
    const query = { subject: { run: run.id }, sort: "crate", offset: 0, limit: MOST_CRATES } as const;
    const outcome = await this.#latestCrates.of((token) => this.#host.ask("crates", query, token));
    if (outcome === undefined || !("answer" in outcome)) return;
    const { rows, total } = outcome.answer;
    const label = ({ crate, modules }: CrateRow): string => `${crate} (${number(modules)})`;
    const choices = rows.map((row) => ({ value: row.crate, label: label(row) }));
    if (chosen !== ALL && !rows.some(({ crate }) => crate === chosen)) choices.unshift({ value: chosen, label: chosen });
    const all =
      total > rows.length ? l10n.t("All crates (the first {0} of {1} are listed)", number(rows.length), number(total)) : none.label;
    this.#crate.offer([{ value: ALL, label: all }, ...choices], state.crate ?? ALL);
  }
}

/** The number of rows to request before the number of visible rows is known. */
const FIRST_ROWS = 40;
/** The assumed height of a row before the first is drawn, in pixels. */
const ROW_GUESS = 22;

const MOST_STAGES = Math.max(...ALL_PIPELINES.map(({ stages }) => stages.length));

const KEYS = l10n.t(
  "Arrow keys, Page Up, Page Down, Home and End move. Right enters the cells of a row, Escape leaves them. Enter opens what the last stage changed, 1 to {0} what a stage changed.",
  MOST_STAGES,
);
