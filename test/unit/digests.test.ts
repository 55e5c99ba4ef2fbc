/** Digests of files, remembered digests, files that contain their own digest, and the digests of a capture's files. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { appendFile, mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import * as z from "zod/mini";
import { isAsCaptured, isUndamaged, sealCapture } from "../../src/core/store/seal.js";
import { DigestMemory } from "../../src/core/base/digest-memory.js";
import { digestFile, digestIfEqual, stampOf } from "../../src/core/base/file-digest.js";
import { readSealed, writeSealed } from "../../src/core/base/sealed-file.js";
import { stageDigest, type StageKey } from "../../src/core/store/store.js";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "lto-inspector-digests-"));
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
});

const sha256 = (content: string | Buffer): string => createHash("sha256").update(content).digest("hex");

async function written(name: string, content: string | Buffer): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

describe("the digest of a file", () => {
  it("is that of its content, whatever its size", async () => {
    for (const size of [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20]) {
      const content = Buffer.alloc(size, "content");
      const file = await written("sized", content);
      assert.equal(await digestFile(file), sha256(content));
      assert.equal(await digestIfEqual(file, await written("same", content)), sha256(content));
      if (size === 0) continue;
      content[size - 1] = 0;
      assert.equal(await digestIfEqual(file, await written("other", content)), undefined);
    }
  });

  it("exists for regular files only", async () => {
    const fifo = join(folder, "fifo");
    assert.equal(spawnSync("mkfifo", [fifo]).status, 0);
    for (const file of [fifo, folder, join(folder, "none")]) {
      await assert.rejects(digestFile(file));
      await assert.rejects(digestIfEqual(await written("regular", ""), file));
    }
  });

  it("is remembered while the file is the same, but not if an old time was restored", async () => {
    const file = await written("remembered", "one");
    const kept = join(folder, "memory.json");
    const memory = await DigestMemory.open(kept);
    assert.equal(await memory.digest(file), sha256("one"));
    const { atime, mtime } = await stat(file);
    await writeFile(file, "two");
    await utimes(file, atime, mtime);
    assert.equal(await memory.digest(file), sha256("two"), "a recently changed file is read each time");
    // As if it had been noted two seconds later.
    const { text } = await stampOf(file);
    await writeSealed(kept, { files: { [file]: [text, "digest of then"] } });
    assert.equal(await (await DigestMemory.open(kept)).digest(file), "digest of then");
    await writeFile(file, "six");
    await utimes(file, atime, mtime);
    assert.equal(await (await DigestMemory.open(kept)).digest(file), sha256("six"));
    await appendFile(kept, "damaged");
    assert.equal(await (await DigestMemory.open(kept)).digest(file), sha256("six"));
  });
});

describe("a file that contains its own digest", () => {
  const schema = z.object({ name: z.string() });

  it("is read as it was written, and counts as missing otherwise", async () => {
    const file = join(folder, "sealed.json");
    assert.equal(await readSealed(schema, file), undefined);
    await writeSealed(file, { name: "a" });
    assert.deepEqual(await readSealed(schema, file), { name: "a" });
    const content = await readFile(file, "utf8");
    for (const damaged of [
      content.replace('"a"', '"b"'),
      content.slice(0, -9),
      "",
      "null",
      "[]",
      content.replace('"schema": 2', '"schema": 3'),
    ]) {
      await writeFile(file, damaged);
      assert.equal(await readSealed(schema, file), undefined, damaged);
    }
    await writeSealed(file, { name: 1 });
    assert.equal(await readSealed(schema, file), undefined);
    await rm(file);
    await mkdir(file);
    assert.equal(await readSealed(schema, file), undefined);
  });
});

describe("the files of a capture", () => {
  it("are compared one by one; a capture without digests is accepted as it is", async () => {
    const capture = join(folder, "capture");
    await mkdir(join(capture, "inputs"), { recursive: true });
    await writeFile(join(capture, "manifest.json"), "{}");
    const input = join(capture, "inputs", "a.bc");
    await writeFile(input, "bitcode");
    assert.deepEqual([await isUndamaged(capture), await isAsCaptured(capture, input)], [true, undefined]);
    await sealCapture(capture);
    await writeFile(join(capture, "key-components.json.gz"), "what is added later");
    assert.deepEqual([await isUndamaged(capture), await isAsCaptured(capture, input)], [true, true]);
    for (const damage of [() => writeFile(input, "bitcodf"), () => writeFile(input, ""), () => rm(input), () => mkdir(input)]) {
      await damage();
      assert.deepEqual([await isUndamaged(capture), await isAsCaptured(capture, input)], [false, false]);
    }
    await rm(input, { recursive: true });
    await writeFile(input, "bitcode");
    assert.equal(await isUndamaged(capture), true);
    await appendFile(join(capture, "digests.json"), "damaged");
    assert.equal(await isUndamaged(capture), false);
  });
});

describe("a stored result", () => {
  it("depends on the content of libLLVM, of the addon and of the bitcode", () => {
    const engine = { version: "22.1.2", revision: "r", library: "l", addon: "a" };
    const key: StageKey = { engine, settings: "s", moduleKey: "K digest", module: "m" };
    const others: readonly StageKey[] = [
      { ...key, engine: { ...engine, library: "another build of the same version" } },
      { ...key, engine: { ...engine, addon: "b" } },
      { ...key, moduleKey: "K another" },
    ];
    assert.equal(new Set([key, ...others].map(stageDigest)).size, 4);
  });
});
