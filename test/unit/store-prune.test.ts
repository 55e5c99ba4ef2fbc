/** What pruning and clearing remove, and what they keep: what is in use, what is behind links, what has several names. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, link, mkdir, mkdtemp, readdir, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { writeFileWhole } from "../../src/core/base/atomic-file.js";
import { isLtoError } from "../../src/core/base/errors.js";
import { formatStageRecord } from "../../src/core/store/stage-record.js";
import { tryLock } from "../../src/core/base/file-lock.js";
import { RunHistory } from "../../src/core/store/history.js";
import { clearStore } from "../../src/core/store/clear-store.js";
import { holdInUse, whileInUse } from "../../src/core/store/in-use.js";
import { prune } from "../../src/core/store/prune.js";
import { keepQuota } from "../../src/core/store/quota.js";
import { inventory, storeQuota } from "../../src/core/store/store-inventory.js";
import { writeNotes } from "../../src/core/store/run-notes.js";
import { storeLayout, type StoreLayout } from "../../src/core/store/store-layout.js";
import { closeStoreRoot } from "../../src/core/base/private-folder.js";
import { repository } from "../support/repository.js";

let root = "";
let layout: StoreLayout;
let last = 0;

beforeEach(async () => {
  root = join(await mkdtemp(join(tmpdir(), "lto-inspector-prune-")), "store");
  layout = storeLayout(root);
});
afterEach(async () => {
  await rm(dirname(root), { recursive: true, force: true });
});

function digits(): string {
  last += 1;
  return last.toString(16).padStart(64, "0");
}

function blobFile(id: string): string {
  return join(layout.blobs, id.slice(0, 2), `${id.slice(2)}.bc`);
}

/** Makes a file look as if it was last used so many hours ago. */
async function age(file: string, hours: number): Promise<void> {
  const time = new Date(Date.now() - hours * 3_600_000);
  await utimes(file, time, time);
}

async function file(path: string, hours: number, bytes = 1000): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, "x".repeat(bytes));
  await age(path, hours);
  return path;
}

async function blob(hours: number, bytes = 1000): Promise<string> {
  const id = digits();
  await file(blobFile(id), hours, bytes);
  return id;
}

async function record(blobs: readonly string[], hours: number): Promise<string> {
  const key = digits();
  const path = join(layout.stages, key.slice(0, 2), `${key}.json`);
  const rest = { bytes: 1000, instructions: 0, functions: 0, millis: 0, sameAsPrevious: false, artifact: "bitcode" } as const;
  await writeFileWhole(
    path,
    formatStageRecord({ key, module: "m", stages: blobs.map((id) => ({ stage: "lto.input", blob: id, ...rest })) }),
  );
  await age(path, hours);
  return path;
}

