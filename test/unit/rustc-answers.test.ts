import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { appendFile, chmod, copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { stampOf } from "../../src/core/base/file-digest.js";
import { answersOf } from "../../src/core/machine/rustc-answers.js";
import { until } from "../support/patience.js";

const scratch = mkdtempSync(join(tmpdir(), "lto-inspector-answers-"));
const toolchain = join(scratch, "toolchain");
const rustc = join(toolchain, "bin", "rustc");
const driver = join(toolchain, "lib", "librustc_driver-1a2b.so");
const script = join(scratch, "scripted", "bin", "rustc");

after(() => rm(scratch, { recursive: true, force: true }));

let states = 0;

/** A new state folder. @returns a function that counts how often a rustc is queried for its description */
function newState(): { readonly kept: string; readonly asks: (program: string, env?: NodeJS.ProcessEnv) => Promise<number> } {
  const state = join(scratch, `state-${++states}`);
  const asks = async (program: string, env: NodeJS.ProcessEnv = {}): Promise<number> => {
    let times = 0;
    const answers = await answersOf(program, { XDG_STATE_HOME: state, ...env }, () => {
      times += 1;
      return Promise.resolve({ version: "release: 1.95.0", sysroot: toolchain });
    });
    assert.deepEqual(answers, { version: "release: 1.95.0", sysroot: toolchain });
    return times;
  };
  return { kept: join(state, "lto-inspector", "rustc"), asks };
}

async function theOnlyFileIn(folder: string): Promise<string> {
  const [name = "", ...others] = await readdir(folder);
  assert.deepEqual(others, []);
  return join(folder, name);
}

function settled(file: string): Promise<boolean> {
  return until(`${file} to be old enough`, async () => (await stampOf(file)).settled);
}

describe("rustc's description of itself", () => {
  before(async () => {
    for (const [program, library] of [
      [rustc, driver],
      [script, join(scratch, "scripted", "lib", "librustc_driver-1a2b.so")],
    ] as const) {
      await mkdir(join(program, ".."), { recursive: true });
      await mkdir(join(library, ".."), { recursive: true });
      await writeFile(library, "driver");
    }
    await copyFile(process.execPath, rustc);
    await writeFile(script, "#!/bin/sh\n", { mode: 0o755 });
    await settled(driver);
    await settled(script);
  });

  it("is queried once, and kept where no other user can read or write", async () => {
    const { asks, kept } = newState();
    assert.deepEqual([await asks(rustc), await asks(rustc)], [1, 0]);
    assert.equal((await stat(kept)).mode & 0o777, 0o700);
    assert.equal((await stat(join(kept, ".."))).mode & 0o777, 0o700);
  });

  it("is queried again if rustc's variables change, each time with variables of the loader, and not for those of rustup or Cargo", async () => {
    const { asks } = newState();
    assert.equal(await asks(rustc), 1);
    assert.equal(await asks(rustc, { RUSTUP_TOOLCHAIN: "nightly", RUSTC: "x", RUSTC_WRAPPER: "", CARGO_HOME: "/c" }), 0);
    for (const name of ["RUST_TARGET_PATH", "RUSTC_BOOTSTRAP"]) {
      assert.deepEqual([await asks(rustc, { [name]: "x" }), await asks(rustc, { [name]: "x" })], [1, 0]);
    }
    for (const name of ["LD_LIBRARY_PATH", "LD_PRELOAD"]) {
      assert.deepEqual([await asks(rustc, { [name]: "/x" }), await asks(rustc, { [name]: "/x" })], [1, 1], "another library may answer");
    }
  });

  it("is not trusted if the file was edited, or if others may write to it", async () => {
    const { asks, kept } = newState();
    assert.equal(await asks(rustc), 1);
    const file = await theOnlyFileIn(kept);
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace(toolchain, "/elsewhere"));
    assert.equal(await asks(rustc), 1);
    assert.equal(await asks(rustc), 0);
    for (const place of [file, kept]) {
      const { mode } = await stat(place);
      await chmod(place, mode | 0o020);
      assert.equal(await asks(rustc), 1, place);
      await chmod(place, mode);
    }
  });

  it("is queried each time for a script, or if the library that answers is unknown", async () => {
    const { asks } = newState();
    assert.deepEqual([await asks(script), await asks(script)], [1, 1]);
    const other = join(toolchain, "lib", "librustc_driver-3c4d.so");
    await writeFile(other, "driver");
    assert.deepEqual([await asks(rustc), await asks(rustc)], [1, 1]);
    await rm(other);
  });

  it("is queried again if library or program have changed, and each time while that is too recent to tell", async () => {
    const { asks } = newState();
    assert.equal(await asks(rustc), 1);
    for (const file of [driver, rustc]) {
      await appendFile(file, "changed");
      assert.deepEqual([await asks(rustc), await asks(rustc)], [1, 1]);
    }
    await settled(rustc);
    assert.deepEqual([await asks(rustc), await asks(rustc)], [1, 0]);
  });

  it("is queried each time if nothing can be kept", async () => {
    const { asks } = newState();
    assert.deepEqual([await asks(rustc, { XDG_STATE_HOME: "/proc" }), await asks(rustc, { XDG_STATE_HOME: "/proc" })], [1, 1]);
  });
});
