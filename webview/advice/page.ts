/** A captured build under other settings: the table, the picture, what each setting changes, and the lines that a build needs for it. */
import * as l10n from "../../src/protocol/l10n.js";
import type { AdvisedSetting, AdviseReport, CriterionEstimate, FailedSetting } from "../../src/protocol/advise.js";
import { advisePicture } from "../../src/protocol/advise-picture.js";
import { adviseSentences, measuredWords, verdictText } from "../../src/protocol/advise-words.js";
import type { ToAdvicePage } from "../../src/protocol/advice-page.js";
import type { AdviceView, SavedAdvice } from "../../src/protocol/requests/advice.js";
import { nanoseconds, timeText } from "../../src/protocol/words.js";
import { h, link, newId, replace, scrollable, withCode, type Child } from "../dom.js";
import type { VsCodeApi } from "../host.js";
import { icon } from "../icons.js";
import { failedPage, restrictedPage, showWaiting } from "../standing.js";
import { button } from "../toolkit.js";
import { AdviceHost } from "./host.js";
import { pictureOf } from "./picture.js";
import { AdviceTable, type AdviceOrder } from "./table.js";

export class AdvicePage {
  readonly #root: HTMLElement;
  readonly #api: VsCodeApi;
  readonly #host: AdviceHost;
  /** What the page shows; a message that brings nothing new would take the focus. */
  #shown: string | undefined;
  #order: AdviceOrder | null;

  constructor(root: HTMLElement, api: VsCodeApi) {
    this.#root = root;
    this.#api = api;
    this.#order = orderIn(api.getState());
    this.#host = new AdviceHost(api, (message) => this.#take(message));
  }

  start(): void {
    showWaiting(this.#root, l10n.t("Reading the comparison…"));
    this.#host.tell({ type: "ready" });
  }

  #take(message: ToAdvicePage): void {
    // VS Code gives it back when it restores the page.
    const keep = (): void => this.#api.setState({ ...message.place, order: this.#order });
    keep();
    const told = JSON.stringify(message);
    if (told === this.#shown) return;
    this.#shown = told;
    const tell = this.#host.tell.bind(this.#host);
    switch (message.type) {
      case "advice":
        this.#show(message.view, keep);
        break;
      case "failed":
        replace(this.#root, ...failedPage(l10n.t("Comparison of settings"), message.report, tell));
        break;
      case "restricted":
        replace(this.#root, restrictedPage(tell));
        break;
    }
  }

  #show({ saved, report, others }: AdviceView, keep: () => void): void {
    const table = new AdviceTable(report, this.#order, (order) => {
      this.#order = order;
      keep();
    });
    const picture = advisePicture(report.settings);
    replace(
      this.#root,
      this.#head(saved, report),
      table.element,
      picture === null ? null : pictureOf(picture),
      changes(report.settings),
      estimates(report),
      this.#snippets(report.settings),
      failures(report.failed),
      section(l10n.t("How it was measured"), ...measuredWords(report).map((line) => h("p", {}, line))),
      this.#others(saved, others),
    );
  }

  #head(saved: SavedAdvice, { unit, warnings }: AdviseReport): HTMLElement {
    const tell = this.#host.tell.bind(this.#host);
    return h(
      "header",
      { class: "compare-head" },
      h(
        "div",
        { class: "head-top" },
        h("h1", {}, l10n.t("Settings of {0}", unit.name)),
        h(
          "div",
          { class: "advice-buttons" },
          button(l10n.t("Compare Again…"), { onClick: () => tell({ type: "repeat" }) }),
          button(l10n.t("Save as HTML…"), { onClick: () => tell({ type: "save", as: "html" }) }),
          button(l10n.t("Save as JSON…"), { onClick: () => tell({ type: "save", as: "json" }) }),
        ),
      ),
      h("p", { class: "dim advice-origin" }, [unit.id, l10n.t("profile {0}", unit.profile), timeText(saved.savedAt)].join(" · ")),
      ...warnings.map((warning) =>
        h("p", { class: "notes" }, icon("warning"), h("span", {}, ...withCode(l10n.t("Warning: {0}", warning)))),
      ),
    );
  }

