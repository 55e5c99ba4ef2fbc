/** Texts from files are shown and never interpreted: in a terminal, in VS Code's notifications and picks, in JSON. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { COLORS, printable } from "../../src/cli/styles.js";
import { withoutIcons, withoutLinks } from "../../src/client/plain-text.js";
import { visible, visibleJson, visibleLines } from "../../src/protocol/visible.js";
import { codeSpan, sentence } from "../../src/core/views/markdown.js";
import { demangleNames } from "../../src/core/ir/filters.js";
import { INJECTIONS, obeyed } from "../support/injections.js";

describe("invisible characters are escaped", () => {
  for (const [what, text] of Object.entries(INJECTIONS)) {
    it(what, () => {
      for (const colored of [true, false]) assert.deepEqual(obeyed(printable(`name ${text}`, colored)), []);
      assert.deepEqual(obeyed(visible(text)), []);
      assert.deepEqual(obeyed(visibleJson({ [text]: text })), []);
      assert.deepEqual(obeyed(codeSpan(text)), []);
      assert.deepEqual(obeyed(sentence(text)), []);
      assert.deepEqual(obeyed(demangleNames("call @f()", new Map([["f", text]]))), []);
      assert.doesNotMatch(visible(text), /\n|\t/);
    });
    it(`${what}, as JSON, is the same data`, () => {
      assert.deepEqual(JSON.parse(visibleJson({ [text]: [text] })), { [text]: [text] });
    });
  }

  it("as rustc writes it", () => {
    assert.equal(visible("a\u{1b}[0m\n\r\t\0\u{202e}\u{e0041}\ud800b"), "a\\u{1b}[0m\\n\\r\\t\\0\\u{202e}\\u{e0041}\\u{d800}b");
    assert.equal(visibleLines("a\n\tb\rc"), "a\n\tb\\rc");
  });

  it("and everything else is left alone", () => {
    const text = "core::ops::Fn<(é, 名前, →, 😀)>{{closure}}$(x)[y](z)";
    assert.equal(visible(text), text);
    assert.equal(printable(text, true), text);
  });
});

describe("colours", () => {
  it("come only from the program itself", () => {
    const line = `${COLORS.red("error")}: ${COLORS.bold("\u{1b}[31mname")}`;
    assert.equal(printable(line, true), "\u{1b}[31merror\u{1b}[39m: \u{1b}[1m\\u{1b}[31mname\u{1b}[22m");
    assert.equal(printable(line, false), "error: \\u{1b}[31mname");
  });

  it("cannot be forged with a similar mark", () => {
    const mark = COLORS.red("").replace(/[0-9a-f]{32}/g, "0".repeat(32));
    assert.deepEqual(obeyed(printable(mark, true)), []);
  });
});

describe("in VS Code", () => {
  it("a message has no link", () => {
    const text = withoutLinks("`[x](command:workbench.action.terminal.new)` was not found\n[y](https://localhost)");
    assert.doesNotMatch(text, /\]\(/);
    assert.doesNotMatch(text, /\n/);
  });

  it("a label has no icon", () => {
    assert.equal(withoutIcons("$(trash) f$(sync~spin)"), "\\$(trash) f\\$(sync~spin)");
  });
});
