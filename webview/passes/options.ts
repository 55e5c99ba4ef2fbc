/** With what a step is compared, and the filters of the texts. */
import * as l10n from "../../src/protocol/l10n.js";
import type { PassAgainst } from "../../src/protocol/pass-page.js";
import type { PassRunRow } from "../../src/protocol/passes.js";
import type { DocumentFilters } from "../../src/protocol/uris.js";
import { h } from "../dom.js";
import { checkbox, dropdown, type Tick } from "../toolkit.js";
import { runWords } from "./words.js";

/** The most steps to choose from. */
const MOST_STEPS = 300;

const LABELS: Readonly<Record<keyof DocumentFilters, string>> = {
  hideDebugInfo: l10n.t("Hide debug info and metadata"),
  hideGuids: l10n.t("Hide GUIDs"),
  hideAttributes: l10n.t("Hide attributes"),
  demangle: l10n.t("Readable names"),
  stableNumbering: l10n.t("Number alike"),
};

const FILTERS = ["hideDebugInfo", "hideGuids", "hideAttributes", "demangle", "stableNumbering"] as const;

export class Options {
  readonly element: HTMLElement;
  readonly #all: Tick;
  #against: PassAgainst = "previous";
  #filters: DocumentFilters;

  constructor(changes: readonly PassRunRow[], filters: DocumentFilters, changed: () => void) {
    this.#filters = filters;
    const against = dropdown(l10n.t("Against"), (value) => {
      this.#against = value === "previous" || value === "start" ? value : Number(value);
      changed();
    });
    against.offer(
      [
        { value: "previous", label: l10n.t("The step before") },
        { value: "start", label: l10n.t("Before the passes") },
        ...changes.slice(0, MOST_STEPS).map(({ pass, run }) => ({ value: String(run), label: runWords(pass, run) })),
      ],
      "previous",
    );
    const ticks = FILTERS.map((name) => {
      const tick = checkbox(LABELS[name], (checked) => {
        this.#filters = { ...this.#filters, [name]: checked };
        changed();
      });
      tick.checked = filters[name];
      return tick.element;
    });
    this.#all = checkbox(l10n.t("All lines"), () => {
      changed();
    });
    this.element = h(
      "div",
      { class: "tools" },
      h("span", { "aria-hidden": "true" }, l10n.t("Against")),
      against.element,
      this.#all.element,
      ...ticks,
    );
  }

  get against(): PassAgainst {
    return this.#against;
  }

  get filters(): DocumentFilters {
    return this.#filters;
  }

  /** Nothing is folded. */
  get whole(): boolean {
    return this.#all.checked;
  }

  set whole(whole: boolean) {
    this.#all.checked = whole;
  }
}
