/**
 * The picture of a function's life: a row for each module that has a copy, a column for each stage. A bar runs as long as the module defines it; each stage is
 * a button that opens the IR there. It is a table, so that screen readers read it by row and column.
 */
import * as l10n from "../../src/protocol/l10n.js";
import type { FunctionCell, FunctionCopy, FunctionStages, FunctionView } from "../../src/protocol/function-page.js";
import type { Stage } from "../../src/protocol/stages.js";
import { counted, number } from "../../src/protocol/words.js";
import { h, link, replace, scrollable, setAttributes, withCode, type Child } from "../dom.js";
import { icon, type IconName } from "../icons.js";
import { StagePair } from "./stage-pair.js";

export interface LifeActions {
  readonly openStage: (copy: number, stage: Stage) => void;
  readonly openPasses: (copy: number) => void;
  readonly openDiff: (copy: number, from: Stage, to: Stage) => void;
}

type Shape = Pick<FunctionView, "copies" | "stages">;

export class Life {
  readonly element: HTMLElement;
  readonly #rows: readonly LifeRow[];

  constructor({ copies, stages }: Shape, actions: LifeActions) {
    const pair = new StagePair(stages, () => {
      for (const row of this.#rows) row.showDiff();
    });
    this.#rows = copies.shown.map((copy, index) => new LifeRow({ copy, index, stages, pair, actions }));
    const head = (text: string): HTMLElement => h("th", { scope: "col" }, text);
    const table = h(
      "table",
      { class: "life" },
      h("thead", {}, h("tr", {}, head(l10n.t("Module")), ...stages.map(({ label }) => head(label)), head(l10n.t("Then")))),
      h("tbody", {}, ...this.#rows.map(({ element }) => element)),
    );
    const left = copies.total - copies.shown.length;
    this.element = h(
      "div",
      {},
      pair.element,
      scrollable(h("div", { class: "table" }, table), l10n.t("Its life through modules and stages")),
      left > 0 ? h("p", { class: "dim" }, l10n.t("… and {0} more copies.", number(left))) : null,
    );
  }

  showStages(copy: number, stages: FunctionStages | null, problem: string | null): void {
    if (stages === null) this.#rows[copy]?.showProblem(problem ?? "");
    else this.#rows[copy]?.showCells(stages.cells);
  }
}

const COPIES: Readonly<Record<FunctionCopy["copy"], IconName>> = { own: "module", imported: "down", "not-prevailing": "link" };

interface RowParts {
  readonly copy: FunctionCopy;
  readonly index: number;
  readonly stages: FunctionView["stages"];
  readonly pair: StagePair;
  readonly actions: LifeActions;
}

class LifeRow {
  readonly element: HTMLElement;
  readonly #copy: FunctionCopy;
  readonly #index: number;
  readonly #labels: ReadonlyMap<Stage, string>;
  readonly #pair: StagePair;
  readonly #actions: LifeActions;
  readonly #cells: ReadonlyMap<Stage, HTMLElement>;
  readonly #diff = h("span", { class: "life-diff" });
  /** Empty: not known yet. */
  #known: readonly FunctionCell[] = [];

  constructor({ copy, index, stages, pair, actions }: RowParts) {
    this.#copy = copy;
    this.#index = index;
    this.#pair = pair;
    this.#actions = actions;
    this.#labels = new Map(stages.map(({ stage, label }) => [stage, label]));
    this.#cells = new Map(
      stages.map(({ stage }) => [stage, h("td", { class: "life-cell waiting-cell" }, h("span", { class: "dim" }, "…"))]),
    );
    const { shortName, origin, label, cause, inlined } = copy;
    this.element = h(
      "tr",
      { class: `life-row life-${copy.copy}` },
      h(
        "th",
        { scope: "row" },
        h("span", { class: "life-module" }, icon(COPIES[copy.copy]), h("span", {}, shortName)),
        h("span", { class: "dim" }, origin),
      ),
      ...this.#cells.values(),
      h(
        "td",
        { class: "life-end" },
        h("span", { class: `life-fate fate-${copy.fate}` }, icon(fateIcon(copy)), h("span", {}, label)),
        cause === "" ? null : h("span", { class: "dim" }, ...withCode(cause)),
        h("span", {}, this.#passesLink()),
        inlined > 0 ? h("span", { class: "dim" }, l10n.t("inlined {0}× here", number(inlined))) : null,
        this.#diff,
      ),
    );
  }

  showCells(cells: readonly FunctionCell[]): void {
    let before = 0;
    for (const [at, cell] of cells.entries()) {
      const element = this.#cells.get(cell.stage);
      if (element === undefined) continue;
      const isStart = cells[at - 1]?.state !== "defined";
      const isEnd = cells[at + 1]?.state !== "defined";
      const ends = cell.state === "defined" ? `${isStart ? " bar-start" : ""}${isEnd ? " bar-end" : ""}` : "";
      setAttributes(element, { class: `life-cell life-cell-${cell.state}${ends}` });
      replace(element, this.#content(cell, before));
      if (cell.state === "defined") before = cell.instructions;
    }
    this.#known = cells;
    this.showDiff();
  }

  /** Offers the diff of the chosen stages. */
  showDiff(): void {
    const chosen = this.#pair.of(this.#known);
    if (chosen === undefined) {
      replace(this.#diff);
      return;
    }
    const { from, to } = chosen;
    const compare = link(l10n.t("Compare"), null, () => this.#actions.openDiff(this.#index, from, to));
    compare.setAttribute("aria-label", l10n.t("Compare {0} with {1} in {2}", this.#label(from), this.#label(to), this.#copy.shortName));
    replace(this.#diff, compare);
  }

  showProblem(problem: string): void {
    for (const cell of this.#cells.values()) replace(cell, h("span", { class: "dim", title: problem }, l10n.t("not known")));
  }

  #content({ stage, state, instructions }: FunctionCell, before: number): Child {
    if (state === "absent") return h("span", { class: "dim" }, "—", h("span", { class: "unseen" }, l10n.t("not there")));
    const text = state === "declared" ? l10n.t("declared") : number(instructions);
    const grown = state === "defined" && before > 0 && instructions !== before ? (instructions > before ? " ↑" : " ↓") : "";
    const open = link(`${text}${grown}`, null, () => this.#actions.openStage(this.#index, stage));
    const size = state === "declared" ? l10n.t("declared") : counted(instructions, "instruction");
    open.setAttribute("aria-label", l10n.t("{0}: open {1} at {2}", size, this.#copy.shortName, this.#label(stage)));
    return open;
  }

  #passesLink(): HTMLElement {
    const passes = link(l10n.t("Show Passes"), null, () => this.#actions.openPasses(this.#index));
    passes.setAttribute("aria-label", l10n.t("Show Passes in {0}", this.#copy.shortName));
    return passes;
  }

  #label(stage: Stage): string {
    return this.#labels.get(stage) ?? stage;
  }
}

function fateIcon({ fate }: FunctionCopy): IconName {
  if (fate === "kept" || fate === "kept-local" || fate === "kept-copy") return "check";
  if (fate === "merged" || fate === "new-signature") return "link";
  return fate === "inlined" ? "target" : "error";
}
