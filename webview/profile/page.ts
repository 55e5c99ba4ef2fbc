/** Where the time and the memory of a run's LTO go: what they add up to, the flame graph, the table, and what took out of proportion. */
import * as l10n from "../../src/protocol/l10n.js";
import type { ToProfilePage } from "../../src/protocol/profile-page.js";
import type { ProfileFormat, ProfileView } from "../../src/protocol/requests/profile.js";
import { h, link, newId, replace, withCode, type Child } from "../dom.js";
import type { VsCodeApi } from "../host.js";
import { icon } from "../icons.js";
import { failedPage, restrictedPage, showWaiting } from "../standing.js";
import { button } from "../toolkit.js";
import { ProfileHost } from "./host.js";
import { ProfileParts } from "./parts.js";
import { keptIn, type KeptProfile } from "./state.js";
import { outlierText, sumSentences } from "./words.js";

const SAVES: readonly { readonly as: ProfileFormat; readonly label: string; readonly title: string }[] = [
  { as: "perfetto", label: l10n.t("Save for Perfetto…"), title: l10n.t("A timeline that Perfetto (ui.perfetto.dev) opens") },
  { as: "folded", label: l10n.t("Save Folded Stacks…"), title: l10n.t("Stacks for tools that draw flame graphs") },
  { as: "json", label: l10n.t("Save as JSON…"), title: l10n.t("The report of profile --json") },
];

export class ProfilePage {
  readonly #root: HTMLElement;
  readonly #api: VsCodeApi;
  readonly #host: ProfileHost;
  /** What the page shows; a message that brings nothing new would take the focus. */
  #shown: string | undefined;
  #parts: ProfileParts | undefined;
  #kept: KeptProfile;

  constructor(root: HTMLElement, api: VsCodeApi) {
    this.#root = root;
    this.#api = api;
    this.#kept = keptIn(api.getState());
    this.#host = new ProfileHost(api, (message) => this.#take(message));
  }

  start(): void {
    showWaiting(this.#root, l10n.t("Tracing the passes of all modules… The notification shows the progress and can cancel it."));
    this.#host.tell({ type: "ready" });
  }

  #take(message: ToProfilePage): void {
    if (message.type === "frames") {
      this.#parts?.take(message.module, message.frames);
      return;
    }
    // VS Code gives it back when it restores the page.
    const keep = (kept: KeptProfile): void => {
      this.#kept = kept;
      this.#api.setState({ ...message.place, kept });
    };
    keep(this.#kept);
    const told = JSON.stringify(message);
    if (told === this.#shown) return;
    this.#shown = told;
    const tell = this.#host.tell.bind(this.#host);
    this.#parts = undefined;
    switch (message.type) {
      case "profile":
        this.#show(message.view, keep);
        break;
      case "failed":
        replace(this.#root, ...failedPage(l10n.t("Profile"), message.report, tell));
        break;
      case "restricted":
        replace(this.#root, restrictedPage(tell));
        break;
    }
  }

  #show(view: ProfileView, keep: (kept: KeptProfile) => void): void {
    const parts = new ProfileParts(view, this.#kept, {
      keep,
      openFunction: (symbol) => this.#host.tell({ type: "function", symbol }),
      askFrames: (module) => this.#host.tell({ type: "module", module }),
    });
    this.#parts = parts;
    replace(this.#root, this.#head(view), ...parts.elements, this.#outliers(view), missing(view));
    parts.start();
  }

  #head(view: ProfileView): HTMLElement {
    const saves = SAVES.map(({ as, label, title }) => button(label, { title, onClick: () => this.#host.tell({ type: "save", as }) }));
    return h(
      "header",
      { class: "compare-head" },
      h(
        "div",
        { class: "head-top" },
        h("h1", {}, l10n.t("Profile of {0}", view.unit.name)),
        h("div", { class: "profile-buttons" }, ...saves),
      ),
      h("div", { class: "profile-sums" }, ...sumSentences(view).map((sentence) => h("p", {}, sentence))),
      ...view.warnings.shown.map((warning) => note(l10n.t("Warning: {0}", warning))),
    );
  }

  #outliers({ outliers }: ProfileView): HTMLElement | null {
    if (outliers.length === 0) return null;
    const items = outliers.map((one) => {
      const { symbol, function: name } = one;
      const shown = symbol === null ? name : link(name, l10n.t("Show Function"), () => this.#host.tell({ type: "function", symbol }));
      return h("li", {}, shown, h("div", { class: "profile-outlier" }, outlierText(one)));
    });
    return section(l10n.t("Functions on which a pass spent out of proportion"), h("ul", { class: "profile-outliers" }, ...items));
  }
}

function section(title: string, ...content: readonly Child[]): HTMLElement {
  const id = newId("section");
  return h("section", { class: "section", "aria-labelledby": id }, h("h2", { id }, title), ...content);
}

function note(text: string): HTMLElement {
  return h("p", { class: "notes" }, icon("warning"), h("span", {}, ...withCode(text)));
}

/** Modules that could not be traced. */
function missing({ notAvailable }: ProfileView): HTMLElement | null {
  if (notAvailable.total === 0) return null;
  const items = notAvailable.shown.map(({ module, why }) => h("li", {}, h("strong", {}, module), ": ", ...withCode(why)));
  return section(l10n.t("Not traced"), h("ul", { class: "profile-missing" }, ...items));
}
