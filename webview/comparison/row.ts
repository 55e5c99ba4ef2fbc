/** A codegen unit that differs: one line, which opens to its sizes, imports and functions. */
import { functionCount, instructionCount } from "../../src/protocol/counts.js";
import * as l10n from "../../src/protocol/l10n.js";
import { sizeWords, verdictWords } from "../../src/protocol/build-comparison-words.js";
import type { FromComparisonPage, ToComparisonPage } from "../../src/protocol/comparison-page.js";
import type { ComparedRow } from "../../src/protocol/requests/builds.js";
import { stageLabel, type Stage } from "../../src/protocol/stages.js";
import type { Excerpt, FunctionChangeRow } from "../../src/protocol/views.js";
import { number } from "../../src/protocol/words.js";
import { h, link, newId, replace, withCode, type Child } from "../dom.js";
import { icon, type IconName } from "../icons.js";
import { stageTable } from "./stage-table.js";

type Tell = (message: FromComparisonPage) => void;

type FunctionsTold = ToComparisonPage & { readonly type: "functions" };

export class DifferenceRow {
  readonly element: HTMLElement;
  readonly #row: ComparedRow;
  readonly #tell: Tell;
  readonly #summary: HTMLElement;
  readonly #functions: HTMLElement;
  #opened = false;

  constructor(row: ComparedRow, tell: Tell) {
    this.#row = row;
    this.#tell = tell;
    this.#functions = h("div", { class: "functions" });
    this.#summary = h("summary", {}, ...summaryOf(row));
    const details = h("details", { class: "row" }, this.#summary);
    details.addEventListener("toggle", () => {
      if (!details.open || this.#opened) return;
      this.#opened = true;
      details.append(this.#details());
      this.#askFunctions();
    });
    this.element = h("li", {}, details);
  }

  focus(): void {
    this.#summary.focus();
  }

  showFunctions({ stage, page, report }: FunctionsTold): void {
    if (report !== null) {
      replace(
        this.#functions,
        h("p", { class: "dim" }, l10n.t("Functions are not compared: {0}", `${report.message} ${report.help ?? ""}`)),
      );
      return;
    }
    const title = l10n.t("Functions that differ after {0}", stageLabel(stage));
    if (page.total === 0) {
      replace(this.#functions, h("h3", {}, title), h("p", { class: "dim" }, l10n.t("None.")));
      return;
    }
    const left = page.total - page.rows.length;
    const open = (symbol: string | null): void => this.#tell({ type: "open", module: this.#row.name, stage, function: symbol });
    const all = link(l10n.t("Compare all of them"), null, () => open(null));
    all.setAttribute("aria-label", l10n.t("Compare all of them: {0} after {1}", this.#row.shortName, stageLabel(stage)));
    replace(
      this.#functions,
      h("h3", {}, title),
      h("ul", { class: "list" }, ...page.rows.map((row) => functionItem(row, open))),
      left > 0 ? h("p", { class: "dim" }, l10n.t("… and {0} more.", number(left))) : null,
      h("p", {}, all),
    );
  }

  /** The last stage that both sides have: where the effect of everything shows. */
  #askFunctions(): void {
    const stage = this.#comparable().at(-1);
    if (stage === undefined) return;
    replace(this.#functions, h("p", { class: "dim", role: "status" }, l10n.t("Comparing functions…")));
    this.#tell({ type: "functions", module: this.#row.name, stage });
  }

  #comparable(): readonly Stage[] {
    const { only, stages } = this.#row;
    return only !== null ? [] : stages.filter(({ bytes }) => bytes.from !== null && bytes.to !== null).map(({ stage }) => stage);
  }

  #details(): HTMLElement {
    const { name, only, stages, reason } = this.#row;
    const compare = (stage: Stage): void => this.#tell({ type: "open", module: name, stage, function: null });
    return h(
      "div",
      { class: "row-details" },
      reason.from === null && reason.to === null ? null : h("dl", { class: "facts" }, ...reasons(this.#row)),
      stageTable(stages, only === null && this.#comparable().length > 0 ? compare : null),
      importsOf(this.#row),
      this.#functions,
    );
  }
}

function summaryOf(row: ComparedRow): readonly Child[] {
  const { shortName, crate, differs } = row;
  const facts: readonly (readonly [IconName, string])[] = [
    ...(differs.includes("verdict") || differs.includes("presence") ? [["sync", verdictWords(row)] as const] : []),
    ...(differs.includes("size") ? [["whole", sizeWords(row)] as const] : []),
    ...(differs.includes("imports") ? [["down", importsText(row)] as const] : []),
  ];
  return [
    h("span", { class: "row-name" }, shortName),
    " ",
    ...(crate === shortName ? [] : [h("span", { class: "row-crate dim" }, crate), " "]),
    h("span", { class: "row-facts" }, ...facts.map(([name, text]) => h("span", { class: "row-fact" }, icon(name), h("span", {}, text)))),
  ];
}

function importsText({ imports }: ComparedRow): string {
  if (imports === null) return "";
  const parts = [
    imports.onlyTo.total > 0 ? `+${number(imports.onlyTo.total)}` : "",
    imports.onlyFrom.total > 0 ? `−${number(imports.onlyFrom.total)}` : "",
  ];
  return l10n.t("imports {0}", parts.filter((part) => part !== "").join(" "));
}

function reasons({ reason }: ComparedRow): readonly HTMLElement[] {
  const side = (name: string, value: ComparedRow["reason"]["from"]): HTMLElement[] =>
    value === null ? [] : [h("dt", {}, name), h("dd", {}, value.detail)];
  return [...side(l10n.t("Before"), reason.from), ...side(l10n.t("After"), reason.to)];
}

function importsOf({ imports }: ComparedRow): HTMLElement | null {
  if (imports === null || imports.onlyFrom.total + imports.onlyTo.total === 0) return null;
  const id = newId("imports");
  interface Imported {
    readonly name: string;
    readonly source: string;
  }
  const items = (text: (imported: Imported) => string, { total, shown }: Excerpt<Imported>): HTMLElement[] => [
    ...shown.map((imported) => h("li", {}, ...withCode(text(imported)))),
    ...(total > shown.length ? [h("li", { class: "dim" }, l10n.t("… and {0} more", number(total - shown.length)))] : []),
  ];
  const now = ({ name, source }: Imported): string => l10n.t("now imports `{0}` from {1}", name, source);
  const noLonger = ({ name, source }: Imported): string => l10n.t("no longer imports `{0}` from {1}", name, source);
  return h(
    "section",
    { "aria-labelledby": id },
    h("h3", { id }, l10n.t("Imports ({0} → {1})", number(imports.from), functionCount(imports.to))),
    h("ul", { class: "list" }, ...items(now, imports.onlyTo), ...items(noLonger, imports.onlyFrom)),
  );
}

const CHANGES: Readonly<Record<FunctionChangeRow["change"], string>> = {
  changed: l10n.t("changed"),
  added: l10n.t("only after"),
  removed: l10n.t("only before"),
};

function functionItem({ left, right, demangled, change, instructions }: FunctionChangeRow, open: (symbol: string) => void): HTMLElement {
  const { before, after } = instructions;
  const size =
    before === null || after === null
      ? instructionCount(after ?? before ?? 0)
      : before === after
        ? instructionCount(after)
        : `${number(before)} → ${instructionCount(after)}`;
  const symbol = right ?? left ?? demangled;
  return h(
    "li",
    { class: "change" },
    link(demangled, null, () => open(symbol)),
    h("span", { class: "dim" }, `${CHANGES[change]} · ${size}`),
  );
}
