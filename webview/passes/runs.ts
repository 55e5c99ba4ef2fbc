/** The list of runs for the function, by pass, kind, and whether they changed it. The extension filters it and gives it by range. */
import * as l10n from "../../src/protocol/l10n.js";
import { RUNS_AT_ONCE, type PassRunsChoice } from "../../src/protocol/pass-page.js";
import { PASS_SUBJECTS, type PassRunRow, type PassSubject } from "../../src/protocol/passes.js";
import { number } from "../../src/protocol/words.js";
import { debounced, h, replace, setAttributes, setText, show } from "../dom.js";
import { icon } from "../icons.js";
import { button, checkbox, dropdown, textField } from "../toolkit.js";
import type { PassesHost } from "./host.js";
import { changedWords, instructionWords, SUBJECTS } from "./words.js";

const ALL = "";
const TYPING_MILLIS = 120;

export class Runs {
  readonly element: HTMLElement;
  readonly #host: PassesHost;
  readonly #choose: (run: number) => void;
  readonly #list = h("ol", { class: "runs" });
  readonly #status = h("p", { class: "dim", role: "status" });
  readonly #more: HTMLElement;
  readonly #buttons = new Map<number, HTMLElement>();
  #choice: PassRunsChoice = { text: "", kind: null, changed: true, offset: 0 };
  #shown = 0;
  #at: number | undefined;

  /** @param choose called with a run that changed the function */
  constructor(host: PassesHost, choose: (run: number) => void) {
    this.#host = host;
    this.#choose = choose;
    const typed = debounced(TYPING_MILLIS, () => this.#ask(0));
    const search = textField(l10n.t("Search passes"), l10n.t("Pass"), icon("search"), (text) => {
      this.#choice = { ...this.#choice, text };
      typed();
    });
    const kind = dropdown(l10n.t("Kind of run"), (value) => {
      this.#choice = { ...this.#choice, kind: PASS_SUBJECTS.find((one) => one === value) ?? null };
      this.#ask(0);
    });
    kind.offer(
      [{ value: ALL, label: l10n.t("All kinds") }, ...PASS_SUBJECTS.map((one: PassSubject) => ({ value: one, label: SUBJECTS[one] }))],
      ALL,
    );
    const changed = checkbox(l10n.t("Changed only"), (only) => {
      this.#choice = { ...this.#choice, changed: only };
      this.#ask(0);
    });
    changed.checked = true;
    this.#more = button(l10n.t("Show More"), { onClick: () => this.#ask(this.#shown) });
    show(this.#more, false);
    this.element = h(
      "section",
      { class: "runs-part", "aria-labelledby": "runs" },
      h("h2", { id: "runs" }, l10n.t("Runs of passes")),
      h("div", { class: "tools" }, search.element, kind.element, changed.element),
      this.#status,
      h("div", { class: "runs-frame", tabindex: 0, role: "group", "aria-labelledby": "runs" }, this.#list, this.#more),
    );
  }

  start(): void {
    this.#ask(0);
  }

  /** Marks the run that is shown. */
  mark(run: number): void {
    setAttributes(this.#buttons.get(this.#at ?? -1) ?? h("i"), { "aria-current": null });
    this.#at = run;
    const row = this.#buttons.get(run);
    if (row === undefined) return;
    setAttributes(row, { "aria-current": "true" });
    row.scrollIntoView({ block: "nearest" });
  }

  #ask(offset: number): void {
    this.#choice = { ...this.#choice, offset };
    this.#host.ask(
      { type: "runs", ...this.#choice },
      (answer) => {
        if (answer.type === "runs") this.#fill(offset, answer.page);
      },
      (report) => setText(this.#status, report.message),
    );
  }

  #fill(offset: number, { total, rows }: { readonly total: number; readonly rows: readonly PassRunRow[] }): void {
    if (offset === 0) {
      this.#buttons.clear();
      replace(this.#list);
    }
    this.#list.append(...rows.map((row) => h("li", {}, this.#row(row))));
    this.#shown = offset + rows.length;
    setText(
      this.#status,
      total === 0
        ? l10n.t("No run matches.")
        : total > this.#shown
          ? l10n.t("The first {0} of {1} runs", number(this.#shown), number(total))
          : total === 1
            ? l10n.t("1 run")
            : l10n.t("{0} runs", number(total)),
    );
    show(this.#more, total > this.#shown && rows.length === RUNS_AT_ONCE);
    if (this.#at !== undefined) this.mark(this.#at);
  }

  /** A run that changed nothing cannot be chosen. */
  #row(row: PassRunRow): HTMLElement {
    const facts = [SUBJECTS[row.subject], changedWords(row), instructionWords(row)].filter((fact) => fact !== "");
    const parts = [
      h("span", { class: "run-number dim" }, number(row.run)),
      " ",
      h("span", { class: "run-pass" }, row.pass),
      " ",
      h("span", { class: "run-facts dim" }, facts.join(" · ")),
    ];
    if (row.changed.length === 0) return h("div", { class: "run run-idle" }, ...parts);
    const choose = h("button", { type: "button", class: "run" }, ...parts);
    choose.addEventListener("click", () => this.#choose(row.run));
    this.#buttons.set(row.run, choose);
    return choose;
  }
}
