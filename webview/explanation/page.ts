/** Why a codegen unit was re-used or re-compiled: the decisive fact, the graph of causes, what changed, its stages and its key. */
import * as l10n from "../../src/protocol/l10n.js";
import type { ExplainedCause, ExplainedChange, ExplanationView } from "../../src/protocol/explain.js";
import { timeText, number } from "../../src/protocol/words.js";
import type { Excerpt } from "../../src/protocol/views.js";
import { h, newId, replace, withCode, type Child } from "../dom.js";
import type { VsCodeApi } from "../host.js";
import { icon, type IconName } from "../icons.js";
import { failedPage, restrictedPage, showWaiting } from "../standing.js";
import { button } from "../toolkit.js";
import { causeGraph } from "./graph.js";
import { ExplanationHost, type Shown } from "./host.js";
import { linksOf, type Follow } from "./links.js";

/** Changes that are shown at once; the rest is one click away. */
const CHANGES_AT_ONCE = 10;

const VERDICTS: Readonly<Record<ExplanationView["verdict"], IconName>> = {
  "re-used": "check",
  "re-compiled": "sync",
  linked: "link",
  failed: "error",
  gone: "error",
};

export class ExplanationPage {
  readonly #root: HTMLElement;
  readonly #api: VsCodeApi;
  readonly #host: ExplanationHost;
  readonly #follow: Follow;
  /** What the page shows; a message that brings nothing new would take the focus. */
  #shown: string | undefined;

  constructor(root: HTMLElement, api: VsCodeApi) {
    this.#root = root;
    this.#api = api;
    this.#host = new ExplanationHost(api, (shown) => this.#show(shown));
    this.#follow = (target) => this.#host.tell({ type: "follow", target });
  }

