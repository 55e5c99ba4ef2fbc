/** The two stages that *Compare* shows; until the user chooses others, the first and the last one with the definition. */
import * as l10n from "../../src/protocol/l10n.js";
import type { FunctionCell, FunctionView } from "../../src/protocol/function-page.js";
import type { Stage } from "../../src/protocol/stages.js";
import { h } from "../dom.js";
import { dropdown, type Choices } from "../toolkit.js";

/** Not a stage's tag. */
const DEFINED = "";

export class StagePair {
  readonly element: HTMLElement;
  #from: Stage = DEFINED;
  #to: Stage = DEFINED;

  constructor(stages: FunctionView["stages"], onChanged: () => void) {
    const choices = (label: string, defined: string, choose: (stage: Stage) => void): Choices => {
      const made = dropdown(label, (stage) => {
        choose(stage);
        onChanged();
      });
      made.offer([{ value: DEFINED, label: defined }, ...stages.map(({ stage, label: name }) => ({ value: stage, label: name }))], DEFINED);
      return made;
    };
    const from = choices(l10n.t("Stage to compare"), l10n.t("First definition"), (stage) => {
      this.#from = stage;
    });
    const to = choices(l10n.t("Stage to compare with"), l10n.t("Last definition"), (stage) => {
      this.#to = stage;
    });
    this.element = h("div", { class: "tools stage-pair" }, h("span", {}, l10n.t("Compare")), from.element, "↔", to.element);
  }

  /** The stages to compare of a copy. @returns undefined: they are one stage, or neither has anything to show */
  of(cells: readonly FunctionCell[]): { readonly from: Stage; readonly to: Stage } | undefined {
    const defined = cells.filter(({ state }) => state === "defined").map(({ stage }) => stage);
    const from = this.#from === DEFINED ? defined[0] : this.#from;
    const to = this.#to === DEFINED ? defined.at(-1) : this.#to;
    const isShown = cells.some(({ stage, state }) => (stage === from || stage === to) && state !== "absent");
    return from === undefined || to === undefined || from === to || !isShown ? undefined : { from, to };
  }
}
