/** One cause: what happened, its reach, and on demand each module that it made rustc re-compile, grouped by the way it got there. */
import { moduleCount } from "../../src/protocol/counts.js";
import * as l10n from "../../src/protocol/l10n.js";
import type { CascadeRow, CauseRow } from "../../src/protocol/explain.js";
import { h, link, replace, setText, show, withCode, type Child } from "../dom.js";
import { button } from "../toolkit.js";
import { number } from "../../src/protocol/words.js";

export interface CauseEvents {
  /** Asks for modules that the cause reached, from an offset in their list. */
  more(cause: string, offset: number): void;
  open(module: string): void;
  /** The user expanded or collapsed the list of modules. */
  toggled(cause: string, open: boolean): void;
}

const HOW: Readonly<Record<CascadeRow["how"], string>> = {
  itself: l10n.t("changed itself"),
  imports: l10n.t("imports from one that changed"),
  otherwise: l10n.t("reached in another way"),
};

export class CauseItem {
  readonly element: HTMLElement;
  readonly #cause: CauseRow;
  readonly #events: CauseEvents;
  readonly #lists = h("div", { class: "cascade" });
  readonly #more: HTMLElement;
  readonly #rows: CascadeRow[] = [];

  /** @param whole modules that the largest cause reached; bars are scaled to it */
  constructor(cause: CauseRow, whole: number, open: boolean, events: CauseEvents) {
    this.#cause = cause;
    this.#events = events;
    this.#more = button(l10n.t("Show More"), { onClick: () => events.more(cause.id, this.#rows.length) });
    show(this.#more, false);
    const details = h("details", { open }, summary(cause, whole), this.#lists, this.#more);
    details.addEventListener("toggle", () => {
      events.toggled(cause.id, details.open);
      if (details.open && this.#rows.length === 0) events.more(cause.id, 0);
    });
    this.element = h("li", { class: "cause" }, details);
    if (open) events.more(cause.id, 0);
  }

  /** Appends the next part of the list of modules; ignores any other part as late. */
  add(offset: number, rows: readonly CascadeRow[], total: number): void {
    if (offset !== this.#rows.length) return;
    this.#rows.push(...rows);
    const ways = (["itself", "imports", "otherwise"] as const).filter((how) => this.#rows.some((row) => row.how === how));
    replace(this.#lists, ...ways.flatMap((how) => this.#list(how)));
    show(this.#more, this.#rows.length < total);
    setText(this.#more, l10n.t("Show More ({0} left)", number(total - this.#rows.length)));
  }

  #list(how: CascadeRow["how"]): readonly Child[] {
    const rows = this.#rows.filter((row) => row.how === how);
    const total = { itself: this.#cause.itself, imports: this.#cause.importers, otherwise: this.#cause.others }[how];
    const items = rows.map((row) =>
      h(
        "li",
        {},
        link(row.shortName, l10n.t("Explain {0}", row.module), () => {
          this.#events.open(row.module);
        }),
        h("span", { class: "dim" }, row.crate),
      ),
    );
    return [h("h3", {}, `${HOW[how]} (${number(total)})`), h("ul", { class: "cascade-modules" }, ...items)];
  }
}

function summary({ title, effect, itself, importers, others }: CauseRow, whole: number): HTMLElement {
  const reached = itself + importers + others;
  const bar = h("span", { class: "cause-bar", "aria-hidden": "true" });
  bar.style.setProperty("--share", String(reached / Math.max(1, whole)));
  return h(
    "summary",
    {},
    h("span", { class: "cause-words" }, h("span", { class: "cause-title" }, ...withCode(title)), h("span", { class: "dim" }, effect)),
    h("span", { class: "cause-reach" }, bar, moduleCount(reached)),
  );
}
