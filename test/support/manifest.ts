/** package.json and the texts that VS Code puts into it: `%key%` is the text of that key in package.nls.json. */
import fs from "node:fs";
import path from "node:path";
import { repository } from "./repository.js";

/** A text, with a comment for translators where it needs one. */
type ManifestText = string | { readonly message: string; readonly comment: readonly string[] };

function read(file: string): unknown {
  return JSON.parse(fs.readFileSync(path.join(repository, file), "utf8")) as unknown;
}

/** package.nls.json. */
export const manifestTexts = read("package.nls.json") as Readonly<Record<string, ManifestText>>;

/** package.json as it is written. */
export const writtenManifest = read("package.json");

/** The key of a text that consists of one, which is all that VS Code replaces; undefined: the text is used as it is. */
export function keyIn(text: string): string | undefined {
  return /^%([\w.-]+)%$/.exec(text)?.[1];
}

/** package.json with English texts, as a window without a language pack has it. */
export function englishManifest(value: unknown = writtenManifest): unknown {
  if (typeof value === "string") {
    const text = manifestTexts[keyIn(value) ?? ""] ?? value;
    return typeof text === "string" ? text : text.message;
  }
  if (Array.isArray(value)) return value.map((item) => englishManifest(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, englishManifest(inner)]));
}
