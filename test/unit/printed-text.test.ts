/** LLVM's output, split at marks, for any pieces in the pipe. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { makesLlvmPrint } from "../../src/core/engine/llvm-words.js";
import { printedMark, PrintedText } from "../../src/core/engine/printed-text.js";

describe("text that LLVM prints", () => {
  const whole = `before\n${printedMark("1")}BISECT: one\nBISECT: two${printedMark("2")}after\n`;

  for (const size of [1, 2, 5, whole.length]) {
    it(`is split at marks in pieces of ${size} characters`, async () => {
      const told: string[] = [];
      const printed = new PrintedText((text) => told.push(text));
      const heard = ["1", "2"].map(async (id) => {
        await printed.mark(id);
        told.push(`<${id}>`);
      });
      for (let at = 0; at < whole.length; at += size) {
        printed.push(whole.slice(at, at + size));
        // A mark resolves before anything after it is delivered.
        await new Promise(setImmediate);
      }
      await Promise.all(heard);
      const text = told.join("");
      assert.equal(text.replaceAll(/<\d>/g, ""), "before\nBISECT: one\nBISECT: twoafter\n");
      assert.equal(text.indexOf("<1>") > 0, true);
      if (size < whole.length) assert.equal(text, "before\n<1>BISECT: one\nBISECT: two<2>after\n");
      assert.ok(told.filter((one) => one.startsWith("BISECT")).every((one) => one.endsWith("\n") || one.endsWith("two")));
    });
  }

  it("resolves all waiters when the process ends, and delivers the last line", async () => {
    const told: string[] = [];
    const printed = new PrintedText((text) => told.push(text));
    const waiting = printed.mark("1");
    printed.push("LLVM ERROR: out of memory");
    assert.deepEqual(told, []);
    printed.end();
    await waiting;
    await printed.mark("2");
    assert.deepEqual(told, ["LLVM ERROR: out of memory"]);
  });

  for (const [word, prints] of [
    ["-print-changed=quiet", true],
    ["--print-import-failures", true],
    ["-opt-bisect-limit=20000", true],
    ["-time-passes", true],
    ["-debug-pass-manager", true],
    ["-filter-print-funcs=main", true],
    ["-inline-threshold=3", false],
    ["-import-instr-limit=5", false],
    ["-vectorize-loops", false],
  ] as const) {
    it(`${word} ${prints ? "makes LLVM print" : "prints nothing"}`, () => {
      assert.equal(makesLlvmPrint([word]), prints);
    });
  }
});
