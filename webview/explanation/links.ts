/** Links of an explanation: the extension opens what an index stands for. */
import type { ExplanationLink } from "../../src/protocol/explain.js";
import { link } from "../dom.js";

export type Follow = (target: number) => void;

export function linksOf(links: readonly ExplanationLink[], follow: Follow, about?: string): HTMLElement[] {
  return links.map(({ label, target }) => {
    const element = link(label, null, () => follow(target));
    // "Open" alone says too little in a list of links.
    if (about !== undefined) element.setAttribute("aria-label", `${label}: ${about}`);
    return element;
  });
}
