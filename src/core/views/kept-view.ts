/** Why a symbol is kept, for the client: sentences, and lines that lead to definitions. */
import type { KeptLine, KeptView } from "../../protocol/requests/kept.js";
import type { KeptLink, WhyKeptReport } from "../../protocol/why-kept.js";
import { chainLines, goneText, rootText } from "../../protocol/why-kept-words.js";

/** A safeguard: the shortest chain is shorter in any program. */
const MOST_LINKS = 100;

export function keptView({ symbol, found, root, chain, hints, gone, unreferenced }: WhyKeptReport): KeptView {
  return {
    name: found?.name ?? gone[0]?.name ?? symbol ?? "",
    sentences: [
      ...gone.map(goneText),
      ...(unreferenced === null ? [] : [unreferenced]),
      ...(root === null ? [] : [rootText(root)]),
      ...hints,
    ],
    links: chainLines(chain)
      .slice(0, MOST_LINKS)
      .map(({ text, link }): KeptLine => ({ text, place: link === undefined ? null : placeOf(link) })),
  };
}

/** A function is shown alone, anything else in the text of its module. */
function placeOf({ module, stage, symbol, is }: KeptLink): KeptLine["place"] {
  return { module, stage, function: is === "function" ? symbol : null };
}
