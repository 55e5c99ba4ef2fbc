/** Dylibs that are refused: those with LTO across crates. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { dylibProblem } from "../../src/core/producers/rust/capture/dylib-lto.js";

for (const [crateTypes, mode, refused] of [
  [["dylib"], "thin", true],
  [["dylib"], "fat", true],
  [["cdylib", "dylib"], "fat", true],
  [["sdylib"], "thin", true],
  [["dylib"], "thin-local", false],
  [["cdylib"], "fat", false],
  [["bin"], "thin", false],
] as const) {
  it(`${mode} LTO of ${crateTypes.join(" and ")} is ${refused ? "refused" : "replayed"}`, () => {
    const problem = dylibProblem({ name: "driver", mode, crateTypes });
    assert.equal(problem !== undefined, refused);
    if (problem !== undefined) assert.match(problem.message, /^driver is a s?dylib/);
  });
}
