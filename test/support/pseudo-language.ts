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

/** Texts with fewer letters than this may be names. */
const LEAST_LETTERS = 4;

/** Tells whether a shown text is an English one of ours that should have been translated. */
export function englishOf({ texts }: DisplayLanguage): (shown: string) => boolean {
  const patterns = Object.keys(texts)
    .map((key) => key.split("/")[0] ?? "")
    .filter((text) => text.replaceAll(/\{\d+\}|[^\p{L}]/gu, "").length >= LEAST_LETTERS)
    .map((text) => text.split(/\{\d+\}/).map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&")))
    .map((parts) => new RegExp(`^${parts.join(".+?")}$`, "su"));
  return (shown) => patterns.some((pattern) => pattern.test(shown));
}
