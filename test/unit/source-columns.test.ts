/** Columns of debug info in an editor. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { columnOfByte } from "../../src/protocol/source-columns.js";

describe("a column of debug info", () => {
  const line = 'let s = "éé🦀"; f(s);';

  it("is counted in bytes, and an editor's in UTF-16 units", () => {
    const column = Buffer.byteLength(line.slice(0, line.indexOf("f(s)"))) + 1;
    assert.equal(columnOfByte(line, column), line.indexOf("f(s)"));
    assert.equal(columnOfByte("f(s)", 1), 0);
  });

  it("may be unknown", () => {
    assert.equal(columnOfByte(line, 0), 0);
  });
});
