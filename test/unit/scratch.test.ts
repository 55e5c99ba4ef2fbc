/** Scratch folders that were left behind because their process was killed. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { tryLockFolder } from "../../src/core/base/file-lock.js";
import { newScratchFolder, removeLeftovers } from "../../src/core/base/scratch.js";

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

describe("scratch folders", () => {
  it("are removed if they are not held and not new; others stay", async () => {
    const parent = await mkdtemp(join(tmpdir(), "lto-inspector-scratch-"));
    try {
      const old = new Date(Date.now() - 2 * HOUR);
      for (const [name, time] of [
        ["lto-inspector-engine-aaaaaa", old],
        ["lto-inspector-engine-12-old001", new Date(Date.now() - 2 * DAY)],
        ["lto-inspector-engine-12-earlier-versions", old],
        ["lto-inspector-records-bbbbbb", old],
        ["lto-inspector-store", old],
        ["lto-inspector-store-abcdef", old],
        ["lto-inspector-engine-young1", new Date()],
        ["lto-inspector-engine-held01", old],
        ["somebody-elses", old],
      ] as const) {
        const folder = join(parent, name);
        await mkdir(folder);
        await writeFile(join(folder, "journal"), "");
        await utimes(folder, time, time);
      }
      const lock = await tryLockFolder(join(parent, "lto-inspector-engine-held01"));
      await removeLeftovers(parent, Date.now() - HOUR);
      const alike = ["lto-inspector-store", "lto-inspector-store-abcdef"];
      const kept = ["lto-inspector-engine-12-earlier-versions", "lto-inspector-engine-young1", ...alike, "somebody-elses"];
      assert.deepEqual((await readdir(parent)).sort(), [...kept, "lto-inspector-engine-held01"].sort());
      await lock?.release();
      await removeLeftovers(parent, Date.now() - HOUR);
      assert.deepEqual((await readdir(parent)).sort(), kept);
      await removeLeftovers(join(parent, "not-there"), Date.now());
    } finally {
      await rm(parent, { recursive: true, force: true });
    }
  });

  it("are held while they are used, and removed afterwards", async () => {
    const parent = await mkdtemp(join(tmpdir(), "lto-inspector-scratch-"));
    const usual = process.env["TMPDIR"];
    process.env["TMPDIR"] = parent;
    const made = await newScratchFolder("records");
    if (usual === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = usual;
    assert.equal((await stat(made.folder)).mode & 0o777, 0o700);
    assert.equal(dirname(made.folder), parent);
    await removeLeftovers(parent, Date.now() + HOUR);
    await writeFile(join(made.folder, "file"), "");
    await made.remove();
    assert.deepEqual(await readdir(parent), []);
    await rm(parent, { recursive: true });
  });
});
