/** Irregular files: every command that reads a folder or a path ends, and names the file. The test ends a command that hangs. */
import assert from "node:assert/strict";
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, describe, it } from "node:test";
import { TestCli, type Ended } from "../support/cli.js";
import { ODD_FILES, putOddFile, type OddFile } from "../support/odd-files.js";

const HEX = "0123456789abcdef";
const STAGE_FILE = `x-${HEX}.x.${HEX}-cgu.0.rcgu.thin-lto-input.bc`;
const SESSION = "target/release/incremental/x-1abc/s-100-aa-h1";

/** Long enough for a loaded machine; ends only what hangs. */
const PATIENCE_MILLIS = 5 * 60_000;

describe("irregular files", () => {
  let scratch = "";
  let cli: TestCli;

  /** The exit code; fails if the command hangs. */
  const run = async (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> => {
    let hung: NodeJS.Timeout | undefined;
    const ended = await cli.run(args, {
      env,
      onStart: (child) => {
        hung = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MILLIS);
      },
    });
    clearTimeout(hung);
    assert.notEqual(ended.code, null, `${args.join(" ")} did not end: ${ended.stderr}`);
    return ended;
  };

  /** A package with everything that a target folder can contain. */
  const workspace = async (name: string): Promise<string> => {
    const folder = join(scratch, name);
    for (const below of ["src", "target/release/deps", "target/release/.fingerprint", SESSION]) {
      await mkdir(join(folder, below), { recursive: true });
    }
    await writeFile(join(folder, "Cargo.toml"), '[package]\nname = "x"\nversion = "0.1.0"\nedition = "2021"\n');
    await writeFile(join(folder, "src/lib.rs"), "");
    await writeFile(join(folder, SESSION, "a.pre-lto.bc"), "BC");
    await writeFile(join(folder, SESSION, "thin-lto-past-keys.bin"), "");
    return folder;
  };

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-odd-files-"));
    cli = new TestCli(join(scratch, "store"));
  });

  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  it("in a target folder are skipped or named by `discover`", async (t) => {
    if (spawnSync("cargo", ["-V"]).status !== 0) {
      t.skip("there is no cargo");
      return;
    }
    for (const kind of ODD_FILES) {
      const folder = await workspace(`target of ${kind}`);
      for (const file of [`target/release/deps/libx-${HEX}.rlib`, `target/release/deps/${STAGE_FILE}`, "target/release/libx.so"]) {
        putOddFile(kind, join(folder, file));
      }
      putOddFile(kind, join(folder, SESSION, "thin-lto-past-keys.bin"));
      const ended = await run(["discover", folder]);
      assert.equal(ended.code, 0, `${kind}: ${ended.stderr}`);
      if (kind !== "dangling link") assert.match(ended.stdout, /thin-lto-past-keys\.bin/, kind);
    }
  });

  it("that Cargo would read are named before it starts", async (t) => {
    if (spawnSync("cargo", ["-V"]).status !== 0) {
      t.skip("there is no cargo");
      return;
    }
    const odd: readonly OddFile[] = ["fifo", "device", "sparse file of 50 GB"];
    const names = ["Cargo.toml", "Cargo.lock", "rust-toolchain", "rust-toolchain.toml", ".cargo/config.toml", "member/Cargo.toml"];
    for (const [index, name] of names.entries()) {
      const folder = await workspace(`cargo ${index}`);
      putOddFile(odd[index % odd.length] ?? "fifo", join(folder, name));
      for (const command of ["discover", "capture"]) {
        const ended = await run([command, folder]);
        assert.equal(ended.code, 3, ended.stderr);
        assert.ok(ended.stderr.includes(join(folder, name)), ended.stderr);
      }
    }
  });

  it("on the command line are refused by name", async () => {
    for (const kind of ODD_FILES) {
      const file = join(scratch, `named ${kind.replaceAll(" ", "-")}.bc`);
      putOddFile(kind, file);
      const list = join(scratch, `list ${kind}`);
      putOddFile(kind, list);
      for (const args of [
        ["thin", file],
        ["thin", file, join(scratch, "other.bc")],
        ["fat", file, file],
        ["show", file, "main", "--stage", "input"],
        ["thin", "--preserve-file", list, file],
      ]) {
        const ended = await run(args);
        assert.ok(ended.code === 2 || ended.code === 3, `${args.join(" ")}: exit code ${ended.code}: ${ended.stderr}`);
        assert.ok(ended.stderr.includes(file) || ended.stderr.includes(list), ended.stderr);
      }
    }
  });

  it("in a session directory are named", async (t) => {
    if (spawnSync("rustc", ["-V"]).status !== 0) {
      t.skip("there is no rustc");
      return;
    }
    for (const kind of ODD_FILES) {
      const folder = await workspace(`session of ${kind}`);
      const file = join(folder, SESSION, "a.pre-lto.bc");
      putOddFile(kind, file);
      const ended = await run(["thin", join(folder, SESSION)]);
      assert.equal(ended.code, 3, `${kind}: ${ended.stderr}`);
      assert.ok(ended.stderr.includes(file), ended.stderr);
    }
  });

  it("in the store do not hide other files, and are named if requested", async () => {
    for (const kind of ODD_FILES) {
      const unit = join(scratch, "store", "captures", "x-bin-01234567", "1");
      putOddFile(kind, join(unit, "manifest.json"));
      for (const args of [["store"], ["store", "--prune"], ["verify", "x-bin-01234567"], ["thin", "x-bin-01234567"]]) {
        const ended = await run(args);
        assert.equal(ended.code, args[0] === "store" ? 0 : 3, `${kind}, ${args.join(" ")}: ${ended.stderr}`);
      }
      await rm(unit, { recursive: true });
    }
  });

  it("as the file of a report are written to if they are pipes or devices, and never replaced", async () => {
    const fifo = join(scratch, "report.fifo");
    putOddFile("fifo", fifo);
    const [reader] = await Promise.all([readAll(fifo), run(["store", "--json", fifo])]);
    assert.equal((JSON.parse(reader) as { command: string }).command, "store");
    assert.ok(execFileSync("stat", ["-c", "%F", fifo], { encoding: "utf8" }).startsWith("fifo"));
    assert.equal((await run(["store", "--json", "/dev/null"])).code, 0);
    const ended = await run(["store", "--json", "/dev/stdout"]);
    assert.equal((JSON.parse(ended.stdout) as { command: string }).command, "store");
    assert.equal((await run(["store", "--json", scratch])).code, 3);
  });

  it("that cannot be created, such as below /proc, are reported", async (t) => {
    if (process.platform !== "linux") {
      t.skip("there is no /proc");
      return;
    }
    assert.equal((await run(["store", "--json", "/proc/x/y/report.json"])).code, 3);
    await writeFile(join(scratch, "plain.bc"), "BC");
    assert.equal((await run(["thin", join(scratch, "plain.bc"), "--out", "/proc/x/y"])).code, 3);
    assert.equal((await run(["thin", join(scratch, "plain.bc")], { LTO_INSPECTOR_STORE: "/proc/x/y" })).code, 3);
  });
});

/** Uses `cat`, so that no thread of this process waits for a writer. */
async function readAll(fifo: string): Promise<string> {
  return (await promisify(execFile)("cat", [fifo])).stdout;
}
