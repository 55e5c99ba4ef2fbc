/**
 * A store on a read-only file system serves its contents, and one warning says what is not kept. Store paths with unusual characters work or are
 * refused.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { RunReport, VerifyReport } from "../../src/protocol/runs.js";
import { skipWithoutRust, TestCli } from "../support/cli.js";
import { repository } from "../support/repository.js";

const MANIFEST = `[package]
name = "tiny"
version = "0.1.0"
edition = "2021"
[lib]
crate-type = ["cdylib"]
[profile.release]
lto = "thin"
panic = "abort"
`;
const SOURCE = `#![no_std]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }
#[no_mangle]
pub extern "C" fn one(x: u32) -> u32 { x + 1 }
`;

/** Runs a program with a folder mounted read-only. */
const READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 99; shift; exec "$@"';

describe("stores", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let workspace = "";

  const tiny = async (folder: string): Promise<string> => {
    await mkdir(join(folder, "src"), { recursive: true });
    await writeFile(join(folder, "Cargo.toml"), MANIFEST);
    await writeFile(join(folder, "src/lib.rs"), SOURCE);
    return folder;
  };

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-stores-"));
    workspace = await tiny(join(scratch, "workspace"));
  });

  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  it("that are read-only serve their contents", async (t) => {
    const store = join(scratch, "read only");
    const cli = new TestCli(store);
    const unit = await cli.capture(workspace);
    const module = (await cli.report<RunReport>(["thin", unit, "--save-temps", "input"])).modules[0]?.name ?? assert.fail("no module");
    const run = (...args: readonly string[]): { code: number | null; stdout: string; stderr: string } => {
      const command = ["-m", "sh", "-c", READ_ONLY, "sh", store, process.execPath, join(repository, "dist", "cli.js"), ...args];
      const { status, stdout, stderr } = spawnSync("unshare", command, {
        encoding: "utf8",
        env: { ...process.env, LTO_INSPECTOR_STORE: store, NO_COLOR: "1" },
      });
      return { code: status, stdout, stderr };
    };
    const first = run("store");
    if (first.code !== 0) {
      t.skip(`nothing can be mounted read-only here: ${first.stderr.trim()}`);
      return;
    }
    for (const args of [["store"], ["discover", workspace], ["explain", unit], ["show", unit, module, "--stage", "input"]]) {
      const { code, stderr } = run(...args);
      assert.deepEqual([args, code, stderr], [args, 0, ""]);
    }
    for (const args of [
      ["thin", unit],
      ["verify", unit],
      ["thin", unit, "--only", module, "--save-temps", "pm"],
    ]) {
      const { code, stdout, stderr } = run(...args, "--json", "-");
      assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
      const { warnings } = JSON.parse(stdout) as RunReport | VerifyReport;
      const told = warnings.filter((warning) => warning.includes("cannot be written to"));
      assert.deepEqual([told.length, warnings.length], [1, 1], warnings.join("\n"));
    }
    assert.equal(run("capture", workspace).code, 3);
  });

  it("may have any character in their path that Cargo and the linker accept; others are refused before the build", async () => {
    const store = join(scratch, `a 'b" #=,;&$HOME→\n`);
    const unit = await new TestCli(store).capture(workspace);
    await new TestCli(store).report<VerifyReport>(["verify", unit]);
    for (const character of [":", "%"]) {
      const cli = new TestCli(join(scratch, `a${character}b`));
      const ended = await cli.run(["capture", workspace]);
      assert.equal(ended.code, 2, ended.stderr);
      assert.match(ended.stderr, /^error \(Usage\): Cargo cannot build in the store/);
    }
  });

  it("are read by engines whose temporary folder has characters that are special to the loader", async () => {
    const odd = join(scratch, "t:m$LIB;p");
    await mkdir(odd);
    const cli = new TestCli(join(scratch, "odd temporary"));
    const unit = await cli.capture(workspace);
    await cli.report<VerifyReport>(["verify", unit], 0, { env: { TMPDIR: odd } });
  });
});
