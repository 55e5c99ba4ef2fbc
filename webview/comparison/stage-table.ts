/** Sizes by stage on both sides, as a table. */
import * as l10n from "../../src/protocol/l10n.js";
import type { ComparedStageSizes, OnBothSides } from "../../src/protocol/build-comparison.js";
import { stageLabel, type Stage } from "../../src/protocol/stages.js";
import { bytes, number, signed } from "../../src/protocol/words.js";
import { h, link, scrollable } from "../dom.js";

/** @param compare opens the diff of a stage; null: there is none */
export function stageTable(stages: readonly ComparedStageSizes[], compare: ((stage: Stage) => void) | null): HTMLElement {
  if (stages.length === 0) return h("p", { class: "dim" }, l10n.t("No stage was made."));
  const head = (text: string): HTMLElement => h("th", { scope: "col" }, text);
  const table = h(
    "table",
    { class: "sizes" },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        head(l10n.t("Stage")),
        ...(compare === null ? [] : [head(l10n.t("Diff"))]),
        head(l10n.t("Instructions")),
        head(l10n.t("Bitcode")),
      ),
    ),
    h(
      "tbody",
      {},
      ...stages.map(({ stage, instructions, bytes: size }) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, stageLabel(stage)),
          ...(compare === null ? [] : [h("td", {}, compareLink(stage, compare))]),
          h("td", {}, sidesText(instructions, number, signed)),
          h("td", {}, sidesText(size, bytes, signedBytes)),
        ),
      ),
    ),
  );
  return scrollable(h("div", { class: "table" }, table), l10n.t("Sizes by stage"));
}

function compareLink(stage: Stage, compare: (stage: Stage) => void): HTMLElement {
  const element = link(l10n.t("Compare"), null, () => compare(stage));
  element.setAttribute("aria-label", l10n.t("Compare {0}", stageLabel(stage)));
  return element;
}

/** "99 → 104 (+5)", "99", "not known" */
function sidesText({ from, to }: OnBothSides<number>, text: (value: number) => string, by: (delta: number) => string): string {
  if (from === null && to === null) return l10n.t("not known");
  if (from === to && from !== null) return text(from);
  const side = (value: number | null): string => (value === null ? l10n.t("none") : text(value));
  return `${side(from)} → ${side(to)}${from === null || to === null ? "" : ` (${by(to - from)})`}`;
}

function signedBytes(delta: number): string {
  return `${delta > 0 ? "+" : "−"}${bytes(Math.abs(delta))}`;
}
