/** The stage store: what is found again, what is not, and what pruning keeps. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { writeFileWhole } from "../../src/core/base/atomic-file.js";
import type { DigestFiles } from "../../src/core/store/content-check.js";
import { stampOf } from "../../src/core/base/file-digest.js";
import { storeLayout, storeRoot, type StoreLayout } from "../../src/core/store/store-layout.js";
import { parseStageRecord } from "../../src/core/store/stage-record.js";
import { stageDigest, StageStore, type StageKey } from "../../src/core/store/store.js";
import type { SavedStage } from "../../src/protocol/engine/stages.js";
import { THIN_STAGES, type Stage } from "../../src/protocol/stages.js";
import { until } from "../support/patience.js";

const KEY: StageKey = {
  engine: { version: "22.1.2", revision: "r", library: "l", addon: "a" },
  settings: "s",
  moduleKey: "F".repeat(40),
  module: "b-4a656e81c25e75bf.3dwn031u1cy7sqicswd825v8v.1vedk78.rcgu.o",
};

let root = "";
let layout: StoreLayout;
let store: StageStore;

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Replaces the engine's BLAKE3: here it only matters that names match contents. */
const digests: DigestFiles = (files) =>
  Promise.all(
    files.map((file) =>
      readFile(file).then(
        (content) => {
          read.push(file);
          return sha256(content);
        },
        () => null,
      ),
    ),
  );

/** The files whose contents were read. */
const read: string[] = [];

function find(key: StageKey, wanted: readonly Stage[]): Promise<SavedStage[] | undefined> {
  return store.find(key, wanted, digests);
}

async function blob(content: string): Promise<SavedStage> {
  const id = sha256(content);
  const file = store.blobFile(id);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  return { stage: "thin-lto-input", blob: id, bytes: content.length, instructions: 0, functions: 0, millis: 1, sameAsPrevious: false };
}

async function saved(stage: Stage, content: string): Promise<SavedStage> {
  return { ...(await blob(content)), stage };
}

/** Makes a file look as if it was last touched so many hours ago. */
async function age(file: string, hours: number): Promise<void> {
  const time = new Date(Date.now() - hours * 3_600_000);
  await utimes(file, time, time);
}

before(async () => {
  root = await mkdtemp(join(tmpdir(), "lto-inspector-test-"));
  layout = storeLayout(root);
  store = new StageStore(layout);
});
after(async () => {
  await rm(root, { recursive: true, force: true });
});

