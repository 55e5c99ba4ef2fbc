/** A codegen unit that differs: one line, which opens to its sizes, imports and functions. */
import { sizeWords, verdictWords } from "../../src/protocol/build-comparison-words.js";
import type { FromComparisonPage, ToComparisonPage } from "../../src/protocol/comparison-page.js";
import type { ComparedRow } from "../../src/protocol/requests/builds.js";
import { stageLabel, type Stage } from "../../src/protocol/stages.js";
import type { Excerpt, FunctionChangeRow } from "../../src/protocol/views.js";
import { counted, number } from "../../src/protocol/words.js";
import { h, link, newId, replace, type Child } from "../dom.js";
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
      replace(this.#functions, h("p", { class: "dim" }, `Functions are not compared: ${report.message} ${report.help ?? ""}`));
      return;
    }
    const title = `Functions that differ after ${stageLabel(stage)}`;
    if (page.total === 0) {
      replace(this.#functions, h("h3", {}, title), h("p", { class: "dim" }, "None."));
      return;
    }
    const left = page.total - page.rows.length;
    const open = (symbol: string | null): void => this.#tell({ type: "open", module: this.#row.name, stage, function: symbol });
    const all = link("Compare all of them", null, () => open(null));
    all.setAttribute("aria-label", `Compare all of them: ${this.#row.shortName} after ${stageLabel(stage)}`);
    replace(
      this.#functions,
      h("h3", {}, title),
      h("ul", { class: "list" }, ...page.rows.map((row) => functionItem(row, open))),
      left > 0 ? h("p", { class: "dim" }, `… and ${number(left)} more.`) : null,
      h("p", {}, all),
    );
  }

  /** The last stage that both sides have: where the effect of everything shows. */
  #askFunctions(): void {
    const stage = this.#comparable().at(-1);
    if (stage === undefined) return;
    replace(this.#functions, h("p", { class: "dim", role: "status" }, "Comparing functions…"));
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
  return `imports ${parts.filter((part) => part !== "").join(" ")}`;
}

function reasons({ reason }: ComparedRow): readonly HTMLElement[] {
  const side = (name: string, value: ComparedRow["reason"]["from"]): HTMLElement[] =>
    value === null ? [] : [h("dt", {}, name), h("dd", {}, value.detail)];
  return [...side("Before", reason.from), ...side("After", reason.to)];
}

function importsOf({ imports }: ComparedRow): HTMLElement | null {
  if (imports === null || imports.onlyFrom.total + imports.onlyTo.total === 0) return null;
  const id = newId("imports");
  const items = (verb: string, { total, shown }: Excerpt<{ readonly name: string; readonly source: string }>): HTMLElement[] => [
    ...shown.map(({ name, source }) => h("li", {}, `${verb} `, h("code", {}, name), ` from ${source}`)),
    ...(total > shown.length ? [h("li", { class: "dim" }, `… and ${number(total - shown.length)} more`)] : []),
  ];
  return h(
    "section",
    { "aria-labelledby": id },
    h("h3", { id }, `Imports (${number(imports.from)} → ${counted(imports.to, "function")})`),
    h("ul", { class: "list" }, ...items("now imports", imports.onlyTo), ...items("no longer imports", imports.onlyFrom)),
  );
}

const CHANGES: Readonly<Record<FunctionChangeRow["change"], string>> = { changed: "changed", added: "only after", removed: "only before" };

function functionItem({ left, right, demangled, change, instructions }: FunctionChangeRow, open: (symbol: string) => void): HTMLElement {
  const { before, after } = instructions;
  const size =
    before === null || after === null
      ? counted(after ?? before ?? 0, "instruction")
      : before === after
        ? counted(after, "instruction")
        : `${number(before)} → ${counted(after, "instruction")}`;
  const symbol = right ?? left ?? demangled;
  return h(
    "li",
    { class: "change" },
    link(demangled, null, () => open(symbol)),
    h("span", { class: "dim" }, `${CHANGES[change]} · ${size}`),
  );
}
