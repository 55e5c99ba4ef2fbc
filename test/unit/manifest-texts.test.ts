/** Every text of package.json that VS Code shows is in package.nls.json, so that it can be translated (docs/translations.md). */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { keyIn, manifestTexts, writtenManifest } from "../support/manifest.js";

/** Properties whose text VS Code shows, wherever they are. */
const SHOWN: ReadonlySet<string> = new Set([
  "category",
  "contents",
  "contextualTitle",
  "deprecationMessage",
  "description",
  "displayName",
  "enumDescriptions",
  "enumItemLabels",
  "label",
  "markdownDeprecationMessage",
  "markdownDescription",
  "markdownEnumDescriptions",
  "shortTitle",
  "title",
]);

/** Every text, with the names of the properties that lead to it. */
function textsIn(value: unknown, way: readonly string[] = []): { readonly way: readonly string[]; readonly text: string }[] {
  if (typeof value === "string") return [{ way, text: value }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => textsIn(inner, [...way, name]));
}

/** Numbers are places in lists. */
function isShown(way: readonly string[]): boolean {
  const names = way.filter((name) => !/^\d+$/.test(name));
  const last = names.at(-1) ?? "";
  if (SHOWN.has(last)) return true;
  // The name of a view; the first alias of a language is its name.
  return (names[1] === "views" && last === "name") || (last === "aliases" && way.at(-1) === "0");
}

const texts = textsIn(writtenManifest);
const used = texts.flatMap(({ text }) => keyIn(text) ?? []);

describe("texts of package.json", () => {
  it("are all in package.nls.json", () => {
    const outside = texts.filter(({ way, text }) => isShown(way) && keyIn(text) === undefined);
    assert.deepEqual(
      outside.map(({ way, text }) => `${way.join(".")}: ${text}`),
      [],
    );
    assert.ok(used.length > 100, "most of them are found");
  });

  it("have keys that exist", () => {
    assert.deepEqual(
      used.filter((key) => !Object.hasOwn(manifestTexts, key)),
      [],
    );
  });

  it("use every key", () => {
    assert.deepEqual(
      Object.keys(manifestTexts).filter((key) => !used.includes(key)),
      [],
    );
  });

  it("are not empty", () => {
    const empty = Object.entries(manifestTexts).filter(([, text]) => (typeof text === "string" ? text : text.message).trim() === "");
    assert.deepEqual(empty, []);
  });
});
