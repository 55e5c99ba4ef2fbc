/** Failures, shown where they occur: which action failed, on what, and what to do now. */
import * as l10n from "../src/protocol/l10n.js";
import type { LtoErrorReport } from "../src/protocol/errors.js";
import { h, replace, show } from "./dom.js";
import { icon } from "./icons.js";
import { button } from "./toolkit.js";

export interface FailureActions {
  /** Repeats the request; absent if that would not help. */
  readonly retry?: () => void;
  readonly showLog: () => void;
}

/** The parts of a report as a block; `role` tells whether it is read out when it appears. */
export function failureBlock(report: LtoErrorReport, actions: FailureActions): HTMLElement {
  const where = [report.module, report.stage, report.file].filter((part) => part !== undefined).join(" · ");
  return h(
    "div",
    { class: "failure" },
    icon("error"),
    h(
      "div",
      { class: "failure-words" },
      h("p", { class: "failure-message" }, report.message),
      where === "" ? null : h("p", { class: "failure-where" }, where),
      report.help === undefined ? null : h("p", { class: "failure-help" }, report.help),
    ),
    h(
      "div",
      { class: "failure-buttons" },
      actions.retry === undefined ? null : button(l10n.t("Try Again"), { onClick: actions.retry }),
      button(l10n.t("Show Log"), { onClick: actions.showLog }),
    ),
  );
}

/** A slot for a failure; empty and hidden while there is none. */
export class FailureSlot {
  readonly element = h("div", { class: "failure-slot", role: "alert", hidden: true });
  readonly #actions: FailureActions;

  constructor(actions: FailureActions) {
    this.#actions = actions;
  }

  tell(report: LtoErrorReport): void {
    replace(this.element, failureBlock(report, this.#actions));
    show(this.element, true);
  }

  clear(): void {
    if (this.element.hasAttribute("hidden")) return;
    replace(this.element);
    show(this.element, false);
  }
}
