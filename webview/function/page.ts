/** One function: what became of it, its life through modules and stages, and the decisions about its imports and calls. */
import * as l10n from "../../src/protocol/l10n.js";
import type { FunctionView, ToFunctionPage } from "../../src/protocol/function-page.js";
import { h, link, replace, show } from "../dom.js";
import type { VsCodeApi } from "../host.js";
import { icon } from "../icons.js";
import { failedPage, restrictedPage, showWaiting } from "../standing.js";
import { decisionList } from "./decisions.js";
import { FunctionHost } from "./host.js";
import { Life } from "./life.js";
import { Remarks } from "./remarks.js";

export class FunctionPage {
  readonly #root: HTMLElement;
  readonly #api: VsCodeApi;
  readonly #host: FunctionHost;
  /** What the page shows; a message that brings nothing new would take the focus. */
  #shown: string | undefined;
  #life: Life | undefined;
  #line: HTMLElement | undefined;
  #remarks: Remarks | undefined;

  constructor(root: HTMLElement, api: VsCodeApi) {
    this.#root = root;
    this.#api = api;
    this.#host = new FunctionHost(api, (message) => this.#take(message));
  }

  start(): void {
    showWaiting(this.#root, l10n.t("Looking for the function…"));
    this.#host.tell({ type: "ready" });
  }

  #take(message: ToFunctionPage): void {
    if (message.type === "stages") {
      this.#life?.showStages(message.copy, message.stages, message.problem);
      const source = message.stages?.source ?? null;
      if (source !== null && this.#line !== undefined) {
        replace(
          this.#line,
          link(l10n.t("Open {0}", `${source.file.split("/").at(-1) ?? source.file}:${source.line}`), source.file, () =>
            this.#host.tell({ type: "line" }),
          ),
        );
        show(this.#line, true);
      }
      return;
    }
    if (message.type === "remarks") {
      this.#remarks?.show(message.remarks, message.problem);
      return;
    }
    // VS Code gives it back when it restores the page.
    this.#api.setState(message.place);
    const told = JSON.stringify(message);
    if (told === this.#shown) return;
    this.#shown = told;
    this.#life = undefined;
    this.#remarks = undefined;
    const tell = this.#host.tell.bind(this.#host);
    switch (message.type) {
      case "function":
        this.#show(message.view);
        break;
      case "failed":
        replace(this.#root, ...failedPage(message.place.name, message.report, tell));
        break;
      case "restricted":
        replace(this.#root, restrictedPage(tell));
        break;
    }
  }

  #show(view: FunctionView): void {
    const tell = this.#host.tell.bind(this.#host);
    this.#life = new Life(view, {
      openStage: (copy, stage) => tell({ type: "stage", copy, stage }),
      openPasses: (copy) => tell({ type: "passes", copy }),
      openDiff: (copy, from, to) => tell({ type: "diff", copy, from, to }),
    });
    this.#remarks = new Remarks(tell);
    this.#line = h("span", { hidden: true });
    replace(
      this.#root,
      h(
        "header",
        { class: "why-head" },
        h("h1", {}, view.name),
        h("p", { class: "fact known" }, icon("info"), h("span", {}, view.headline)),
        h("p", { class: "path dim" }, view.symbol),
        h(
          "p",
          { class: "links" },
          this.#line,
          link(l10n.t("Show Assembly"), view.symbol, () => tell({ type: "assembly" })),
        ),
      ),
      h(
        "section",
        { class: "section", "aria-labelledby": "life" },
        h("h2", { id: "life" }, l10n.t("Through modules and stages")),
        view.copies.total === 0
          ? h(
              "p",
              { class: "dim" },
              l10n.t("No module defines it when LTO's passes begin: it was removed before, or it is outside of LTO."),
            )
          : this.#life.element,
      ),
      decisionList(l10n.t("Imports of it"), "imports", view.imports, tell),
      decisionList(l10n.t("Calls of it"), "incoming", view.incoming, tell),
      decisionList(l10n.t("Calls in it"), "outgoing", view.outgoing, tell),
      this.#remarks.element,
    );
  }
}
