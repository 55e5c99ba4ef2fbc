/**
 * Ctrl-C, SIGTERM and SIGHUP end a command at any time, and a reader that exits does not. The time that this takes is not tested; the test itself
 * ends whatever hangs.
 */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { after, before, describe, it } from "node:test";
import { repository } from "../support/repository.js";
import { putOddFile } from "../support/odd-files.js";

/** Long enough for a loaded machine. */
const PATIENCE_MILLIS = 5 * 60_000;

const UNITS = 3000;

describe("a command is ended", () => {
  let scratch = "";
  let many = "";

  const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess =>
    spawn(process.execPath, [path.join(repository, "dist", "cli.js"), ...args], {
      env: { ...process.env, LTO_INSPECTOR_STORE: path.join(scratch, "store"), NO_COLOR: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });

  const ending = async (child: ChildProcess): Promise<{ code: number | null; signal: string | null }> => {
    const hung = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MILLIS);
    const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
    clearTimeout(hung);
    return { code, signal };
  };

  /** A cargo that reports its start and ignores signals. */
  const stubbornCargo = (name: string): { readonly env: NodeJS.ProcessEnv; readonly started: () => Promise<number> } => {
    const bin = path.join(scratch, name);
    const mark = path.join(bin, "pid");
    fs.mkdirSync(bin);
    fs.writeFileSync(
      path.join(bin, "cargo"),
      `#!/bin/sh\ntrap "" INT TERM HUP\necho $$ > ${mark}.tmp; mv ${mark}.tmp ${mark}\nwhile :; do sleep 1; done\n`,
      {
        mode: 0o755,
      },
    );
    const started = async (): Promise<number> => {
      while (!fs.existsSync(mark)) await delay(20);
      return Number(fs.readFileSync(mark, "utf8"));
    };
    return { env: { PATH: `${bin}${path.delimiter}${process.env["PATH"] ?? ""}` }, started };
  };

  before(() => {
    scratch = fs.mkdtempSync(path.join(tmpdir(), "lto-cancelling-"));
    // More text than a pipe holds.
    many = path.join(scratch, "many");
    fs.mkdirSync(many);
    for (let index = 0; index < UNITS; index++) {
      fs.writeFileSync(path.join(many, `x${index}-0123456789abcdef.x.0123456789abcdef-cgu.0.rcgu.thin-lto-input.bc`), "BC");
    }
    fs.mkdirSync(path.join(scratch, "package", "src"), { recursive: true });
    fs.writeFileSync(path.join(scratch, "package", "Cargo.toml"), '[package]\nname = "x"\nversion = "0.1.0"\nedition = "2021"\n');
    fs.writeFileSync(path.join(scratch, "package", "src", "lib.rs"), "");
  });

  after(() => {
    fs.rmSync(scratch, { recursive: true, force: true });
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    it(`by ${signal} while a child process ignores signals, which then ends too`, async () => {
      const cargo = stubbornCargo(`bin-${signal}`);
      const child = start(["discover", path.join(scratch, "package")], cargo.env);
      const pid = await cargo.started();
      let stderr = "";
      child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
      child.kill(signal);
      assert.deepEqual(await ending(child), { code: 130, signal: null });
      assert.match(stderr, /error \(Cancelled\)/);
      while (isRunning(pid)) await delay(20);
    });
  }

  it("at once by a second signal", async () => {
    const cargo = stubbornCargo("bin-twice");
    const child = start(["capture", path.join(scratch, "package")], cargo.env);
    const pid = await cargo.started();
    child.kill("SIGINT");
    child.kill("SIGTERM");
    const { code, signal } = await ending(child);
    // Both signals can arrive as one, and while files are being read, the signal itself ends the process. Shells report both as 130.
    assert.ok(code === 130 || signal === "SIGINT", `${code} ${signal}`);
    while (isRunning(pid)) await delay(20);
  });

  it("while nothing reads its output", async () => {
    const child = start(["discover", many]);
    assert.ok(child.stdout !== null);
    child.stdout.pause();
    // The pipe is full once its first part has arrived and the rest is not read.
    await once(child.stdout, "readable");
    child.kill("SIGINT");
    const { code, signal } = await ending(child);
    assert.ok(code === 130 || signal === "SIGINT", `${code} ${signal}`);
  });

  it("while nothing reads its report", async () => {
    const fifo = path.join(scratch, "fifo");
    putOddFile("fifo", fifo);
    const child = start(["discover", many, "--json", fifo]);
    assert.ok(child.stdout !== null);
    // The text comes before the report.
    child.stdout.resume();
    await once(child.stdout, "data");
    child.kill("SIGTERM");
    const { code, signal } = await ending(child);
    assert.ok(code === 130 || signal === "SIGINT", `${code} ${signal}`);
  });

  it("does not happen when its output is closed: it ends normally and silently", async () => {
    const child = start(["discover", many]);
    assert.ok(child.stdout !== null && child.stderr !== null);
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    await once(child.stdout, "data");
    child.stdout.destroy();
    assert.deepEqual(await ending(child), { code: 0, signal: null });
    assert.equal(stderr, "");
  });

  it("with the right message if its output's disk is full", async (t) => {
    if (!fs.existsSync("/dev/full")) {
      t.skip("there is no /dev/full");
      return;
    }
    const full = fs.openSync("/dev/full", "w");
    const child = spawn(process.execPath, [path.join(repository, "dist", "cli.js"), "discover", many], {
      stdio: ["ignore", full, "pipe"],
    });
    let stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    assert.deepEqual(await ending(child), { code: 3, signal: null });
    assert.match(stderr, /^error \(DiskFull\): Writing to standard output/);
    fs.closeSync(full);
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie has ended too.
    return !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