async function run(id: string, state = "done"): Promise<string> {
  const unit = { id: "u@1", name: "u", crateTypes: ["bin"], profile: "release", mode: "thin" };
  const manifest = { schema: 1, id, unit, state, pid: process.pid, startedAt: "2026-01-01T00:00:00Z", finishedAt: null, saved: {} };
  await writeFileWhole(join(layout.runs, id, "manifest.json"), JSON.stringify(manifest));
  const folder = join(layout.runs, id);
  await age(folder, 5);
  return folder;
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

describe("pruning", () => {
  it("reads the quota as users write it", () => {
    assert.equal(storeQuota({ LTO_INSPECTOR_STORE_QUOTA: "5G" }), 5e9);
    assert.equal(storeQuota({ LTO_INSPECTOR_STORE_QUOTA: "500 MB" }), 5e8);
    assert.equal(storeQuota({ LTO_INSPECTOR_STORE_QUOTA: "1234" }), 1234);
    assert.equal(storeQuota({ LTO_INSPECTOR_STORE_QUOTA: "much" }), storeQuota({}));
  });

  it("removes blobs without a record, and the least recently used records with the blobs that only they name", async () => {
    const [shared, old, fresh, orphan] = [await blob(9), await blob(9, 5000), await blob(9, 5000), await blob(9)];
    const [first, second] = [await record([shared, old], 5), await record([shared, fresh], 1)];
    const removed = await prune(layout, 8000);
    assert.deepEqual([removed.stageRecords, removed.blobs], [1, 2]);
    assert.deepEqual(await Promise.all([first, second].map(exists)), [false, true]);
    assert.deepEqual(await Promise.all([shared, old, fresh, orphan].map((id) => exists(blobFile(id)))), [true, false, true, false]);
    assert.ok((await inventory(layout, 0)).totalBytes <= 8000);
  });

  it("keeps what is made, found or recorded while work is in progress, however long that takes", async () => {
    const [before, after] = [await blob(9), digits()];
    const named = await blob(9);
    const [unused, used] = [await record([await blob(9)], 9), await record([named], 9)];
    await whileInUse(layout, { making: true }, async () => {
      await file(blobFile(after), 0);
      await utimes(used, new Date(), new Date());
      const removed = await prune(layout, 0);
      assert.deepEqual([removed.stageRecords, removed.blobs], [1, 2]);
    });
    assert.deepEqual(await Promise.all([blobFile(before), unused].map(exists)), [false, false]);
    assert.deepEqual(await Promise.all([blobFile(after), blobFile(named), used].map(exists)), [true, true, true]);
    await prune(layout, 0);
    assert.deepEqual(await Promise.all([blobFile(after), blobFile(named), used].map(exists)), [false, false, false]);
  });

  it("keeps what is open: blobs, runs, captures", async () => {
    const id = await blob(9);
    const [open, closed] = [await run("20260101T000000-00000001"), await run("20260101T000000-00000002")];
    for (const number of [1, 2, 3]) await file(join(layout.captures, "u", String(number), "inputs", "a.bc"), 9);
    const held = await holdInUse(layout, { captures: ["u@1"], runs: ["20260101T000000-00000001"] });
    await held.add({ blobs: [id] });
    await prune(layout, 0);
    assert.deepEqual(await Promise.all([blobFile(id), open, closed].map(exists)), [true, true, false]);
    assert.deepEqual((await readdir(join(layout.captures, "u"))).sort(), ["1", "3"]);
    await held.end();
    await prune(layout, 0);
    assert.deepEqual(await Promise.all([blobFile(id), open].map(exists)), [false, false]);
    assert.deepEqual(await readdir(join(layout.captures, "u")), ["3"]);
  });

  it("keeps pinned runs with their captures and stages, and says how many; unpinned, they go", async () => {
    const [saved, found, other] = [await blob(9), await blob(9), await blob(9)];
    await record([saved, found], 9);
    const [pinned, unpinned] = ["20260101T000000-00000001", "20260101T000000-00000002"];
    const folders = [await run(pinned), await run(unpinned)];
    const manifest = {
      ...{ schema: 1, id: pinned, unit: { id: "u@1", name: "u", crateTypes: ["bin"], profile: "release", mode: "thin" }, state: "done" },
      ...{ pid: process.pid, startedAt: "2026-01-01T00:00:00Z", finishedAt: "2026-01-01T00:00:01Z", saved: { m: { "lto.input": saved } } },
      origin: { source: { unit: "u@1" }, llvm: "auto", overrides: {}, outputBytes: null },
    };
    await writeFileWhole(join(layout.runs, pinned, "manifest.json"), JSON.stringify(manifest));
    // Of a report, pruning reads what it needs: stages that an earlier run had made.
    await writeFileWhole(
      join(layout.runs, pinned, "report.json"),
      JSON.stringify({ modules: [{ stages: [{ file: blobFile(found) }, { file: null }] }] }),
    );
    for (const number of [1, 2, 3]) await file(join(layout.captures, "u", String(number), "inputs", "a.bc"), 9);
    await writeNotes(join(layout.runs, pinned), { name: null, pinned: true });
    assert.equal((await prune(layout, 0)).pinnedRuns, 1);
    assert.deepEqual(await Promise.all(folders.map(exists)), [true, false]);
    assert.deepEqual(await Promise.all([saved, found, other].map((id) => exists(blobFile(id)))), [true, true, false]);
    assert.deepEqual((await readdir(join(layout.captures, "u"))).sort(), ["1", "3"]);
    await keepQuota(layout, 1, Infinity);
    assert.deepEqual(await Promise.all([folders[0] ?? "", blobFile(saved)].map(exists)), [true, true]);
    // Damaged notes may have said so.
    await writeFile(join(layout.runs, pinned, "notes.json"), "{");
    assert.equal((await prune(layout, 0)).pinnedRuns, 1);
    await writeNotes(join(layout.runs, pinned), { name: null, pinned: false });
    await age(join(layout.runs, pinned), 5);
    assert.equal((await prune(layout, 0)).pinnedRuns, 0);
    assert.deepEqual(await Promise.all([folders[0] ?? "", blobFile(saved)].map(exists)), [false, false]);
    assert.deepEqual(await readdir(join(layout.captures, "u")), ["3"]);
  });

  it("removes outputs with other settings, the least recently used first, and then what was captured with them", async () => {
    const output = async (name: string, hours: number): Promise<string> => {
      const made = await file(join(layout.advice, "demo-bin-00000001@1", name, "output", "demo"), hours, 5000);
      await age(dirname(dirname(made)), hours);
      return made;
    };
    const capture = (id: string): Promise<string> => file(join(layout.captures, id, "1", "manifest.json"), 3, 5000);
    const [old, recent] = [await output("old", 5), await output("recent", 1)];
    const [own, variant] = [await capture("demo-bin-00000001"), await capture("demo-bin-00000002-variant")];
    await prune(layout, 16_000);
    assert.deepEqual(await Promise.all([old, recent, own, variant].map(exists)), [false, true, true, true]);
    await prune(layout, 1000);
    assert.deepEqual(await Promise.all([recent, own, variant].map(exists)), [false, true, false]);
  });

  it("removes deleted runs once they can no longer be restored", async () => {
    const [old, fresh] = ["20260101T000000-00000001", "20260101T000000-00000002"];
    for (const id of [old, fresh]) await run(id);
    const aside = (id: string, minutes: number): string => join(layout.runs, `.${id}.${Date.now() - minutes * 60_000}.deleted`);
    const [gone, kept] = [aside(old, 61), aside(fresh, 1)];
    await rename(join(layout.runs, old), gone);
    await rename(join(layout.runs, fresh), kept);
    await prune(layout, 1e9);
    assert.deepEqual(await Promise.all([gone, kept].map(exists)), [false, true]);
    assert.deepEqual((await inventory(layout, 0)).runs, []);
  });

  it("ends a use with its owner, even if that is killed", async () => {
    const id = await blob(9);
    const script = join(dirname(root), "owner.mts");
    const source = (name: string): string => JSON.stringify(join(repository, "src", "core", "store", name));
    await writeFile(
      script,
      `import { holdInUse } from ${source("in-use.ts")};
import { storeLayout } from ${source("store-layout.ts")};
await holdInUse(storeLayout(${JSON.stringify(root)}), { blobs: ["${id}"] });
console.log("held");
setInterval(() => {}, 1000);
`,
    );
    const owner = spawn(process.execPath, ["--import", "tsx", script], { cwd: repository, stdio: ["ignore", "pipe", "inherit"] });
    await once(owner.stdout, "data");
    assert.equal((await prune(layout, 0)).blobs, 0);
    owner.kill("SIGKILL");
    await once(owner, "close");
    assert.equal((await prune(layout, 0)).blobs, 1);
    assert.deepEqual(
      (await readdir(join(root, "uses"))).filter((name) => name.endsWith(".json")),
      [],
    );
  });

  it("distinguishes runs that died from those in progress", async () => {
    // The process id belongs to a running process, as if it had been re-used.
    const [dead, alive] = [await run("20260101T000000-00000001", "running"), await run("20260101T000000-00000002", "running")];
    const lock = await tryLock(join(alive, "lock"));
    const { runs } = await inventory(layout, 1e9);
    assert.deepEqual(runs.map(({ state }) => state).sort(), ["died", "running"]);
    assert.equal((await prune(layout, 0)).runs, 1);
    assert.deepEqual(await Promise.all([dead, alive].map(exists)), [false, true]);
    await lock?.release();
  });

  it("may run several times at once: all succeed, and remove no more than needed", async () => {
    for (let count = 0; count < 300; count += 1) await record([await blob(9)], 9);
    const before = (await inventory(layout, 0)).totalBytes;
    const quota = Math.floor(before / 2);
    const removed = await Promise.all([1, 2, 3].map(() => prune(layout, quota)));
    const after = (await inventory(layout, 0)).totalBytes;
    assert.ok(after <= quota && after > quota - 5000, `${after} of ${quota}`);
    assert.equal(
      removed.reduce((sum, { bytes }) => sum + bytes, 0),
      before - after,
    );
  });

  it("continues if something else removes files", async () => {
    const ids = await Promise.all(Array.from({ length: 400 }, () => blob(9)));
    const [removed] = await Promise.all([prune(layout, 0), ...ids.map((id) => rm(blobFile(id), { force: true })), inventory(layout, 0)]);
    assert.ok(removed.blobs <= 400);
    assert.equal((await inventory(layout, 0)).totalBytes, 0);
  });

  it("never follows a link out of the store or removes anything behind one", async () => {
    const home = join(dirname(root), "home");
    const precious = [
      await file(join(home, "1", "thesis.tex"), 9),
      await file(join(home, "u", "1", "thesis.tex"), 9),
      await file(join(home, "u", "2", "thesis.tex"), 9),
      await file(join(home, "aa", `${"b".repeat(62)}.bc`), 9),
      await file(join(home, "20260101T000000-00000001", "manifest.json"), 9),
    ];
    await mkdir(join(layout.captures, "u"), { recursive: true });
    await mkdir(layout.targets, { recursive: true });
    await symlink(home, join(layout.captures, "u", "1"));
    await symlink(home, join(layout.captures, "u", "2"));
    await symlink(join(home, "u"), join(layout.captures, "v"));
    await symlink(home, join(layout.targets, "t"));
    await symlink(home, layout.blobs);
    await symlink(home, layout.stages);
    await symlink(home, layout.runs);
    assert.equal((await inventory(layout, 0)).totalBytes, 0);
    const removed = await prune(layout, 0);
    assert.deepEqual(removed, { bytes: 0, stageRecords: 0, blobs: 0, captures: 0, runs: 0, targets: 0, pinnedRuns: 0 });
    assert.equal(await clearStore(layout, new RunHistory(layout), "all"), 0);
    assert.deepEqual(
      await Promise.all(precious.map(exists)),
      precious.map(() => true),
    );
  });

  it("removes links inside folders as links", async () => {
    const outside = await file(join(dirname(root), "outside"), 9);
    const folder = await run("20260101T000000-00000001");
    await symlink(outside, join(folder, "file"));
    await symlink(dirname(root), join(folder, "folder"));
    await age(folder, 5);
    assert.equal((await prune(layout, -1)).runs, 1);
    assert.ok(await exists(outside));
  });

  it("counts a file with several names once, and frees its bytes with the last name", async () => {
    const first = await file(join(layout.captures, "u", "1", "a.bc"), 9, 5000);
    await mkdir(join(layout.captures, "u", "2"));
    await link(first, join(layout.captures, "u", "2", "a.bc"));
    await file(join(layout.captures, "u", "2", "b.bc"), 9, 100);
    const report = await inventory(layout, 0);
    assert.equal(report.totalBytes, 5100);
    assert.deepEqual(
      report.captures.map(({ bytes }) => bytes),
      [5000, 100],
    );
    const removed = await prune(layout, 0);
    assert.deepEqual([removed.captures, removed.bytes], [1, 0]);
    assert.equal((await inventory(layout, 0)).totalBytes, 5100);
  });

  it("removes target folders last, and only those without a capture for a month", async () => {
    for (const [name, days] of [
      ["old", 40],
      ["new", 20],
      ["busy", 40],
    ] as const) {
      await file(join(layout.targets, name, "target", "a.rlib"), 24 * days);
      await age(join(layout.targets, name), 24 * days);
    }
    const lock = await tryLock(join(layout.targets, "busy", "lock"));
    await age(join(layout.targets, "busy"), 24 * 40);
    assert.equal((await prune(layout, 1e9)).targets, 0);
    assert.equal((await prune(layout, 0)).targets, 1);
    assert.deepEqual((await readdir(layout.targets)).sort(), ["busy", "new"]);
    await lock?.release();
  });

  it("cleans up after killed programs", async () => {
    const id = digits();
    const left = [
      await file(`${blobFile(id)}.abcdef.tmp`, 3),
      await file(`${blobFile(id)}.0123456789ab.gone`, 0),
      await file(join(layout.advice, "u@1", ".20260101T000000000Z-00000001.json.0123456789ab.tmp"), 3),
      await file(join(layout.runs, ".20260101T000000-00000001.0123456789ab.gone", "manifest.json"), 0),
    ];
    const stay = [
      await file(`${blobFile(id)}.fedcba.tmp`, 0),
      await file(join(layout.advice, "u@1", ".20260101T000000000Z-00000002.json.0123456789ab.tmp"), 0),
      await file(join(layout.advice, "u@1", "20260101T000000000Z-00000002.json"), 3),
      await file(join(layout.advice, "u@1", "output", "made-by-the-build.tmp"), 3),
    ];
    await prune(layout, 1e9);
    assert.deepEqual(await Promise.all(left.map(exists)), [false, false, false, false]);
    assert.deepEqual(await Promise.all(stay.map(exists)), [true, true, true, true]);
  });
});

describe("the quota", () => {
  it("is enforced after additions, without reading everything each time", async () => {
    const first = await record([await blob(9, 5000)], 9);
    await keepQuota(layout, 20_000, Infinity);
    assert.ok(await exists(first));
    // These were not reported, but are found when more was added than there is room for.
    const second = await record([await blob(9, 50_000)], 8);
    await keepQuota(layout, 20_000, 100);
    assert.ok(await exists(second));
    await keepQuota(layout, 20_000, 15_000);
    assert.deepEqual(await Promise.all([first, second].map(exists)), [false, false]);
    const third = await record([await blob(9, 5000)], 9);
    await keepQuota(layout, 1000, 1);
    assert.ok(await exists(third));
    await keepQuota(layout, 1000, 5000);
    assert.ok(!(await exists(third)));
  });

  it("is enforced at once if it is reduced; 0 means no quota", async () => {
    const only = await record([await blob(9, 5000)], 9);
    await keepQuota(layout, 0, Infinity);
    await keepQuota(layout, 1e6, Infinity);
    assert.ok(await exists(only));
    await keepQuota(layout, 1000, 0);
    assert.ok(!(await exists(only)));
  });
});

describe("clearing", () => {
  it("is refused while work, a run or a capture is in progress, and works afterwards", async () => {
    const [id, folder] = [await blob(9), await run("20260101T000000-00000001", "running")];
    await file(join(layout.targets, "t", "target", "a"), 1);
    const clear = (): Promise<number> => clearStore(layout, new RunHistory(layout), "all");
    const held = await holdInUse(layout, { making: true });
    await assert.rejects(clear(), (error) => isLtoError(error, "RunUnderWay"));
    await held.end();
    const runLock = await tryLock(join(folder, "lock"));
    await writeFile(join(folder, "summary.json"), "{");
    const capture = await tryLock(join(layout.targets, "t", "lock"));
    await assert.rejects(clear(), (error) => isLtoError(error, "CargoLocked") || isLtoError(error, "RunUnderWay"));
    await capture?.release();
    await runLock?.release();
    assert.ok((await clear()) >= 2000);
    assert.deepEqual(await Promise.all([blobFile(id), folder, layout.targets].map(exists)), [false, false, false]);
  });
});

describe("the store's root", () => {
  it("is only accessible to its user, from the start and for old stores too", async () => {
    await (await holdInUse(layout, {})).end();
    const mode = async (): Promise<number> => (await stat(root)).mode & 0o777;
    assert.equal(await mode(), 0o700);
    await chmod(root, 0o755);
    await closeStoreRoot(root);
    assert.equal(await mode(), 0o700);
    await closeStoreRoot(join(root, "absent"));
  });
});
