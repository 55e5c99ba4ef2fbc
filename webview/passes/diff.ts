/**
 * What a run changed, line by line. It is a list with one Tab stop: arrow keys walk through the lines, Enter asks which run made one, or shows the lines of a
 * fold.
 */
import * as l10n from "../../src/protocol/l10n.js";
import type { PassStep, PassStepRow } from "../../src/protocol/pass-page.js";
import { number } from "../../src/protocol/words.js";
import { h, replace, setText } from "../dom.js";

export interface DiffActions {
  /** Which run made this line of the function's body? */
  readonly askMaker: (line: number) => void;
  /** Show what is folded. */
  readonly unfold: () => void;
}

const SIGNS = { same: " ", added: "+", removed: "−" } as const;
const SPOKEN = { same: "", added: l10n.t("added"), removed: l10n.t("removed") } as const;
/** Lines that Page Up and Page Down move by. */
const PAGE = 20;

export class Diff {
  readonly element: HTMLElement;
  readonly #actions: DiffActions;
  readonly #list: HTMLElement;
  readonly #summary = h("p", { class: "dim", role: "status" });
  readonly #left = h("p", { class: "dim" });
  #rows: readonly PassStepRow[] = [];
  #lines: readonly HTMLElement[] = [];
  #active = 0;

  constructor(actions: DiffActions) {
    this.#actions = actions;
    this.#list = h("div", {
      class: "diff",
      role: "listbox",
      "aria-label": l10n.t("Lines; Enter shows the run that made one"),
      tabindex: 0,
    });
    this.#list.addEventListener("keydown", (event) => this.#key(event));
    this.#list.addEventListener("click", ({ target }) => {
      const index = target instanceof Node ? this.#lines.findIndex((line) => line.contains(target)) : -1;
      if (index < 0 || String(document.getSelection()) !== "") return;
      this.#activate(index);
      this.#act(index);
    });
    this.element = h("div", {}, this.#summary, this.#list, this.#left);
  }

  show({ added, removed, rows: { total, shown } }: PassStep): void {
    this.#rows = shown;
    this.#lines = shown.map((row, index) => this.#line(row, index));
    replace(this.#list, ...this.#lines);
    this.#list.scrollTop = 0;
    const first = shown.findIndex(({ kind }) => kind === "added" || kind === "removed");
    this.#activate(Math.max(first, 0), false);
    setText(
      this.#summary,
      added + removed === 0
        ? l10n.t("Nothing differs with these filters.")
        : l10n.t("Lines: {0} added, {1} removed", number(added), number(removed)),
    );
    setText(this.#left, total > shown.length ? l10n.t("… and {0} more; the diff editor has all.", number(total - shown.length)) : "");
  }

  clear(text: string): void {
    [this.#rows, this.#lines] = [[], []];
    replace(this.#list);
    setText(this.#summary, text);
    setText(this.#left, "");
  }

  wait(): void {
    setText(this.#summary, l10n.t("Comparing…"));
  }

  #line(row: PassStepRow, index: number): HTMLElement {
    const common = { role: "option", id: `line-${index}`, "aria-selected": "false" };
    if (row.kind === "fold") {
      const text = row.lines === 1 ? l10n.t("Show 1 line that is the same") : l10n.t("Show {0} lines that are the same", number(row.lines));
      return h("div", { ...common, class: "line line-fold" }, text);
    }
    return h(
      "div",
      { ...common, class: `line line-${row.kind}${row.line === null ? "" : " line-made"}` },
      h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[row.kind]),
      h("span", { class: "unseen" }, SPOKEN[row.kind]),
      h("span", { class: "code" }, row.text),
    );
  }

  #key(event: KeyboardEvent): void {
    const last = this.#lines.length - 1;
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: this.#active + 1,
      ArrowUp: this.#active - 1,
      PageDown: this.#active + PAGE,
      PageUp: this.#active - PAGE,
      Home: 0,
      End: last,
    };
    const target = targets[event.key];
    if (target !== undefined) this.#activate(Math.min(Math.max(target, 0), last));
    else if (event.key === "Enter" || event.key === " ") this.#act(this.#active);
    else return;
    event.preventDefault();
  }

  #activate(index: number, scroll = true): void {
    this.#lines[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = index;
    const line = this.#lines[index];
    if (line === undefined) {
      this.#list.removeAttribute("aria-activedescendant");
      return;
    }
    line.setAttribute("aria-selected", "true");
    this.#list.setAttribute("aria-activedescendant", line.id);
    if (scroll) line.scrollIntoView({ block: "nearest" });
  }

  #act(index: number): void {
    const row = this.#rows[index];
    if (row === undefined) return;
    if (row.kind === "fold") this.#actions.unfold();
    else if (row.line !== null) this.#actions.askMaker(row.line);
  }
}