describe("the stage store", () => {
  it("finds what was recorded, in the requested order", async () => {
    assert.equal(await find(KEY, ["thin-lto-input"]), undefined);
    await store.record(KEY, [await saved("thin-lto-input", "one"), await saved("thin-lto-after-pm", "two")]);
    const found = await find(KEY, ["thin-lto-after-pm", "thin-lto-input"]);
    assert.deepEqual(
      found?.map(({ stage }) => stage),
      ["thin-lto-after-pm", "thin-lto-input"],
    );
    assert.equal(await find(KEY, THIN_STAGES), undefined);
  });

  it("adds later stages to earlier ones", async () => {
    await store.record(KEY, [await saved("thin-lto-after-import", "three")]);
    assert.equal((await find(KEY, ["thin-lto-input", "thin-lto-after-import", "thin-lto-after-pm"]))?.length, 3);
  });

  it("depends on everything but the invocation id", () => {
    const digest = stageDigest(KEY);
    assert.equal(stageDigest({ ...KEY, module: KEY.module.replace("1vedk78", "0000000") }), digest);
    const others: StageKey[] = [
      { ...KEY, engine: { ...KEY.engine, version: "22.1.4" } },
      { ...KEY, engine: { ...KEY.engine, revision: "q" } },
      { ...KEY, engine: { ...KEY.engine, addon: "b" } },
      { ...KEY, settings: "t" },
      { ...KEY, moduleKey: "E".repeat(40) },
      { ...KEY, module: "c" },
    ];
    assert.equal(new Set([digest, ...others.map(stageDigest)]).size, others.length + 1);
  });

  it("ignores a blob that is missing or truncated, and a damaged record", async () => {
    const key = { ...KEY, module: "damaged" };
    const stage = await saved("thin-lto-input", "will be cut");
    await store.record(key, [stage]);
    await writeFile(store.blobFile(stage.blob), "cut");
    assert.equal(await find(key, ["thin-lto-input"]), undefined);
    await writeFile(store.blobFile(stage.blob), "will be cut");
    assert.ok(await find(key, ["thin-lto-input"]));
    const digest = stageDigest(key);
    await writeFile(join(layout.stages, digest.slice(0, 2), `${digest}.json`), '{"schema":1,"sta');
    assert.equal(await find(key, ["thin-lto-input"]), undefined);
    await store.record(key, [stage]);
    assert.ok(await find(key, ["thin-lto-input"]));
  });

  it("ignores and reports a blob whose content does not match its name, and reads known blobs only once", async () => {
    const key = { ...KEY, module: "flipped" };
    const stage = await saved("thin-lto-input", "every bit counts");
    const file = store.blobFile(stage.blob);
    await store.record(key, [stage]);
    await age(file, 1);
    // Ageing also sets the inode's time, which counts once it is older than the resolution of clocks.
    await until("a time that the next change will show against", async () => (await stampOf(file)).settled);
    const told: string[] = [];
    const unlisten = store.onDamage((damaged) => told.push(damaged));
    assert.ok(await find(key, ["thin-lto-input"]));
    read.length = 0;
    assert.ok(await find(key, ["thin-lto-input"]));
    assert.deepEqual(read, []);
    // The same size, and the same modification time.
    const { mtime } = await stat(file);
    await writeFile(file, "every bit cOunts");
    await utimes(file, mtime, mtime);
    assert.equal(await find(key, ["thin-lto-input"]), undefined);
    assert.deepEqual(told, [file]);
    unlisten();
    await rm(file);
    assert.equal(await find(key, ["thin-lto-input"]), undefined);
    assert.deepEqual(told, [file]);
    assert.equal(await store.holds(stage.blob, digests), false);
    assert.equal(store.blobOf(file), stage.blob);
    assert.equal(store.blobOf(join(root, "elsewhere.bc")), undefined);
  });

  it("ignores a record that was changed, or that has another record's name", async () => {
    const key = { ...KEY, module: "record" };
    await store.record(key, [await saved("thin-lto-input", "recorded")]);
    const [digest, others] = [stageDigest(key), stageDigest({ ...key, module: "another" })];
    const fileOf = (name: string): string => join(layout.stages, name.slice(0, 2), `${name}.json`);
    const text = await readFile(fileOf(digest), "utf8");
    for (const changed of [
      text.replace('"functions": 0', '"functions": 1'),
      text.replace('"schema": 3', '"schema": 2'),
      text.replace('"artifact": "bitcode"', '"artifact": "object"'),
      text.slice(0, -9),
    ]) {
      assert.notEqual(changed, text);
      await writeFile(fileOf(digest), changed);
      assert.equal(await find(key, ["thin-lto-input"]), undefined);
    }
    await writeFileWhole(fileOf(others), text);
    assert.equal(await find({ ...key, module: "another" }, ["thin-lto-input"]), undefined);
    await writeFile(fileOf(digest), text);
    assert.ok(await find(key, ["thin-lto-input"]));
  });

  it("names the kind of each artifact; records without one are read as bitcode", async () => {
    const key = { ...KEY, module: "kinds" };
    const stage = await saved("thin-lto-input", "of a kind");
    const file = await store.record(key, [stage]);
    const name = stageDigest(key);
    const text = await readFile(file, "utf8");
    assert.deepEqual(parseStageRecord(text, name, file).stages, [{ ...stage, artifact: "bitcode" }]);
    // As version 0.1 wrote it.
    const parts = [stage.stage, stage.blob, stage.bytes, stage.instructions, stage.functions, stage.millis, stage.sameAsPrevious];
    const older = { schema: 2, key: name, module: "kinds", stages: [stage], digest: sha256(JSON.stringify([name, "kinds", [parts]])) };
    await writeFile(file, JSON.stringify(older));
    assert.deepEqual(parseStageRecord(await readFile(file, "utf8"), name, file).stages, [{ ...stage, artifact: "bitcode" }]);
    assert.deepEqual(await find(key, ["thin-lto-input"]), [stage]);
    await store.record(key, [await saved("thin-lto-after-pm", "later")]);
    assert.deepEqual(
      parseStageRecord(await readFile(file, "utf8"), name, file).stages.map(({ artifact }) => artifact),
      ["bitcode", "bitcode"],
    );
  });

  it("is where the environment says", () => {
    assert.equal(storeRoot({ LTO_INSPECTOR_STORE: "/a/b" }), "/a/b");
    assert.equal(storeRoot({ LTO_INSPECTOR_STORE: "", XDG_CACHE_HOME: "/x" }), "/x/lto-inspector");
    assert.match(storeRoot({}), /\.cache\/lto-inspector$/);
  });
});

describe("files written whole", () => {
  it("leave nothing behind if writing fails", async () => {
    const folder = join(root, "whole");
    await mkdir(join(folder, "taken"), { recursive: true });
    await assert.rejects(writeFileWhole(join(folder, "taken"), "x"));
    assert.deepEqual(await readdir(folder), ["taken"]);
    await writeFileWhole(join(folder, "deep", "file"), "x");
    assert.deepEqual(await readdir(join(folder, "deep")), ["file"]);
  });
});
