/**
 * Captures that are killed or stopped at every phase of a build: their child processes end with them, nothing of the environment stays on disk, and
 * the next capture works at once. The phases are observed, not guessed by time: a script that replaces rustc or the linker reports when it is
 * reached, and stays there.
 */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { processesWith } from "../../scripts/lib/processes.mjs";
import { skipWithoutRust, TestCli } from "../support/cli.js";
import { repository } from "../support/repository.js";

const MARK = "LTO_INSPECTOR_TEST_MARK";
const SECRET = `hunter-${randomBytes(8).toString("hex")}`;

/** The phases in which a build can be held; "again" is the second compilation of a crate after a build with fat LTO. */
const PHASES = ["probe", "build script", "final crate", "linker", "again"] as const;
type Phase = (typeof PHASES)[number];

/** `hold PHASE`: if that phase is requested, starts processes in this group, in another session and without parents, and waits. */
const HOLD = `hold() {
  [ "$HOLD" = "$1" ] || return 0
  sleep 1000 &
  setsid sleep 1000 &
  (setsid sh -c 'sleep 1000 &') &
  : > "$REACHED"
  exec sleep 1000
}
`;

const RUSTC = `#!/bin/sh
${HOLD}case " $* " in
*" -vV "*) hold probe ;;
*" no-prepopulate-passes "*) hold again ;;
*" save-temps "*) hold "final crate" ;;
esac
exec rustc "$@"
`;

const LINKER = `#!/bin/sh
${HOLD}case "$*" in *save-temps*|*deps/held-*) hold linker ;; esac
exec cc "$@"
`;

const BUILD_SCRIPT = `fn main() {
    println!("cargo::rerun-if-env-changed=HOLD");
    std::process::Command::new("/bin/sh").args(["-c", ${JSON.stringify(`${HOLD}hold "build script"`)}]).status().unwrap();
}
`;

let scratch = "";
let cli: TestCli;

before(() => {
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), "lto-killed-"));
  cli = new TestCli(path.join(scratch, "store"));
  write("rustc", RUSTC, 0o755);
  write("linker", LINKER, 0o755);
  write("held/build.rs", BUILD_SCRIPT);
  write("held/src/main.rs", 'fn main() { println!("{}", std::env::args().count()); }\n');
  write(
    "held/.cargo/config.toml",
    `[build]\ntarget-dir = "elsewhere"\n[target.'cfg(all())']\nlinker = ${JSON.stringify(path.join(scratch, "linker"))}\n`,
  );
  write("held/Cargo.toml", '[package]\nname = "held"\nversion = "0.1.0"\nedition = "2021"\n[workspace]\n');
});

after(() => {
  fs.rmSync(scratch, { recursive: true, force: true });
});

function write(name: string, content: string, mode = 0o644): void {
  const file = path.join(scratch, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content, { mode });
}

/** A capture that stays in a phase. */
interface Held {
  readonly child: ChildProcess;
  readonly said: () => string;
  /** The processes that it has started, in any session. */
  readonly started: () => string[];
  readonly closed: Promise<unknown[]>;
}

async function held(phase: Phase): Promise<Held> {
  const mark = randomBytes(8).toString("hex");
  const reached = path.join(scratch, `reached-${mark}`);
  const own = { [MARK]: mark, HOLD: phase, REACHED: reached, SECRET_TOKEN: SECRET };
  const child = spawn(process.execPath, [path.join(repository, "dist", "cli.js"), ...words(phase)], {
    env: { ...environment(), LTO_INSPECTOR_STORE: cli.store, ...own },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const closed = once(child, "close");
  while (!fs.existsSync(reached)) {
    assert.equal(child.exitCode, null, `it ended before the phase "${phase}": ${said}`);
    await delay(20);
  }
  const started = (): string[] => processesWith(MARK, mark).flatMap(({ pid, command }) => (pid === child.pid ? [] : [command]));
  assert.ok(started().length >= 4, started().join("\n"));
  return { child, said: () => said, started, closed };
}

function words(phase: Phase): string[] {
  const fat = phase === "again" ? ["--lto", "fat", "--no-incremental"] : [];
  return ["capture", path.join(scratch, "held"), ...fat];
}

/** The same for every capture, so that nothing else causes a rebuild. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, RUSTC: path.join(scratch, "rustc") };
}

/** Fails if processes stay for so long that nothing will end them. */
async function allGone(started: () => string[]): Promise<void> {
  const end = Date.now() + 60_000;
  while (started().length > 0) {
    assert.ok(Date.now() < end, `still there:\n${started().join("\n")}`);
    await delay(20);
  }
}

function filesIn(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .flatMap((entry) => (entry.isFile() ? [path.join(entry.parentPath, entry.name)] : []));
}

function noSecretIn(folder: string): void {
  const found = filesIn(folder).filter((file) => fs.readFileSync(file).includes(SECRET));
  assert.deepEqual(found, []);
}

async function nextWorks(phase: Phase): Promise<void> {
  const ended = await cli.run(words(phase), { env: environment() });
  assert.equal(ended.code, 0, ended.stderr);
  const names = fs.readdirSync(path.join(cli.store, "captures"), { recursive: true, encoding: "utf8" });
  assert.deepEqual(
    names.filter((name) => name.includes(".tmp")),
    [],
    "unfinished files are gone",
  );
  const targets = filesIn(path.join(cli.store, "targets"));
  assert.deepEqual(
    targets.filter((file) => /\.rcgu\.[a-z.-]*bc$|\/records\//.test(file) && !file.includes("/incremental/")),
    [],
    "rustc's temporary files are gone too",
  );
}

describe("a capture", { skip: skipWithoutRust }, () => {
  for (const phase of PHASES) {
    it(`that is killed in the phase "${phase}" ends all its processes, and the next one works at once`, async () => {
      const { child, started, closed } = await held(phase);
      child.kill("SIGKILL");
      // The next one begins while the last processes of the killed one may still be running.
      const next = nextWorks(phase);
      await closed;
      await allGone(started);
      noSecretIn(cli.store);
      await next;
      noSecretIn(cli.store);
    });
  }

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    it(`exits with 130 on ${signal}, and leaves nothing`, async () => {
      const { child, said, started, closed } = await held(signal === "SIGHUP" ? "again" : "final crate");
      child.kill(signal);
      assert.deepEqual(await closed, [130, null], said());
      assert.match(said(), /error \(Cancelled\)/);
      await allGone(started);
      assert.deepEqual(
        filesIn(path.join(cli.store, "captures")).filter((file) => file.includes(".tmp")),
        [],
      );
      noSecretIn(cli.store);
      await nextWorks("final crate");
    });
  }

  it("refuses another capture of the same workspace, and is not disturbed by it", async () => {
    const { child, started, closed } = await held("final crate");
    for (let index = 0; index < 2; index += 1) {
      const error = await cli.error(words("final crate"), 3, { env: environment() });
      assert.equal(error.name, "CargoLocked", error.message);
    }
    assert.ok(started().length >= 4);
    child.kill("SIGKILL");
    await closed;
    await nextWorks("final crate");
  });
});
