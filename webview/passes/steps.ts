/** The slider over the runs that changed the function, with buttons to the previous and the next one. */
import * as l10n from "../../src/protocol/l10n.js";
import type { PassRunRow } from "../../src/protocol/passes.js";
import { number } from "../../src/protocol/words.js";
import { h, oncePerFrame, setAttributes, setText } from "../dom.js";
import { button, setDisabled } from "../toolkit.js";
import { changedWords, instructionWords, runWords, SUBJECTS, timeWords } from "./words.js";

export class Steps {
  readonly element: HTMLElement;
  readonly #changes: readonly PassRunRow[];
  readonly #slider: HTMLInputElement;
  readonly #previous: HTMLElement;
  readonly #next: HTMLElement;
  readonly #name = h("p", { class: "step-name" });
  readonly #facts = h("p", { class: "dim" });
  #at = 0;

  /** @param moved called with the index of the run that the user chose */
  constructor(changes: readonly PassRunRow[], moved: (index: number) => void) {
    this.#changes = changes;
    this.#slider = h("input", { type: "range", min: 0, max: changes.length - 1, step: 1, "aria-label": l10n.t("Run that changed it") });
    const move = (index: number): void => {
      if (index < 0 || index >= changes.length || index === this.#at) return;
      this.show(index);
      moved(index);
    };
    const slide = oncePerFrame(() => {
      move(Number(this.#slider.value));
    });
    this.#slider.addEventListener("input", slide);
    this.#previous = button(l10n.t("Previous"), { onClick: () => move(this.#at - 1) });
    this.#next = button(l10n.t("Next"), { onClick: () => move(this.#at + 1) });
    this.element = h(
      "div",
      { class: "steps" },
      h("div", { class: "tools" }, this.#previous, this.#next, this.#slider),
      this.#name,
      this.#facts,
    );
  }

  show(index: number): void {
    const row = this.#changes[index];
    if (row === undefined) return;
    this.#at = index;
    const place = l10n.t("{0} of {1}", number(index + 1), number(this.#changes.length));
    const name = `${place}: ${runWords(row.pass, row.run)}`;
    this.#slider.value = String(index);
    setAttributes(this.#slider, { "aria-valuetext": name });
    setText(this.#name, name);
    const facts = [SUBJECTS[row.subject], changedWords(row), instructionWords(row), timeWords(row)];
    setText(this.#facts, facts.filter((fact) => fact !== "").join(" · "));
    setDisabled(this.#previous, index === 0);
    setDisabled(this.#next, index === this.#changes.length - 1);
  }
}
