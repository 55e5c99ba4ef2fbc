/** A read-only store serves what it contains; new files are kept elsewhere while the program runs. */
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { RunFolder } from "../../src/core/store/run-folder.js";
import { StageStore, type StageKey } from "../../src/core/store/store.js";
import { storeLayout } from "../../src/core/store/store-layout.js";
import { WorkPlace } from "../../src/core/store/work-place.js";

let folder = "";

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "lto-work-place-"));
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

const KEY: StageKey = {
  engine: { version: "22", revision: "r", library: "l", addon: "a" },
  settings: "s",
  moduleKey: "k",
  module: "m",
};
const BLOB = "ab".repeat(32);
const SAVED = { stage: "thin-lto-input", blob: BLOB, bytes: 2, instructions: 0, functions: 0, millis: 1, sameAsPrevious: false } as const;

describe("new files", () => {
  it("are in the store if it is writable, without a warning", async () => {
    const layout = storeLayout(path.join(folder, "store"));
    const work = new WorkPlace(layout);
    assert.equal(await work.layout(), layout);
    assert.equal(await work.keeps(), true);
    assert.deepEqual(work.takeWarning(), []);
    await work.close();
    assert.deepEqual(fs.readdirSync(layout.root), []);
  });

  it("are elsewhere if the store cannot be created or written to, are found there, and are removed with the program", async () => {
    const file = path.join(folder, "file");
    fs.writeFileSync(file, "");
    for (const root of [file, path.join(file, "below"), ...(process.platform === "linux" ? ["/proc/x/y"] : [])]) {
      const layout = storeLayout(root);
      const work = new WorkPlace(layout);
      const store = new StageStore(layout, work);
      const digests = (files: readonly string[]): Promise<(string | null)[]> =>
        Promise.resolve(files.map((one) => (fs.existsSync(one) ? BLOB : null)));
      assert.equal(await store.find(KEY, ["thin-lto-input"], digests), undefined);
      const place = await work.layout();
      assert.notEqual(place.root, root);
      const blob = path.join(place.blobs, BLOB.slice(0, 2), `${BLOB.slice(2)}.bc`);
      fs.mkdirSync(path.dirname(blob), { recursive: true });
      fs.writeFileSync(blob, "BC");
      await store.record(KEY, [SAVED]);
      assert.equal((await store.find(KEY, ["thin-lto-input"], digests))?.[0]?.blob, BLOB);
      assert.equal(store.blobFile(BLOB), blob);
      assert.equal(store.blobOf(blob), BLOB);
      const run = await RunFolder.create(place, null);
      await run.discard();
      const [warning, ...more] = work.takeWarning();
      assert.ok(warning?.startsWith(`The store ${root} cannot be written to (E`), warning);
      assert.deepEqual([more, work.takeWarning()], [[], []]);
      await work.close();
      assert.equal(fs.existsSync(place.root), false);
    }
  });
});
