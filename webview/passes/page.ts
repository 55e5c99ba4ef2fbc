/** The passes on one function: a slider over those that changed it, the list of all runs, and what a run changed. */
import * as l10n from "../../src/protocol/l10n.js";
import type { LtoErrorReport } from "../../src/protocol/errors.js";
import type { FunctionPasses, PassChoice, PassMaker, PassPlace, ToPassPage } from "../../src/protocol/pass-page.js";
import type { DocumentFilters } from "../../src/protocol/uris.js";
import { number } from "../../src/protocol/words.js";
import { h, link, replace, setText } from "../dom.js";
import { FailureSlot } from "../failure.js";
import type { VsCodeApi } from "../host.js";
import { icon } from "../icons.js";
import { failedPage, restrictedPage, showWaiting } from "../standing.js";
import { button } from "../toolkit.js";
import { Diff } from "./diff.js";
import { PassesHost, type Answer } from "./host.js";
import { Options } from "./options.js";
import { Runs } from "./runs.js";
import { Steps } from "./steps.js";
import { runWords } from "./words.js";

/** After this time the page says that it compares. */
const PATIENCE_MILLIS = 300;

export class PassesPage {
  readonly #root: HTMLElement;
  readonly #api: VsCodeApi;
  readonly #host: PassesHost;
  /** What the page shows; a message that brings nothing new would take the focus. */
  #shown: string | undefined;

  constructor(root: HTMLElement, api: VsCodeApi) {
    this.#root = root;
    this.#api = api;
    this.#host = new PassesHost(api, (message) => this.#take(message));
  }

