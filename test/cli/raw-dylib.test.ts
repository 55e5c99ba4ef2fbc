/** A program with an import library (`raw-dylib`), which rustc makes for the linker and no one keeps, is linked again. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import type { LinkReport } from "../../src/protocol/runs.js";
import { TestCli } from "../support/cli.js";
import { crate, skipWithoutNoCore, TINY, UNSTABLE } from "../support/no-core.js";
import { layOut, type Program } from "../support/programs.js";

const PROGRAM: Program = {
  ...TINY,
  "app/Cargo.toml": crate("app", '[dependencies]\ntiny = { path = "../tiny" }\n'),
  "app/src/main.rs": `${UNSTABLE}#![no_main]
extern crate tiny;
#[link(name = "m.so.6", kind = "raw-dylib", modifiers = "+verbatim")]
unsafe extern "C" { fn cbrtf(value: f32) -> f32; }
#[link(name = "c")]
unsafe extern "C" {}
#[no_mangle]
pub unsafe extern "C" fn main(count: u32) -> u32 { cbrtf(tiny::half(1.5)); tiny::area(count, 2) }
`,
};

it("an import library is kept, and the output is the build's", { skip: skipWithoutNoCore }, async () => {
  const scratch = await mkdtemp(join(tmpdir(), "lto-inspector-raw-dylib-"));
  try {
    const cli = new TestCli(join(scratch, "store"));
    const ended = await cli.run(["capture", await layOut(PROGRAM, join(scratch, "w"))], { env: { RUSTC_BOOTSTRAP: "1" } });
    assert.equal(ended.code, 0, ended.stderr);
    const { identical, warnings } = await cli.report<LinkReport>(["link", ended.stdout.trim()]);
    assert.equal(identical, true);
    assert.deepEqual(warnings, []);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
});
