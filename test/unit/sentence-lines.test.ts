/** Markdown has one sentence per line, so that a changed sentence is a changed line. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sentencePerLine } from "../support/sentence-lines.js";
import { filesBelow, textOf } from "../support/sources.js";

const pages = filesBelow(".").filter((file) => file.endsWith(".md"));

describe("a sentence per line", () => {
  const cases: readonly (readonly [what: string, given: string, wanted: string])[] = [
    ["ends at a full stop", "One. Two? Three!", "One.\nTwo?\nThree!"],
    ["is not cut by a line break", "One sentence\ngoes on. Two", "One sentence goes on.\nTwo"],
    ["begins with code, a number, a bracket or rustc too", "One. `two` is code. 3 is a number. (Four.) rustc does. [Five](x.md).", ""],
    [
      "does not end in an abbreviation, a version, a file, an ellipsis or a heading in bold",
      "**Two things.** E.g. `a. B`, i.e. LLVM 22.1 vs. rustc.md, a … B",
      "=",
    ],
    ["does not end in a link", "See [this. That](a. B) now", "="],
    [
      "is indented below its list item's mark",
      "* One. Two\n* Three\n  goes on. Four\n\n1. Five. Six",
      "* One.\n  Two\n* Three goes on.\n  Four\n\n1. Five.\n   Six",
    ],
    ["is not looked for in code, tables, headings and HTML", "# A. B\n\n```\nA. B\nC\n```\n\n| A. B |\n| C |\n\n<p>A. B\nC</p>", "="],
  ];
  for (const [what, given, wanted] of cases) {
    it(what, () => {
      const expected = wanted === "=" ? given : wanted || "One.\n`two` is code.\n3 is a number.\n(Four.)\nrustc does.\n[Five](x.md).";
      assert.equal(sentencePerLine(given), expected);
      assert.equal(sentencePerLine(expected), expected);
    });
  }

  it("is on every page", () => {
    assert.ok(pages.includes("README.md") && pages.includes("docs/architecture.md") && pages.length > 30);
    const wrong = pages.flatMap((page) => {
      const lines = (textOf(page) ?? "").split("\n");
      const wanted = sentencePerLine(lines.join("\n")).split("\n");
      const at = wanted.findIndex((line, index) => line !== lines[index]);
      return at < 0 ? [] : [`${page}:${at + 1}: break after ${JSON.stringify(wanted[at]?.slice(-80))}`];
    });
    assert.deepEqual(wrong, []);
  });
});
