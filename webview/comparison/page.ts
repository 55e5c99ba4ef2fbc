/** Two builds compared: what is compared, the totals, and the codegen units that differ, each of which opens to its stages, imports and functions. */
import * as l10n from "../../src/protocol/l10n.js";
import { BUILD_DIFFERENCES, type BuildDifference, type ComparedBuildSide } from "../../src/protocol/build-comparison.js";
import { differenceWords } from "../../src/protocol/build-comparison-words.js";
import type { ToComparisonPage } from "../../src/protocol/comparison-page.js";
import type { BuildComparisonView, ComparedRow } from "../../src/protocol/requests/builds.js";
import type { Page } from "../../src/protocol/views.js";
import { number, timeText } from "../../src/protocol/words.js";
import { h, replace, setAttributes, type Child } from "../dom.js";
import type { VsCodeApi } from "../host.js";
import { icon } from "../icons.js";
import { failedPage, restrictedPage, showWaiting } from "../standing.js";
import { button } from "../toolkit.js";
import { ComparisonHost } from "./host.js";
import { DifferenceRow } from "./row.js";
import { stageTable } from "./stage-table.js";

const FILTERS: Readonly<Record<BuildDifference, string>> = {
  presence: l10n.t("One side only"),
  verdict: l10n.t("Verdict"),
  size: l10n.t("Size"),
  imports: l10n.t("Imports"),
};

type Comparison = ToComparisonPage & { readonly type: "comparison" };

export class ComparisonPage {
  readonly #root: HTMLElement;
  readonly #api: VsCodeApi;
  readonly #host: ComparisonHost;
  #rows = new Map<string, DifferenceRow>();
  #differs: BuildDifference | null = null;
  #list: HTMLElement | undefined;
  #more: HTMLElement | undefined;
  /** The filter buttons, for their state; the page keeps them, so that the focus stays. */
  #filters: readonly { readonly differs: BuildDifference | null; readonly element: HTMLElement }[] = [];
  #summary: string | undefined;

  constructor(root: HTMLElement, api: VsCodeApi) {
    this.#root = root;
    this.#api = api;
    this.#host = new ComparisonHost(api, (message) => this.#take(message));
  }

  start(): void {
    showWaiting(this.#root, l10n.t("Comparing…"));
    this.#host.tell({ type: "ready" });
  }

  #take(message: ToComparisonPage): void {
    switch (message.type) {
      case "comparison":
        this.#api.setState(message.place);
        this.#show(message);
        break;
      case "rows":
        if (message.differs === this.#differs) this.#append(message.page);
        break;
      case "functions":
        this.#rows.get(message.module)?.showFunctions(message);
        break;
      case "failed":
        this.#api.setState(message.place);
        this.#replace(...failedPage(l10n.t("Compare Builds"), message.report, (told) => this.#host.tell(told)));
        break;
      case "restricted":
        this.#api.setState(message.place);
        this.#replace(restrictedPage((told) => this.#host.tell(told)));
        break;
    }
  }

  #replace(...content: readonly Child[]): void {
    this.#summary = undefined;
    replace(this.#root, ...content);
  }

  #show({ summary, differs, page }: Comparison): void {
    this.#differs = differs;
    const told = JSON.stringify(summary);
    if (told !== this.#summary) {
      this.#list = h("ul", { class: "rows", "aria-label": l10n.t("Codegen units that differ") });
      this.#more = h("div", { class: "more" });
      const { counts, stages } = summary;
      this.#replace(
        this.#head(summary),
        h(
          "section",
          { class: "section", "aria-labelledby": "totals" },
          h("h2", { id: "totals" }, l10n.t("All codegen units")),
          stageTable(stages, null),
        ),
        h(
          "section",
          { class: "section", "aria-labelledby": "differences" },
          h("h2", { id: "differences" }, l10n.t("Codegen units that differ")),
          counts.different === 0 ? h("p", { class: "dim" }, l10n.t("None.")) : this.#filterBar(counts),
          this.#list,
          this.#more,
        ),
      );
      this.#summary = told;
    }
    for (const filter of this.#filters) setAttributes(filter.element, { "aria-pressed": String(filter.differs === differs) });
    this.#rows = new Map();
    if (this.#list !== undefined) replace(this.#list);
    this.#append(page);
  }

  #head({ from, to, counts, warnings }: BuildComparisonView["summary"]): HTMLElement {
    return h(
      "header",
      { class: "compare-head" },
      h(
        "div",
        { class: "head-top" },
        h("h1", {}, from.title === to.title ? l10n.t("Compare {0}", from.title) : `${from.title} ↔ ${to.title}`),
        button(l10n.t("Swap Sides"), { onClick: () => this.#host.tell({ type: "swap" }) }),
      ),
      h("p", { class: "fact known" }, icon("info"), h("span", {}, differenceWords(counts))),
      h("dl", { class: "facts" }, ...fact(l10n.t("Before"), from), ...fact(l10n.t("After"), to)),
      ...warnings.shown.map((warning) => h("p", { class: "notes" }, icon("warning"), h("span", {}, l10n.t("Warning: {0}", warning)))),
    );
  }

  #filterBar({ different, differ }: BuildComparisonView["summary"]["counts"]): HTMLElement {
    const choices = [null, ...BUILD_DIFFERENCES.filter((what) => differ[what] > 0)];
    this.#filters = choices.map((differs) => {
      const count = differs === null ? different : differ[differs];
      const element = h(
        "button",
        { type: "button", class: "filter", "aria-pressed": String(differs === this.#differs) },
        icon("check"),
        `${differs === null ? l10n.t("All") : FILTERS[differs]} (${number(count)})`,
      );
      element.addEventListener("click", () => this.#host.tell({ type: "list", differs, offset: 0 }));
      return { differs, element };
    });
    return h(
      "div",
      { class: "filters", role: "group", "aria-label": l10n.t("Show those that differ in") },
      ...this.#filters.map(({ element }) => element),
    );
  }

  #append({ total, offset, rows }: Page<ComparedRow>): void {
    if (this.#list === undefined || this.#more === undefined) return;
    for (const row of rows) {
      if (this.#rows.has(row.name)) continue;
      const shown = new DifferenceRow(row, (message) => this.#host.tell(message));
      this.#rows.set(row.name, shown);
      this.#list.append(shown.element);
    }
    // The first of the new rows gets the focus that the button had.
    const hadFocus = this.#more.contains(document.activeElement);
    if (hadFocus) this.#rows.get(rows[0]?.name ?? "")?.focus();
    const shown = offset + rows.length;
    const next =
      shown >= total ? null : button(l10n.t("Show More ({0} left)", number(total - shown)), { onClick: () => this.#next(shown) });
    replace(this.#more, next);
  }

  #next(offset: number): void {
    this.#host.tell({ type: "list", differs: this.#differs, offset });
  }
}

function fact(name: string, { title, unit, at, llvm, name: id }: ComparedBuildSide): readonly HTMLElement[] {
  const parts = [title, unit.name, l10n.t("profile {0}", unit.profile), timeText(at), ...(llvm === null ? [] : [`LLVM ${llvm}`])];
  return [h("dt", {}, name), h("dd", { title: id }, parts.join(" · "))];
}
