/** Whether a crate can be `#![no_builtins]`, as its root file and command line say. */
import assert from "node:assert/strict";
import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { RustcArguments } from "../../src/core/pipelines/rustc-args.js";
import { cannotBeNoBuiltins } from "../../src/core/producers/rust/capture/no-builtins.js";

describe("a crate", () => {
  let cwd = "";
  const startedAt = Date.parse("2026-01-02T00:00:00Z");
  const cannot = (...args: readonly string[]): boolean => cannotBeNoBuiltins({ cwd, startedAt }, new RustcArguments(args));
  const write = async (name: string, text: string, time: string): Promise<void> => {
    await writeFile(join(cwd, name), text);
    await utimes(join(cwd, name), new Date(time), new Date(time));
  };

  before(async () => {
    cwd = await mkdtemp(join(tmpdir(), "lto-inspector-no-builtins-"));
    await write("plain.rs", "fn main() {}\n", "2026-01-01T00:00:00Z");
    await write("conditional.rs", "#![cfg_attr(any(), no_builtins)]\nfn main() {}\n", "2026-01-01T00:00:00Z");
    await write("edited.rs", "fn main() {}\n", "2026-01-03T00:00:00Z");
  });
  after(async () => {
    await rm(cwd, { recursive: true, force: true });
  });

  it("without the word in its root file is certainly not #![no_builtins]", () => {
    assert.equal(cannot("--crate-name", "plain", "plain.rs"), true);
  });

  it("may be it if the word occurs, the command line adds attributes, or the file that rustc read is not there", () => {
    assert.equal(cannot("conditional.rs"), false);
    assert.equal(cannot("plain.rs", "-Zcrate-attr=no_builtins"), false);
    assert.equal(cannot("edited.rs"), false);
    assert.equal(cannot("missing.rs"), false);
    assert.equal(cannot("@arguments"), false);
    assert.equal(cannot("-"), false);
    assert.equal(cannot(), false);
  });
});
