/** Folders of engine processes that nobody removed. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { removeLeftovers } from "../../src/core/engine/scratch.js";

const DAY = 24 * 60 * 60 * 1000;

describe("scratch folders of engines", () => {
  it("go when their program has gone and they are old; others stay", async () => {
    const parent = await mkdtemp(join(tmpdir(), "lto-inspector-scratch-"));
    try {
      // An id that was a process a moment ago.
      const gone = spawnSync("true").pid;
      const old = new Date(Date.now() - 2 * DAY);
      for (const [name, time] of [
        [`lto-inspector-engine-${gone}-aaaaaa`, old],
        [`lto-inspector-engine-${gone}-young1`, new Date()],
        [`lto-inspector-engine-${process.pid}-alive1`, old],
        ["lto-inspector-engine-xYz123", old],
        ["somebody-elses", old],
      ] as const) {
        const folder = join(parent, name);
        await mkdir(folder);
        await writeFile(join(folder, "journal"), "");
        await utimes(folder, time, time);
      }
      await removeLeftovers(parent, Date.now() - DAY);
      assert.deepEqual(
        (await readdir(parent)).sort(),
        [`lto-inspector-engine-${gone}-young1`, `lto-inspector-engine-${process.pid}-alive1`, "somebody-elses"].sort(),
      );
      await removeLeftovers(join(parent, "not-there"), Date.now());
    } finally {
      await rm(parent, { recursive: true, force: true });
    }
  });
});