  start(): void {
    showWaiting(this.#root, l10n.t("Tracing the passes…"));
    this.#host.tell({ type: "ready" });
  }

  #take(message: Exclude<ToPassPage, Answer>): void {
    const told = JSON.stringify(message);
    if (told === this.#shown) return;
    this.#shown = told;
    const tell = this.#host.tell.bind(this.#host);
    switch (message.type) {
      case "passes":
        this.#show(message.place, message.view, message.filters);
        break;
      case "failed":
        this.#api.setState(message.place);
        replace(this.#root, ...failedPage(message.place.name, message.report, tell));
        break;
      case "restricted":
        this.#api.setState(message.place);
        replace(this.#root, restrictedPage(tell));
        break;
    }
  }

  #show(place: PassPlace, view: FunctionPasses, filters: DocumentFilters): void {
    const { name, symbol, moduleName, runs, changes } = view;
    const function_ = link(l10n.t("Show Function"), symbol, () => this.#host.tell({ type: "function" }));
    const fact =
      changes.total === 0
        ? l10n.t("No pass changed it in {0}: {1} runs were for it.", moduleName, number(runs))
        : l10n.t("{0} of {1} runs of passes changed it in {2}.", number(changes.total), number(runs), moduleName);
    const more = changes.total - changes.shown.length;
    const parts = new StepView(this.#host, view, filters, (at) => this.#api.setState({ ...place, at }));
    replace(
      this.#root,
      h(
        "header",
        { class: "why-head" },
        h("h1", {}, name),
        h("p", { class: "fact known" }, icon("info"), h("span", {}, fact)),
        h("p", { class: "path dim" }, symbol),
        h("p", { class: "links" }, function_),
        more > 0 ? h("p", { class: "dim" }, l10n.t("The slider has the first {0}.", number(changes.shown.length))) : null,
      ),
      parts.steps,
      h("div", { class: "passes-parts" }, parts.runs.element, parts.change),
    );
    parts.start(atOf(this.#api.getState()));
  }
}

/** The run that a restored page showed. */
function atOf(state: unknown): number | undefined {
  if (typeof state !== "object" || state === null || !("at" in state)) return undefined;
  return typeof state.at === "number" ? state.at : undefined;
}

/** The step that is shown, and what chooses it. */
class StepView {
  /** null: no pass changed the function. */
  readonly steps: HTMLElement | null;
  readonly runs: Runs;
  readonly change: HTMLElement | null;
  readonly #host: PassesHost;
  readonly #view: FunctionPasses;
  readonly #keep: (run: number) => void;
  readonly #slider: Steps;
  readonly #options: Options;
  readonly #diff: Diff;
  readonly #failure: FailureSlot;
  readonly #maker = h("p", { class: "maker", role: "status" });
  #index = 0;
  /** What the diff is of: the slider is ahead of it until the answer arrives. */
  #compared: PassChoice | undefined;

  /** @param keep called with the run that is shown */
  constructor(host: PassesHost, view: FunctionPasses, filters: DocumentFilters, keep: (run: number) => void) {
    this.#host = host;
    this.#view = view;
    this.#keep = keep;
    const changes = view.changes.shown;
    this.#slider = new Steps(changes, (index) => this.#go(index));
    this.runs = new Runs(host, (run) => this.#goTo(run));
    this.#options = new Options(changes, filters, () => this.#ask());
    this.#diff = new Diff({
      askMaker: (line) => this.#askMaker(line),
      unfold: () => {
        this.#options.whole = true;
        this.#ask();
      },
    });
    this.#failure = new FailureSlot({ retry: () => this.#ask(), showLog: () => host.tell({ type: "command", command: "showLog" }) });
    this.steps = changes.length === 0 ? null : this.#slider.element;
    this.change =
      changes.length === 0
        ? null
        : h(
            "section",
            { class: "change-part", "aria-labelledby": "change" },
            h("h2", { id: "change" }, l10n.t("What it changed")),
            this.#options.element,
            h(
              "div",
              { class: "tools" },
              button(l10n.t("Open in Diff Editor"), { onClick: () => this.#host.tell({ type: "diff", ...this.#choice() }) }),
              button(l10n.t("Copy CLI Command"), { onClick: () => this.#host.tell({ type: "copyCli", at: this.#choice().at }) }),
            ),
            this.#failure.element,
            this.#maker,
            this.#diff.element,
          );
  }

  /** @param at the run to begin with; undefined: the first one that changed the function */
  start(at: number | undefined): void {
    this.runs.start();
    const index = this.#view.changes.shown.findIndex(({ run }) => run === at);
    if (this.#view.changes.shown.length > 0) this.#go(Math.max(index, 0));
  }

  /** @returns whether the slider has the run */
  #goTo(run: number): boolean {
    const index = this.#view.changes.shown.findIndex((one) => one.run === run);
    if (index >= 0) this.#go(index);
    return index >= 0;
  }

  #go(index: number): void {
    this.#index = index;
    this.#slider.show(index);
    const { at } = this.#choice();
    this.runs.mark(at);
    this.#keep(at);
    setText(this.#maker, "");
    this.#ask();
  }

  #choice(): PassChoice {
    const at = this.#view.changes.shown[this.#index]?.run ?? 0;
    return { at, against: this.#options.against, filters: this.#options.filters };
  }

  #ask(): void {
    setTimeout(() => {
      if (this.#host.waitsFor("step")) this.#diff.wait();
    }, PATIENCE_MILLIS);
    const failed = (report: LtoErrorReport): void => {
      this.#diff.clear("");
      this.#failure.tell(report);
    };
    const choice = this.#choice();
    this.#host.ask(
      { type: "step", ...choice, whole: this.#options.whole },
      (answer) => {
        this.#failure.clear();
        if (answer.type !== "step") return;
        this.#compared = choice;
        this.#diff.show(answer.step);
      },
      failed,
    );
  }

  #askMaker(line: number): void {
    if (this.#compared === undefined) return;
    const { at, filters } = this.#compared;
    // Each change of the filters makes new ones.
    const isCurrent = (): boolean => this.#choice().at === at && this.#choice().filters === filters;
    this.#host.ask(
      { type: "maker", at, line, filters },
      (answer) => {
        if (answer.type === "maker" && isCurrent()) this.#showMaker(answer.maker, at);
      },
      (report) => {
        if (isCurrent()) setText(this.#maker, report.message);
      },
    );
  }

  #showMaker({ run, pass }: PassMaker, at: number): void {
    if (run === null || pass === null) {
      setText(this.#maker, l10n.t("The line was like that before the passes."));
      return;
    }
    if (run === at) {
      setText(this.#maker, l10n.t("This run made the line."));
      return;
    }
    const maker = runWords(pass, run);
    setText(
      this.#maker,
      this.#goTo(run) ? l10n.t("The line was made by {0}, which is shown now.", maker) : l10n.t("The line was made by {0}.", maker),
    );
  }
}
