import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { remapped } from "../../src/core/producers/rust/capture/allocator-module.js";

/** A file, the values of `--remap-path-prefix`, and rustc's resulting name of the file. */
const FILES: readonly (readonly [string, readonly string[], string])[] = [
  ["src/main.rs", [], "src/main.rs"],
  ["/home/me/app/src/main.rs", ["/home/me=/src"], "/src/app/src/main.rs"],
  ["/home/me/app/src/main.rs", ["/home/me/=/src"], "/src/app/src/main.rs"],
  ["/home/me/app/src/main.rs", ["/home/me=/src", "/home=/elsewhere"], "/elsewhere/me/app/src/main.rs"],
  ["/home/me/app/src/main.rs", ["/home/m=/src"], "/home/me/app/src/main.rs"],
  ["/home/me/main.rs", ["/home/me/main.rs=x.rs"], "x.rs"],
  ["/home/a=b/main.rs", ["/home/a=b=/src"], "/src/main.rs"],
  ["src/main.rs", ["src=kept"], "kept/main.rs"],
  ["src/main.rs", ["/src=/kept"], "src/main.rs"],
  ["src/main.rs", ["=base"], "base/src/main.rs"],
  ["/src/main.rs", ["=base"], "/src/main.rs"],
  ["src/main.rs", ["nonsense"], "src/main.rs"],
];

describe("a source file's name with --remap-path-prefix", () => {
  for (const [file, options, expected] of FILES) {
    it(`${file} with ${options.join(" and ") || "none"} is ${expected}`, () => {
      assert.equal(remapped(file, options), expected);
    });
  }
});
