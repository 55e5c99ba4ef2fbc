import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { shownFile } from "../../src/core/views/source-place.js";

describe("files in documents", () => {
  it("are named below the workspace, the registry or the standard library", () => {
    assert.equal(shownFile("/w/app/src/main.rs", "/w"), "app/src/main.rs");
    assert.equal(shownFile("app/src/main.rs", "/w"), "app/src/main.rs");
    assert.equal(shownFile("/rustc/59807616e1fa25/library/core/src/hint.rs", "/w"), "library/core/src/hint.rs");
    const registry = "/cargo/registry/src/index.crates.io-1949cf8c6b5b557f";
    assert.equal(shownFile(`${registry}/memchr-2.7.4/src/lib.rs`, "/w"), "memchr-2.7.4/src/lib.rs");
  });

  it("keep their path elsewhere, and without a workspace", () => {
    assert.equal(shownFile("/other/src/lib.rs", "/w"), "/other/src/lib.rs");
    assert.equal(shownFile("/wider/src/lib.rs", "/w"), "/wider/src/lib.rs");
    assert.equal(shownFile("/w/src/main.rs", ""), "/w/src/main.rs");
  });
});
