/** A made-up display language: the English texts with accents, so that whatever stays English can be seen. */
import { getL10nPseudoLocalized } from "@vscode/l10n-dev";
import type { DisplayLanguage } from "../../src/protocol/l10n.js";
import { textOf } from "./sources.js";

/** VS Code's own name for such a language. */
export const PSEUDO = "qps-ploc";

function pseudo(file: string): Readonly<Record<string, string>> {
  const texts = JSON.parse(textOf(file) ?? "") as Parameters<typeof getL10nPseudoLocalized>[0];
  const made = Object.entries(getL10nPseudoLocalized(texts));
  return Object.fromEntries(made.map(([key, text]) => [key, typeof text === "string" ? text : text.message]));
}

/** The texts of the client, the server and the pages. */
export function pseudoLanguage(): DisplayLanguage {
  return { language: PSEUDO, texts: pseudo("l10n/bundle.l10n.json") };
}

/** The texts of package.json. */
export function pseudoManifestTexts(): Readonly<Record<string, string>> {
  return pseudo("package.nls.json");
}

/** Tells whether a shown text is one that can be translated, in English. Single words may be names, and texts with places match too much. */
export function englishOf({ texts }: DisplayLanguage): (shown: string) => boolean {
  const known = new Set(Object.keys(texts).filter((text) => text.includes(" ") && !/\{\d+\}/.test(text)));
  return (shown) => known.has(shown);
}
