/** The linker's command line, which shows which rlibs are linked as they are. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { linkerWords } from "../../src/core/producers/rust/capture/link-args.js";

describe("the linker's command line", () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    [
      "environment and program",
      'LC_ALL="C" PATH="/a b:/c" VSLANG="1033" "cc" "-m64" "/t/libnb-01.rlib"\n',
      ["cc", "-m64", "/t/libnb-01.rlib"],
    ],
    ["quotes and other characters", String.raw`"cc" "a \"b\" c" "\u{1b}é"`, ["cc", 'a "b" c', "\u001bé"]],
    ["what only looks like a variable", '"cc" "-DX=\\"y\\"" "-Wl,--x=y"', ["cc", '-DX="y"', "-Wl,--x=y"]],
    ["a changed folder", 'cd "/w" && "cc" "x"', ["/w", "cc", "x"]],
    ["nothing", "", []],
  ];
  for (const [what, printed, words] of cases) {
    it(`is split into words: ${what}`, () => {
      assert.deepEqual(linkerWords(printed), words);
    });
  }
});
