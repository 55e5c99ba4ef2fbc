/** The memory limit of an engine process: the available memory, and what its inputs justify. */
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { availableMemory, memoryLimit, tookTooMuch } from "../../src/core/engine/memory-limit.js";

let folder = "";

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "lto-memory-"));
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

/** Limits of control groups: path below the root → content. */
async function availableWith(membership: string, limits: Readonly<Record<string, string>>): Promise<{ bytes: number; of: string }> {
  for (const [file, content] of Object.entries(limits)) {
    fs.mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), `${content}\n`);
  }
  fs.writeFileSync(path.join(folder, "membership"), membership);
  return availableMemory({ membership: path.join(folder, "membership"), root: folder });
}

const OF_GROUP = /^70 % of the memory that this container or control group may use$/;

describe("the available memory", () => {
  it("is the machine's if there is no other limit", async () => {
    for (const membership of ["", "0::/a/b\n", "4:memory:/a\n0::/\n"]) {
      const found = await availableWith(membership, { "a/memory.max": "max", "memory/a/memory.limit_in_bytes": "9223372036854771712" });
      assert.deepEqual(found, { bytes: os.totalmem() * 0.7, of: "70 % of the memory of this machine" });
    }
  });

  it("is that of the tightest control group, of the process itself or around it", async () => {
    const found = await availableWith("0::/a/b\n", { "a/b/memory.max": "600000000", "a/memory.max": "400000000", "memory.max": "max" });
    assert.equal(found.bytes, 280_000_000);
    assert.match(found.of, OF_GROUP);
  });

  it("is also read from version 1 of control groups, even if a container only sees the root", async () => {
    const found = await availableWith("7:cpu,memory:/docker/0123\n", { "memory/memory.limit_in_bytes": "500000000" });
    assert.equal(found.bytes, 350_000_000);
    assert.match(found.of, OF_GROUP);
  });
});

describe("the limit of a process", () => {
  const machine = { bytes: 10e9, of: "all of it" };

  it("grows with its inputs, up to the available memory", () => {
    assert.deepEqual(memoryLimit(machine, 0, {}), { bytes: 1e9, of: "1.00 GB and 100 times the 0 B of its input files" });
    assert.deepEqual(memoryLimit(machine, 22e6, {}), { bytes: 3.2e9, of: "1.00 GB and 100 times the 22.0 MB of its input files" });
    assert.equal(memoryLimit(machine, 4e9, {}), machine);
    assert.equal(memoryLimit(machine, Infinity, {}), machine);
  });

  it("is the user's own if set", () => {
    assert.equal(memoryLimit(machine, 0, { LTO_INSPECTOR_MEMORY_LIMIT: "20000000000" }).bytes, 20e9);
    assert.equal(memoryLimit(machine, 0, { LTO_INSPECTOR_MEMORY_LIMIT: "much" }).bytes, 1e9);
  });

  it("is explained in messages", () => {
    const taken = { bytes: 1.34e9, limit: memoryLimit(machine, 1e6, {}) };
    assert.equal(
      tookTooMuch(taken),
      "it used 1.34 GB of memory, more than the limit of 1.10 GB: 1.00 GB and 100 times the 1.00 MB of its input files",
    );
  });
});
