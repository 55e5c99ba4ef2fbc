/** File locks as other processes see them; a lock ends with its owner. */
import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { isLtoError } from "../../src/core/base/errors.js";
import { isInPlace, isLocked, tryLock, tryLockFolder, withLock } from "../../src/core/base/file-lock.js";
import { runProcess } from "../../src/core/base/process.js";
import { repository } from "../support/repository.js";

const ADDON = path.join(repository, "dist", "lto_inspector_lock.node");

/** Takes a lock as the product does, reports it, and keeps it until it is killed. */
const HOLDER = `
const found = { exports: {} };
process.dlopen(found, ${JSON.stringify(ADDON)});
const [file] = process.argv.slice(-1);
const descriptor = require("node:fs").openSync(file, require("node:fs").statSync(file).isDirectory() ? "r" : "r+");
console.log(found.exports.tryLock(descriptor, false));
setInterval(() => undefined, 1000);
`;

let folder = "";
let file = "";
let count = 0;

before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "lto-lock-"));
});

beforeEach(() => {
  count += 1;
  file = path.join(folder, `lock-${count}`);
});

after(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

interface Holder {
  readonly process: ChildProcess;
  /** Kills it, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Another process that holds the lock; `around` can start it in other namespaces. */
async function holder(of: string, around: readonly string[] = []): Promise<Holder> {
  const [program, ...args] = [...around, process.execPath, "-e", HOLDER, of];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"], detached: true });
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  assert.equal(said.toString(), "0\n");
  return {
    process: child,
    kill: async () => {
      const gone = once(child, "close");
      process.kill(-(child.pid ?? 0), "SIGKILL");
      await gone;
    },
  };
}

describe("a file lock", () => {
  it("is held by one at a time, and can be released", async () => {
    assert.equal(await isLocked(file), false);
    const first = await tryLock(file);
    assert.ok(first);
    assert.equal(first.standIn, false);
    assert.equal(await isLocked(file), true);
    assert.equal(await tryLock(file), undefined);
    await first.release();
    assert.equal(await isLocked(file), false);
    const held = (): Error => new Error("held");
    assert.equal(await withLock(file, held, () => Promise.resolve(7)), 7);
    await withLock(file, held, () =>
      assert.rejects(
        withLock(file, held, () => Promise.resolve()),
        /held/,
      ),
    );
  });

  it("creates the folder of its file, and on a folder needs no file", async () => {
    const deep = path.join(file, "deep");
    await (await tryLock(path.join(deep, "lock")))?.release();
    const lock = await tryLockFolder(deep);
    assert.equal(await tryLockFolder(deep), undefined);
    assert.equal(await isLocked(deep), true);
    await lock?.release();
  });

  it("can be waited for", async () => {
    const first = await tryLock(file);
    const second = tryLock(file, { wait: 60_000 });
    await first?.release();
    assert.ok(await second);
    const controller = new AbortController();
    const third = tryLock(file, { wait: 60_000, signal: controller.signal });
    controller.abort();
    await assert.rejects(third, (error) => isLtoError(error, "Cancelled"));
  });

  it("of a process that is killed is free at once, whatever is in the file", async () => {
    fs.writeFileSync(file, String(process.pid));
    const other = await holder(file);
    assert.equal(await isLocked(file), true);
    assert.equal(await tryLock(file), undefined);
    await other.kill();
    assert.equal(await isLocked(file), false);
    const lock = await tryLock(file);
    assert.ok(lock);
    assert.equal(fs.readFileSync(file, "utf8"), String(process.pid), "the lock writes nothing to it");
    await lock.release();
  });

  it("is seen across PID namespaces", async (t) => {
    const around = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child"] as const;
    const [program, ...args] = around;
    if (spawnSync(program, [...args, "true"]).status !== 0) {
      t.skip("this machine permits no PID namespaces");
      return;
    }
    fs.writeFileSync(file, "");
    const other = await holder(file, around);
    assert.equal(await isLocked(file), true);
    assert.equal(await tryLock(file), undefined);
    await other.kill();
    assert.ok(await tryLock(file, { wait: 5000 }));
  });

  it("is not inherited by child processes", async () => {
    const lock = await tryLock(file);
    const child = spawn("/bin/sh", ["-c", "echo ready; exec sleep 60"], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    const controller = new AbortController();
    let running: Promise<unknown> | undefined;
    await new Promise<void>((resolve) => {
      running = runProcess("/bin/sh", ["-c", "echo ready; exec sleep 60"], { signal: controller.signal, onStdoutLine: () => resolve() });
      running.catch(() => undefined);
    });
    await lock?.release();
    const again = await tryLock(file);
    assert.ok(again, "neither holds it");
    controller.abort();
    await assert.rejects(Promise.resolve(running));
    child.kill();
    await once(child, "close");
  });

  it("is taken on the file with the name, even if another replaces it in the meantime", async () => {
    const first = await tryLock(file);
    assert.ok(first);
    const second = tryLock(file, { wait: 60_000 });
    fs.rmSync(file);
    const lock = await second;
    assert.ok(lock, "the removed file is no longer a lock");
    assert.equal(fs.fstatSync(lock.descriptor).ino, fs.statSync(file).ino);
    assert.deepEqual([await isInPlace(first), await isInPlace(lock)], [false, true]);
    fs.writeFileSync(`${file}.new`, "");
    fs.renameSync(`${file}.new`, file);
    assert.equal(await isInPlace(lock), false);
  });

  it("is refused if something else has the name", async () => {
    assert.equal(spawnSync("mkfifo", [file]).status, 0);
    await assert.rejects(tryLock(file), (error) => isLtoError(error, "UnreadableFile"));
    assert.equal(await isLocked(file), false);
    fs.rmSync(file);
    fs.symlinkSync(path.join(folder, "elsewhere"), file);
    await assert.rejects(tryLock(file), { code: "ELOOP" });
    assert.equal(fs.existsSync(path.join(folder, "elsewhere")), false);
  });

  it("is taken by one of many at once", async () => {
    const got = await Promise.all(Array.from({ length: 20 }, () => tryLock(file)));
    assert.equal(got.filter((lock) => lock !== undefined).length, 1);
  });

  it("can be requested in a read-only folder", async (t) => {
    const lock = await tryLock(file);
    // Root's permissions prove nothing.
    if (process.getuid?.() === 0) t.diagnostic("run as root: permissions are not looked at");
    fs.chmodSync(file, 0o400);
    assert.equal(await isLocked(file), true);
    await lock?.release();
    assert.equal(await isLocked(file), false);
  });
});

describe("a file system without locks", () => {
  /** Answers flock(2) like such a file system, for files below FOLDER. */
  const NO_LOCKS = `
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
int flock(int fd, int op) {
  char link[64], name[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, name, sizeof name - 1);
  if (n > 0) { name[n] = 0; if (strncmp(name, getenv("FOLDER"), strlen(getenv("FOLDER"))) == 0) { errno = ENOLCK; return -1; } }
  return syscall(SYS_flock, fd, op);
}`;

  it("uses locks on this machine instead, and says so", (t) => {
    const place = path.join(folder, "no-locks");
    fs.mkdirSync(place);
    fs.writeFileSync(path.join(folder, "flock.c"), NO_LOCKS);
    const library = path.join(folder, "flock.so");
    if (spawnSync("cc", ["-shared", "-fPIC", "-o", library, path.join(folder, "flock.c")]).status !== 0) {
      t.skip("there is no C compiler");
      return;
    }
    const script = `
      import { isLocked, tryLock } from ${JSON.stringify(path.join(repository, "src/core/base/file-lock.ts"))};
      const file = ${JSON.stringify(path.join(place, "lock"))};
      (async () => {
        const first = await tryLock(file);
        const seen = [first.standIn, await isLocked(file), (await tryLock(file)) === undefined];
        await first.release();
        console.log(JSON.stringify([...seen, await isLocked(file), (await tryLock(file)).standIn]));
      })();`;
    const runner = path.join(folder, "stand-in.ts");
    fs.writeFileSync(runner, script);
    const { stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", runner], {
      cwd: repository,
      env: { ...process.env, LD_PRELOAD: library, FOLDER: place, TMPDIR: folder },
      encoding: "utf8",
    });
    assert.equal(stdout, "[true,true,true,false,true]\n", stderr);
  });
});