  start(): void {
    showWaiting(this.#root, l10n.t("Explaining…"));
    this.#host.tell({ type: "ready" });
  }

  #show(shown: Shown): void {
    // VS Code gives it back when it restores the page.
    this.#api.setState(shown.place);
    const told = JSON.stringify(shown);
    if (told === this.#shown) return;
    this.#shown = told;
    replace(this.#root, ...this.#content(shown));
  }

  #content(shown: Shown): readonly Child[] {
    switch (shown.type) {
      case "explanation":
        return this.#explanation(shown.view);
      case "failed":
        return failedPage(shown.place.title, shown.report, (message) => this.#host.tell(message));
      case "restricted":
        return [restrictedPage((message) => this.#host.tell(message))];
    }
  }

  #explanation(view: ExplanationView): readonly Child[] {
    return [
      this.#head(view),
      this.#graph(view),
      section(
        l10n.t("Causes"),
        list("ol", view.causes, (cause) => this.#cause(cause)),
      ),
      section(l10n.t("What differs in this codegen unit"), this.#changes(view.differences)),
      section(l10n.t("Stages"), view.stages.length === 0 ? null : h("p", { class: "links stages" }, ...linksOf(view.stages, this.#follow))),
      section(
        l10n.t("Notes"),
        list("ul", view.notes, (note) => h("li", {}, ...withCode(note))),
      ),
      this.#builds(view),
    ];
  }

  #head({ crate, shortName, verdict, fact, detail }: ExplanationView): HTMLElement {
    return h(
      "header",
      { class: "why-head" },
      h(
        "div",
        { class: "head-top" },
        h("h1", {}, l10n.t("Why {0}", shortName)),
        button(l10n.t("Copy as Markdown"), { onClick: () => this.#host.tell({ type: "copy", what: "markdown" }) }),
      ),
      h(
        "p",
        { class: `why-verdict verdict-${verdict}` },
        icon(VERDICTS[verdict]),
        h("span", {}, l10n.t("{0} in crate {1}", verdict, crate)),
      ),
      h(
        "p",
        { class: `fact ${fact.known ? "known" : "unknown"}` },
        icon(fact.known ? "info" : "question"),
        h("span", {}, ...(fact.known ? [] : [h("strong", {}, l10n.t("Not known:")), " "]), ...withCode(fact.text)),
      ),
      h("p", { class: "dim" }, detail),
    );
  }

  #graph({ graph, chain }: ExplanationView): Child {
    if (graph.ways.length === 0) return null;
    const text =
      chain.total === 0
        ? null
        : h(
            "details",
            { class: "as-text" },
            h("summary", {}, l10n.t("As a list")),
            list("ol", chain, (step) => h("li", {}, ...withCode(step))),
          );
    return section(l10n.t("How the change got here"), h("div", {}, causeGraph(graph, this.#follow), text));
  }

  #cause({ title, effect, note, changes }: ExplainedCause): HTMLElement {
    return h(
      "li",
      { class: "cause" },
      h("p", { class: "cause-title" }, ...withCode(title)),
      h("p", { class: "dim" }, ...withCode(effect)),
      this.#changes(changes),
      note === null ? null : h("p", { class: "note" }, icon("info"), h("span", {}, ...withCode(note))),
    );
  }

  #changes(changes: Excerpt<ExplainedChange>): HTMLElement | null {
    const { total, shown } = changes;
    if (total <= CHANGES_AT_ONCE || shown.length <= CHANGES_AT_ONCE) return list("ul", changes, (change) => this.#change(change));
    const rest = { total: total - CHANGES_AT_ONCE, shown: shown.slice(CHANGES_AT_ONCE) };
    return h(
      "div",
      {},
      list("ul", { total: CHANGES_AT_ONCE, shown: shown.slice(0, CHANGES_AT_ONCE) }, (change) => this.#change(change)),
      h(
        "details",
        { class: "as-text" },
        h("summary", {}, l10n.t("{0} more", number(rest.total))),
        list("ul", rest, (change) => this.#change(change)),
      ),
    );
  }

  #change({ text, source, links }: ExplainedChange): HTMLElement {
    const known = links.some(({ label }) => label === source);
    return h(
      "li",
      { class: "change" },
      h("span", {}, ...withCode(text)),
      h(
        "span",
        { class: "links" },
        ...linksOf(links, this.#follow, text.replaceAll("`", "")),
        source === null || known ? null : h("span", { class: "path dim" }, source),
      ),
    );
  }

  #builds({ kind, build, against, rustc, key, previousKey, parts }: ExplanationView): HTMLElement {
    const side = ({ name, at }: ExplanationView["build"]): string => `${name} (${timeText(at)})`;
    const facts: readonly (readonly [string, Child])[] = [
      [l10n.t("Build"), side(build)],
      [l10n.t("Compared with"), against === null ? l10n.t("nothing: it is the first known build") : side(against)],
      [
        l10n.t("rustc's log"),
        rustc === null ? l10n.t("not known") : rustc.agrees ? l10n.t("agrees") : l10n.t("disagrees: {0}", rustc.verdict),
      ],
      [l10n.t("Reason"), kind],
      [l10n.t("Key"), key ?? l10n.t("none")],
      [l10n.t("Key that rustc had"), previousKey === null ? l10n.t("none") : previousKey === key ? l10n.t("the same") : previousKey],
      ...(parts.length === 0 ? [] : [[l10n.t("Parts of the key that differ"), parts.join(", ")] as const]),
    ];
    return h(
      "details",
      { class: "section builds" },
      h("summary", {}, h("h2", {}, l10n.t("Builds and key"))),
      h("dl", { class: "facts" }, ...facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
      key === null ? null : button(l10n.t("Copy Key"), { onClick: () => this.#host.tell({ type: "copy", what: "key" }) }),
    );
  }
}

function section(title: string, content: HTMLElement | null): HTMLElement | null {
  if (content === null) return null;
  const id = newId("section");
  return h("section", { class: "section", "aria-labelledby": id }, h("h2", { id }, title), content);
}

/** null: there is nothing to list. */
function list<Item>(tag: "ol" | "ul", { total, shown }: Excerpt<Item>, row: (item: Item) => HTMLElement): HTMLElement | null {
  if (total === 0) return null;
  const left = total - shown.length;
  const more =
    left > 0 ? h("li", { class: "dim" }, l10n.t("… and {0} more; “lto-inspector explain” lists all of them", number(left))) : null;
  return h(tag, { class: "list" }, ...shown.map(row), more);
}
