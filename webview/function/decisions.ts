/** A list of decisions about imports or calls: what was decided and what differs, which opens to the reason and what would change it. */
import * as l10n from "../../src/protocol/l10n.js";
import type { FunctionDecision, FunctionList, OfFunctionPage } from "../../src/protocol/function-page.js";
import type { Excerpt } from "../../src/protocol/views.js";
import { number } from "../../src/protocol/words.js";
import { h, link, newId, withCode } from "../dom.js";
import { icon, type IconName } from "../icons.js";

type Tell = (message: OfFunctionPage) => void;

const VERDICTS: Readonly<Record<FunctionDecision["verdict"], readonly [word: string, sign: IconName]>> = {
  "not-inlined": [l10n.t("not inlined"), "error"],
  "not-imported": [l10n.t("not imported"), "warning"],
  "in-vain": [l10n.t("imported in vain"), "warning"],
  imported: [l10n.t("imported"), "down"],
  inlined: [l10n.t("inlined"), "check"],
};

export function decisionList(
  title: string,
  list: FunctionList,
  { total, shown }: Excerpt<FunctionDecision>,
  tell: Tell,
): HTMLElement | null {
  if (total === 0) return null;
  const id = newId("list");
  return h(
    "section",
    { class: "section", "aria-labelledby": id },
    h("h2", { id }, `${title} (${number(total)})`),
    h("ul", { class: "rows" }, ...shown.map((decision, index) => h("li", {}, row(decision, list, index, tell)))),
    total > shown.length ? h("p", { class: "dim" }, l10n.t("… and {0} more, in the Calls view.", number(total - shown.length))) : null,
  );
}

function row(decision: FunctionDecision, list: FunctionList, index: number, tell: Tell): HTMLElement {
  const { verdict, other, otherSymbol, short, text, help, source } = decision;
  const [word, sign] = VERDICTS[verdict];
  const open = (label: string, what: "ir" | "source" | "function" | "passes"): HTMLElement => {
    const element = link(label, null, () => tell({ type: "decision", list, index, what }));
    element.setAttribute("aria-label", `${label}: ${other}`);
    return element;
  };
  return h(
    "details",
    { class: "row" },
    h(
      "summary",
      {},
      h("span", { class: `row-fact verdict-${verdict}` }, icon(sign), h("span", {}, word)),
      " ",
      h("span", { class: "row-name" }, other),
      " ",
      h("span", { class: "row-facts dim" }, short),
    ),
    h(
      "div",
      { class: "row-details" },
      h("p", { class: "reason" }, ...withCode(text)),
      ...help.map((one) => h("p", { class: "note" }, icon("info"), h("span", {}, ...withCode(one)))),
      h(
        "p",
        { class: "links" },
        open(l10n.t("Open IR"), "ir"),
        open(l10n.t("Show Passes"), "passes"),
        source === null ? null : open(l10n.t("Open {0}", `${source.file.split("/").at(-1) ?? source.file}:${source.line}`), "source"),
        otherSymbol === null ? null : open(l10n.t("Show Function"), "function"),
      ),
    ),
  );
}
