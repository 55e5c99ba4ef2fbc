/** The supervisor ends like its program, and ends everything that the program started if the caller is gone. */
import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { processesWith } from "../../scripts/lib/processes.mjs";
import { tryLock } from "../../src/core/base/file-lock.js";
import { runProcess } from "../../src/core/base/process.js";
import { repository } from "../support/repository.js";

const SUPERVISOR = path.join(repository, "dist", "lto-inspector-supervise");
const MARK = "LTO_INSPECTOR_TEST_MARK";

/** Starts a process in the same group, one in a separate session, and an orphan; reports when all of them run. */
const FAMILY = `
sleep 1000 &
setsid sleep 1000 &
(setsid sh -c 'sleep 1000 & echo orphan' >/dev/null) &
wait $!
echo ready
wait`;
/** These, and the shell. */
const MEMBERS = 4;

let folder = "";

before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "lto-supervise-"));
});

after(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly mark: string;
  /** Everything that it started, without the supervisor. */
  readonly family: () => { readonly pid: number; readonly command: string }[];
}

async function started(script: string, held: readonly number[] = []): Promise<Started> {
  const mark = randomBytes(8).toString("hex");
  const child = spawn(SUPERVISOR, ["/bin/sh", "-c", script], {
    env: { ...process.env, [MARK]: mark },
    stdio: ["ignore", "pipe", "inherit", "pipe", ...held],
    detached: true,
  });
  assert.ok(child.stdout);
  await once(child.stdout, "data");
  return { child, mark, family: () => processesWith(MARK, mark).filter(({ pid }) => pid !== child.pid) };
}

/** Fails if a condition does not become true for so long that something must be wrong. */
async function comesTrue(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await condition())) {
    assert.ok(Date.now() < end, what);
    await delay(10);
  }
}

function lifeline(child: ChildProcess): NonNullable<ChildProcess["stdio"][3]> {
  const end = child.stdio[3];
  assert.ok(end);
  return end;
}

describe("the supervisor", () => {
  it("ends like its program", () => {
    const run = (script: string): unknown[] => {
      const { status, signal, stdout } = spawnSync(SUPERVISOR, ["/bin/sh", "-c", script], { encoding: "utf8" });
      return [status, signal, stdout];
    };
    assert.deepEqual(run("echo out; exit 7"), [7, null, "out\n"]);
    assert.deepEqual(run("kill -SEGV $$"), [null, "SIGSEGV", ""]);
    assert.deepEqual(run("kill -KILL $$"), [null, "SIGKILL", ""]);
  });

  it("tells what a program and all that it started used", async () => {
    const work = (times: number): string[] => ["-c", `sh -c 'i=0; while [ $i -lt ${times} ]; do i=$((i+1)); done'; exit 3`];
    const [little, much] = [
      await runProcess("/bin/sh", work(1), { usage: true }),
      await runProcess("/bin/sh", work(300_000), { usage: true }),
    ];
    assert.deepEqual([much.code, much.stdout], [3, ""]);
    assert.ok(little.usage !== undefined && much.usage !== undefined);
    assert.ok(much.usage.userMillis > little.usage.userMillis, `${much.usage.userMillis} and ${little.usage.userMillis} ms`);
    // Virtual machines seldom have counters.
    if (much.usage.instructions !== null) assert.ok(much.usage.instructions > (little.usage.instructions ?? 0) + 300_000);
    assert.equal((await runProcess("/bin/true", [])).usage, undefined, "unless it is asked");
    await assert.rejects(runProcess(path.join(folder, "nothing"), [], { usage: true }), { code: "ENOENT" });
  });

  it("reports why a program cannot be started", async () => {
    await assert.rejects(runProcess(path.join(folder, "nothing"), []), { code: "ENOENT" });
    await assert.rejects(runProcess(folder, []), { code: "EACCES" });
    const nowhere = path.join(folder, "nowhere");
    await assert.rejects(runProcess("/bin/true", [], { cwd: nowhere }), { code: "ENOENT", message: "spawn /bin/true ENOENT" });
    assert.equal((await runProcess("/bin/sh", ["-c", "exit 127"])).code, 127, "which a shell's exit code can be too");
  });

  it("kills everything when its caller is gone, in any session", async () => {
    const { child, family } = await started(FAMILY);
    await comesTrue("all are there", () => family().length === MEMBERS);
    lifeline(child).destroy();
    await once(child, "close");
    assert.deepEqual(family(), [], "nothing is left when the supervisor ends");
  });

  it("holds its descriptors until all processes have ended, and does not pass them on", async () => {
    const file = path.join(folder, "lock");
    const lock = await tryLock(file);
    assert.ok(lock);
    const { child, family } = await started(FAMILY, [lock.descriptor]);
    await lock.release();
    assert.equal(await tryLock(file), undefined, "the supervisor has it");
    for (const { pid } of family()) {
      const names = fs.readdirSync(`/proc/${pid}/fd`).map((descriptor) => fs.readlinkSync(`/proc/${pid}/fd/${descriptor}`));
      assert.ok(!names.includes(file), `process ${pid} has it too`);
    }
    lifeline(child).destroy();
    await once(child, "close");
    assert.ok(await tryLock(file));
  });

  it("ends its program if it is killed itself", async () => {
    const { child, family } = await started("echo ready; exec sleep 1000");
    child.kill("SIGKILL");
    await comesTrue("the program has gone", () => family().length === 0);
  });

  it("ends what a failed program left in its group, but not a daemon", async () => {
    const { child, family } = await started("sleep 1000 & setsid sleep 1001 >/dev/null 2>&1 & sleep 0.2; echo ready; exit 3");
    const [code] = (await once(child, "exit")) as [number];
    assert.equal(code, 3);
    assert.deepEqual(
      family().map(({ command }) => command),
      ["sleep 1001"],
    );
    for (const { pid } of family()) process.kill(pid, "SIGKILL");
  });

  it("forwards a signal to its program; a caller signals the whole group", async () => {
    const script = "trap 'exit 5' TERM; trap 'exit 6' INT; echo ready; while :; do sleep 0.05; done";
    const first = await started(script);
    spawnSync("kill", ["-TERM", String(first.child.pid)]);
    assert.deepEqual(await once(first.child, "close"), [5, null]);
    const second = await started(script);
    process.kill(-(second.child.pid ?? 0), "SIGINT");
    assert.deepEqual(await once(second.child, "close"), [6, null]);
  });

  it("kills no unrelated process if /proc belongs to another namespace", async (t) => {
    const around = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child"] as const;
    const [program, ...args] = around;
    if (spawnSync(program, [...args, "true"]).status !== 0) {
      t.skip("this machine permits no PID namespaces");
      return;
    }
    const mark = randomBytes(8).toString("hex");
    const script = `"$0" /bin/sh -c 'sleep 1000 & echo ready; wait' 3<&3`;
    const child = spawn(program, [...args, "/bin/sh", "-c", script, SUPERVISOR], {
      env: { ...process.env, [MARK]: mark },
      stdio: ["ignore", "pipe", "inherit", "pipe"],
      detached: true,
    });
    assert.ok(child.stdout);
    await once(child.stdout, "data");
    lifeline(child).destroy();
    await once(child, "close");
    await comesTrue("its own group has gone", () => processesWith(MARK, mark).length === 0);
  });
});
