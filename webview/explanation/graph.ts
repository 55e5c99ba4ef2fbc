/**
 * The graph of causes: ways from causes over modules and functions to the explained module, one below the other. It is one Tab stop; arrow keys move in it.
 */
import * as l10n from "../../src/protocol/l10n.js";
import type { ExplanationGraph, ExplanationLink, ExplanationNode } from "../../src/protocol/explain.js";
import { number } from "../../src/protocol/words.js";
import { h, newId, setAttributes, withCode, type Child } from "../dom.js";
import { icon, type IconName } from "../icons.js";
import { linksOf, type Follow } from "./links.js";

const SIGNS: Readonly<Record<ExplanationNode["kind"], { readonly icon: IconName; readonly word: string }>> = {
  cause: { icon: "edit", word: l10n.t("Change") },
  module: { icon: "module", word: l10n.t("Codegen unit") },
  function: { icon: "function", word: l10n.t("Function") },
  explained: { icon: "target", word: l10n.t("This codegen unit") },
};

/** A node in the page: its way, and its place in it. */
interface Placed {
  readonly element: HTMLElement;
  readonly way: number;
  readonly at: number;
  /** What Enter opens. */
  readonly first: ExplanationLink | undefined;
}

export function causeGraph({ ways, end }: ExplanationGraph, follow: Follow): HTMLElement {
  return new Graph(ways, end, follow).element;
}

class Graph {
  readonly element: HTMLElement;
  readonly #follow: Follow;
  readonly #nodes: Placed[] = [];
  readonly #ways: number;
  /** The way from which the focus came to the end. */
  #from = 0;

  constructor(ways: ExplanationGraph["ways"], end: ExplanationNode, follow: Follow) {
    this.#follow = follow;
    this.#ways = ways.length;
    const total = ways.reduce((sum, way) => sum + way.length, 1);
    const help = newId("graph-help");
    const columns = ways.map((way, index) =>
      h(
        "ol",
        {
          class: "way",
          "aria-label":
            ways.length === 1 ? l10n.t("From the cause to this codegen unit") : l10n.t("Way {0} of {1}", index + 1, ways.length),
        },
        ...way.map((node, at) => h("li", {}, this.#node(node, index, at, way[at + 1] ?? end), arrow(node))),
      ),
    );
    this.element = h(
      "div",
      {
        class: "graph",
        role: "group",
        "aria-label": total === 1 ? l10n.t("Graph of causes, 1 node") : l10n.t("Graph of causes, {0} nodes", number(total)),
        "aria-describedby": help,
      },
      h("p", { class: "unseen", id: help }, l10n.t("Arrow keys move between nodes. Enter opens what a node is about.")),
      h("div", { class: `ways ${ways.length === 1 ? "single" : "several"}` }, ...columns),
      this.#node(end, -1, 0, null),
    );
    this.#nodes[0]?.element.setAttribute("tabindex", "0");
    this.element.addEventListener("keydown", (event) => this.#key(event));
    this.element.addEventListener("focusin", (event) => this.#focused(event.target));
  }

  #node(node: ExplanationNode, way: number, at: number, next: ExplanationNode | null): HTMLElement {
    const { icon: name, word } = SIGNS[node.kind];
    const [first] = node.links;
    const about = newId("node");
    const sentences = [
      ...(node.text === null ? [] : [`${plain(node.text)}.`]),
      ...(next === null ? [] : [leadsTo(next, node.leads)]),
      ...(first === undefined ? [] : [l10n.t("Enter: {0}.", first.label)]),
    ];
    const element = h(
      "div",
      {
        class: `node node-${node.kind}`,
        tabindex: -1,
        role: "group",
        "aria-label": `${word}: ${plain(node.title)}`,
        "aria-describedby": about,
      },
      icon(name),
      h(
        "div",
        { class: "node-words" },
        h("span", { class: "node-kind dim" }, word),
        h("span", { class: "node-title" }, ...withCode(node.title)),
        node.text === null ? null : h("span", { class: "dim" }, ...withCode(node.text)),
        node.links.length === 0 ? null : h("span", { class: "links" }, ...linksOf(node.links, this.#follow)),
      ),
      h("span", { class: "unseen", id: about }, sentences.join(" ")),
    );
    this.#nodes.push({ element, way, at, first });
    return element;
  }

  #focused(target: EventTarget | null): void {
    const placed = this.#nodes.find(({ element }) => element === target);
    if (placed === undefined) return;
    for (const { element } of this.#nodes) setAttributes(element, { tabindex: element === placed.element ? 0 : -1 });
    if (placed.way >= 0) this.#from = placed.way;
  }

  #key(event: KeyboardEvent): void {
    const placed = this.#nodes.find(({ element }) => element === event.target);
    if (placed === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" && placed.first !== undefined) {
      event.preventDefault();
      this.#follow(placed.first.target);
      return;
    }
    const next = this.#next(placed, event.key);
    if (next === undefined) return;
    event.preventDefault();
    next.element.focus();
  }

  #next({ way, at }: Placed, key: string): Placed | undefined {
    const end = this.#nodes.at(-1);
    switch (key) {
      case "ArrowDown":
        return way < 0 ? undefined : (this.#at(way, at + 1) ?? end);
      case "ArrowUp":
        return way < 0 ? this.#last(this.#from) : this.#at(way, at - 1);
      case "ArrowRight":
      case "ArrowLeft": {
        if (way < 0) return undefined;
        const other = (way + (key === "ArrowRight" ? 1 : -1) + this.#ways) % this.#ways;
        return this.#at(other, at) ?? this.#last(other);
      }
      case "Home":
        return this.#nodes[0];
      case "End":
        return end;
      default:
        return undefined;
    }
  }

  #at(way: number, at: number): Placed | undefined {
    return this.#nodes.find((node) => node.way === way && node.at === at);
  }

  #last(way: number): Placed | undefined {
    return this.#nodes.findLast((node) => node.way === way);
  }
}

function leadsTo({ title }: ExplanationNode, leads: string | null): string {
  return leads === null ? l10n.t("Leads to {0}.", plain(title)) : l10n.t("Leads to {0}: {1}.", plain(title), plain(leads));
}

/** The arrow below a node, with its words. */
function arrow({ leads }: ExplanationNode): HTMLElement {
  const words: Child = leads === null ? null : h("span", {}, ...withCode(leads));
  return h("div", { class: "arrow dim" }, icon("down"), words);
}

function plain(text: string): string {
  return text.replaceAll("`", "");
}
