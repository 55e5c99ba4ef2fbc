/** The page's settings; VS Code keeps them while the page is hidden and across reloads of the window. */
import type { Verdict } from "../src/protocol/runs.js";
import type { ModuleFilter, ModuleSort } from "../src/protocol/views.js";
import type { VsCodeApi } from "./host.js";

export interface PageState {
  /** The run that positions (scroll, zoom, active row) belong to. */
  run: string | null;
  /** The unit that the chosen crate belongs to. */
  unit: string | null;
  text: string;
  verdict: Verdict | null;
  crate: string | null;
  sort: ModuleSort | null;
  descending: boolean;
  /** The active row; -1: none yet. */
  activeRow: number;
  /** Pixels. */
  gridTop: number;
  pageTop: number;
  /** Micros; null: the whole run. */
  zoom: { readonly from: number; readonly to: number } | null;
  /** Whether the chart of stages follows the table's filter. */
  onlyFiltered: boolean;
  /** Whether sizes are those of functions only. */
  onlyCode: boolean;
}

const FRESH: PageState = {
  run: null,
  unit: null,
  text: "",
  verdict: null,
  crate: null,
  sort: null,
  descending: false,
  activeRow: -1,
  gridTop: 0,
  pageTop: 0,
  zoom: null,
  onlyFiltered: false,
  onlyCode: false,
};

const SAVE_MILLIS = 100;

/** The persistent state: assign to it, then save it. */
export class Store {
  readonly state: PageState;
  readonly #api: VsCodeApi;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: VsCodeApi) {
    this.#api = api;
    this.state = restored(api.getState());
    const save = (): void => {
      this.save();
    };
    document.addEventListener("visibilitychange", save);
    window.addEventListener("pagehide", save);
    window.addEventListener("blur", save);
  }

  /** Saves at once: the next action may hide the page, and then no code runs any more. */
  save(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#api.setState(this.state);
  }

  /** Saves with a delay, for values that change with every frame. */
  saveSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.save();
    }, SAVE_MILLIS);
  }

  /** Switches to another run: drops positions and keeps preferences. */
  enter(run: string, unit: string): void {
    const { state } = this;
    if (state.run !== run) Object.assign(state, { run, activeRow: -1, gridTop: 0, zoom: null });
    if (state.unit !== unit) Object.assign(state, { unit, crate: null, text: "", verdict: null, pageTop: 0 });
    this.save();
  }

  get filter(): ModuleFilter {
    const { text, verdict, crate } = this.state;
    return {
      ...(text.trim() === "" ? {} : { text }),
      ...(verdict === null ? {} : { verdicts: [verdict] }),
      ...(crate === null ? {} : { crates: [crate] }),
    };
  }

  get filtered(): boolean {
    return Object.keys(this.filter).length > 0;
  }
}

/** Takes values of the right type; an older version may have saved others. */
function restored(kept: unknown): PageState {
  const state = { ...FRESH };
  if (typeof kept !== "object" || kept === null) return state;
  const found = kept as Partial<Record<keyof PageState, unknown>>;
  const text = (value: unknown): value is string => typeof value === "string";
  const number = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
  if (text(found.run)) state.run = found.run;
  if (text(found.unit)) state.unit = found.unit;
  if (text(found.text)) state.text = found.text;
  if (VERDICTS.some((verdict) => verdict === found.verdict)) state.verdict = found.verdict as Verdict;
  if (text(found.crate)) state.crate = found.crate;
  if (SORTS.some((sort) => sort === found.sort)) state.sort = found.sort as ModuleSort;
  if (typeof found.descending === "boolean") state.descending = found.descending;
  if (number(found.activeRow)) state.activeRow = found.activeRow;
  if (number(found.gridTop)) state.gridTop = found.gridTop;
  if (number(found.pageTop)) state.pageTop = found.pageTop;
  if (typeof found.onlyFiltered === "boolean") state.onlyFiltered = found.onlyFiltered;
  if (typeof found.onlyCode === "boolean") state.onlyCode = found.onlyCode;
  const zoom = found.zoom as { readonly from?: unknown; readonly to?: unknown } | null | undefined;
  if (number(zoom?.from) && number(zoom.to) && zoom.to > zoom.from) state.zoom = { from: zoom.from, to: zoom.to };
  return state;
}

export const VERDICTS: readonly Verdict[] = ["re-used", "re-compiled", "failed", "linked"];
const SORTS: readonly ModuleSort[] = ["run", "name", "crate", "verdict", "reason", "bytes", "instructions", "growth", "time"];
