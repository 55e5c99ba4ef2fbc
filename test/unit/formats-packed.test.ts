/** Gzipped JSON and key maps: damaged files, and those that unpack to more than any real one, are refused. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { keysKept, keptLlvm, readKeys } from "../../src/core/replay/unit-keys.js";
import { isLtoError } from "../../src/core/base/errors.js";
import { readKeysFile } from "../../src/core/pipelines/keys-file.js";

let folder = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "lto-inspector-packed-"));
});

after(async () => {
  await rm(folder, { recursive: true });
});

function refused(why: RegExp): (error: unknown) => boolean {
  return (error) => isLtoError(error, "UnreadableFile") && why.test(error.message) && error.report.file?.startsWith(folder) === true;
}

describe("key components", () => {
  const cases: readonly (readonly [name: string, content: () => Buffer, why: RegExp])[] = [
    ["no gzip", () => Buffer.from("{}"), /incorrect header/],
    ["cut short", () => gzipSync(JSON.stringify({ schema: 1, x: "y".repeat(1000) })).subarray(0, 30), /unexpected end/],
    ["of another version", () => gzipSync(JSON.stringify({ schema: 2 })), /`schema` is 2, not 1/],
    // 200 kB that unpack to 200 MB.
    ["a bomb", () => gzipSync(Buffer.alloc(200 << 20), { level: 9 }), /Cannot create a Buffer larger than/],
  ];
  for (const [name, content, why] of cases) {
    it(`${name} are refused by file name, and count as missing where they can be made again`, async () => {
      await writeFile(join(folder, "key-components.json.gz"), content());
      await assert.rejects(readKeys(folder), refused(why));
      assert.equal(await keysKept(folder), undefined);
      assert.equal(await keptLlvm(folder), undefined);
    });
  }
});

describe("a key map", () => {
  for (const [name, content] of [
    ["without a key", "m\n"],
    ["with a key that is too short", "m ABC\n"],
    ["that is one long line", "x".repeat(1 << 20)],
  ] as const) {
    it(`${name} is refused by file and line, with a short excerpt`, async () => {
      const file = join(folder, "thin-lto-past-keys.bin");
      await writeFile(file, content);
      await assert.rejects(readKeysFile(file), (error) => {
        assert.ok(isLtoError(error, "UnreadableFile"));
        assert.match(error.message, /line 1 is not "name KEY"/);
        assert.ok(error.message.length < 400);
        return true;
      });
    });
  }
});