  #snippets(settings: readonly AdvisedSetting[]): HTMLElement | null {
    const shown = settings.flatMap(({ name, snippet }) => (snippet === null ? [] : [{ name, snippet }]));
    if (shown.length === 0) return null;
    const item = ({ name, snippet }: (typeof shown)[number]): HTMLElement => {
      const copy = button(l10n.t("Copy"), {
        title: l10n.t("Copy the lines for {0}", name),
        onClick: () => this.#host.tell({ type: "copy", setting: name }),
      });
      copy.setAttribute("aria-label", l10n.t("Copy the lines for {0}", name));
      return h("li", { class: "advice-snippet" }, h("div", { class: "advice-title" }, h("h3", {}, name), copy), h("pre", {}, snippet));
    };
    return section(l10n.t("To use one"), h("ul", { class: "advice-snippets" }, ...shown.map(item)));
  }

  #others(own: SavedAdvice, others: readonly SavedAdvice[]): HTMLElement {
    const remove = ({ id, savedAt }: SavedAdvice): HTMLElement => {
      const element = link(l10n.t("Delete"), null, () => this.#host.tell({ type: "remove", id }));
      element.setAttribute("aria-label", l10n.t("Delete the comparison of {0}", timeText(savedAt)));
      return element;
    };
    const item = (saved: SavedAdvice): HTMLElement =>
      h(
        "li",
        { class: "advice-saved" },
        saved === own
          ? h("span", {}, l10n.t("{0} (this page)", timeText(saved.savedAt)))
          : link(timeText(saved.savedAt), null, () => this.#host.tell({ type: "open", id: saved.id })),
        h(
          "span",
          { class: "dim advice-what" },
          [saved.unit, saved.settings.join(" "), saved.bench ?? ""].filter((part) => part !== "").join(" · "),
        ),
        remove(saved),
      );
    const all = [own, ...others].toSorted((left, right) => (left.savedAt < right.savedAt ? 1 : -1));
    return section(l10n.t("Saved comparisons of this unit"), h("ul", {}, ...all.map(item)));
  }
}

function section(title: string, ...content: readonly Child[]): HTMLElement {
  const id = newId("section");
  return h("section", { class: "section", "aria-labelledby": id }, h("h2", { id }, title), ...content);
}

/** What each setting buys and costs, compared with the first. */
function changes(settings: readonly AdvisedSetting[]): HTMLElement | null {
  const [first] = settings;
  if (first === undefined) return null;
  const items = settings.flatMap((setting) => {
    const [sentence, ...more] = adviseSentences(setting, first);
    if (sentence === undefined) return [];
    const details = more.map((line) => h("div", { class: "advice-detail" }, line));
    return [h("li", {}, h("strong", {}, setting.name), `: ${sentence}`, ...details)];
  });
  if (items.length === 0) return null;
  return section(l10n.t("What each setting changes"), h("ul", { class: "advice-changes" }, ...items));
}

/** What Criterion estimates of each function. */
function estimates({ criterion }: AdviseReport): HTMLElement | null {
  if (criterion === null) return null;
  const row = (estimate: CriterionEstimate): HTMLElement =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, estimate.setting),
      h("td", { class: "number" }, nanoseconds(estimate.nanos)),
      h("td", {}, verdictText(estimate)),
    );
  const tables = criterion.benchmarks.flatMap((one) => [
    h("h3", {}, one.id),
    scrollable(
      h("div", { class: "table" }, h("table", { class: "sizes advice-estimates" }, h("tbody", {}, ...one.estimates.map(row)))),
      one.id,
    ),
  ]);
  return section(l10n.t("Criterion's medians"), ...tables);
}

function failures(failed: readonly FailedSetting[]): HTMLElement | null {
  if (failed.length === 0) return null;
  const item = ({ name, error }: FailedSetting): HTMLElement =>
    h(
      "li",
      { class: "failure" },
      icon("error"),
      h(
        "div",
        { class: "failure-words" },
        h("p", {}, h("strong", {}, name), ": ", ...withCode(error.message)),
        error.output === undefined ? null : h("pre", {}, error.output),
        error.help === undefined ? null : h("p", { class: "failure-help" }, ...withCode(error.help)),
      ),
    );
  return section(l10n.t("Not measured"), h("ul", {}, ...failed.map(item)));
}

/** What a page that was shown before was sorted by. */
function orderIn(state: unknown): AdviceOrder | null {
  if (typeof state !== "object" || state === null || !("order" in state)) return null;
  const { order } = state;
  if (typeof order !== "object" || order === null || !("column" in order) || !("descending" in order)) return null;
  const { column, descending } = order;
  return typeof column === "string" && typeof descending === "boolean" ? { column, descending } : null;
}
