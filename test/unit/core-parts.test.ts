/** Parts of a long-lived program: shared work, caches, settings, and finding Cargo packages. */
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { tryLock } from "../../src/core/base/file-lock.js";
import { LtoError } from "../../src/core/base/errors.js";
import { Lru } from "../../src/core/base/lru.js";
import { RunHistory } from "../../src/core/store/history.js";
import { SharedWork } from "../../src/core/base/shared-work.js";
import { storeLayout } from "../../src/core/store/store-layout.js";
import { cargoFolders } from "../../src/core/producers/rust/workspace/cargo-folders.js";
import { quoted } from "../../src/server/adapters/command-lines.js";
import { settingsFrom } from "../../src/server/adapters/settings.js";
import { DEFAULT_SETTINGS } from "../../src/protocol/settings.js";

const scratch = mkdtempSync(path.join(os.tmpdir(), "lto-core-parts-"));

after(() => fs.rm(scratch, { recursive: true, force: true }));

describe("shared work", () => {
  function started(): { work: SharedWork<number>; finish: (value: number) => void; stopped: () => boolean } {
    let finish: (value: number) => void = () => undefined;
    let stop: AbortSignal | undefined;
    const work = new SharedWork("The work", (signal) => {
      stop = signal;
      return new Promise<number>((resolve) => (finish = resolve));
    });
    return {
      work,
      finish: (value) => {
        finish(value);
      },
      stopped: () => stop?.aborted === true,
    };
  }

  it("continues while anyone waits", async () => {
    const { work, finish, stopped } = started();
    const controller = new AbortController();
    const [first, second] = [work.join(controller.signal), work.join()];
    controller.abort();
    await assert.rejects(first, (error: unknown) => error instanceof LtoError && error.report.name === "Cancelled");
    assert.deepEqual([stopped(), work.joinable], [false, true]);
    finish(3);
    assert.equal(await second, 3);
    assert.equal(await work.join(), 3);
  });

  it("is aborted when its last waiter cancels", async () => {
    const { work, stopped } = started();
    const controller = new AbortController();
    const waiting = work.join(controller.signal);
    controller.abort();
    await assert.rejects(waiting);
    assert.deepEqual([stopped(), work.joinable], [true, false]);
  });

  it("keeps its result if a later waiter cancels", async () => {
    const { work, finish, stopped } = started();
    finish(3);
    assert.equal(await work.join(), 3);
    await assert.rejects(work.join(AbortSignal.abort()), /cancelled/i);
    assert.deepEqual([stopped(), work.joinable], [false, true]);
  });

  it("fails for all waiters", async () => {
    const work = new SharedWork("The work", () => Promise.reject(new Error("it failed")));
    await assert.rejects(work.join(), /it failed/);
    await assert.rejects(work.join(), /it failed/);
  });
});

describe("a least-recently-used cache", () => {
  it("keeps what was used most recently, and reports what it drops", () => {
    const gone: number[] = [];
    const lru = new Lru<string, number>(2, (value) => gone.push(value));
    lru.set("a", 1);
    lru.set("b", 2);
    assert.equal(lru.get("a"), 1);
    lru.set("c", 3);
    assert.deepEqual([gone, [...lru.keys()]], [[2], ["a", "c"]]);
    lru.delete("a");
    lru.delete("a");
    lru.clear();
    assert.deepEqual(gone, [2, 1, 3]);
  });

  it("reports what it replaces", () => {
    const gone: number[] = [];
    const lru = new Lru<string, number>(2, (value) => gone.push(value));
    lru.set("a", 1);
    lru.set("a", 1);
    assert.deepEqual(gone, []);
    lru.set("a", 2);
    assert.deepEqual([gone, lru.get("a")], [[1], 2]);
  });
});

describe("settings", () => {
  it("become the defaults if they are missing or of the wrong type", () => {
    for (const value of [undefined, null, 7, "x", [], { threads: "many", libLLVM: "", store: null, profile: 3 }]) {
      assert.deepEqual(settingsFrom(value), DEFAULT_SETTINGS);
    }
    const given = { threads: 2.7, libLLVM: " system ", store: { path: "/s", quota: 0 }, profile: "fast", toolchain: "nightly" };
    assert.deepEqual(settingsFrom(given), { ...DEFAULT_SETTINGS, ...given, threads: 2, libLLVM: "system" });
  });
});

describe("words for a shell", () => {
  it("are quoted if the shell would interpret them", () => {
    assert.equal(quoted("textstats-bin-01234567@2"), "textstats-bin-01234567@2");
    assert.equal(quoted("a b$c"), "'a b$c'");
    assert.equal(quoted("it's"), String.raw`'it'\''s'`);
    assert.equal(quoted(""), "''");
  });
});

describe("Cargo packages of a folder", () => {
  it("are in the folder or around it, otherwise below it in folders with sources", async () => {
    const make = async (...folder: string[]): Promise<string> => {
      const made = path.join(scratch, ...folder);
      await fs.mkdir(made, { recursive: true });
      await fs.writeFile(path.join(made, "Cargo.toml"), "");
      return made;
    };
    const root = path.join(scratch, "mixed");
    const [one, two] = [await make("mixed", "one"), await make("mixed", "deep", "two")];
    await make("mixed", "one", "inner");
    await make("mixed", "target", "package");
    await make("mixed", ".hidden");
    assert.deepEqual(await cargoFolders(root), [two, one].toSorted());
    assert.deepEqual(await cargoFolders(path.join(one, "inner")), [path.join(one, "inner")]);
    const source = path.join(one, "src");
    await fs.mkdir(source);
    assert.deepEqual(await cargoFolders(source), [source]);
    const empty = path.join(scratch, "empty");
    await fs.mkdir(empty);
    assert.deepEqual(await cargoFolders(empty), []);
    assert.deepEqual(await cargoFolders(path.join(scratch, "not there")), []);
  });
});

describe("history of runs", () => {
  const layout = storeLayout(path.join(scratch, "store"));
  const unit = { id: "u@1", name: "u (bin)", crateTypes: ["bin"], profile: "release", mode: "thin" };

  async function run(id: string, manifest: object): Promise<void> {
    const folder = path.join(layout.runs, id);
    await fs.mkdir(folder, { recursive: true });
    const whole = {
      schema: 1,
      id,
      unit,
      pid: process.pid,
      startedAt: "2026-01-01T00:00:00.000Z",
      finishedAt: null,
      saved: {},
      ...manifest,
    };
    await fs.writeFile(path.join(folder, "manifest.json"), JSON.stringify(whole));
  }

  it("lists runs of older versions, those that died, and nothing else", async () => {
    await run("20260101T000000-00000001", { state: "running" });
    await run("20260102T000000-00000002", { state: "running", startedAt: "2026-01-02T00:00:00.900Z" });
    await run("20260102T000000-00000001", { state: "failed", startedAt: "2026-01-02T00:00:00.950Z" });
    await run("20260103T000000-00000003", {
      state: "failed",
      startedAt: "2026-01-03T00:00:00.000Z",
      error: { name: "DiskFull", message: "No room." },
    });
    await fs.mkdir(path.join(layout.runs, "20260104T000000-00000004"));
    await fs.mkdir(path.join(layout.runs, "something-else"));
    // Only the lock says whether a run is in progress: both have the id of a running process.
    const lock = await tryLock(path.join(layout.runs, "20260101T000000-00000001", "lock"));
    const history = new RunHistory(layout);
    assert.deepEqual(
      (await history.list()).map(({ id, state, hasReport }) => [id.slice(-1), state, hasReport]),
      [
        ["3", "failed", false],
        ["1", "failed", false],
        ["2", "died", false],
        ["1", "running", false],
      ],
    );
    const refused = async (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => "nothing",
        (error: unknown) => (error instanceof LtoError ? error.report.name : String(error)),
      );
    assert.equal(await refused(history.report("20260101T000000-00000001")), "RunUnderWay");
    assert.equal(await refused(history.report("20260103T000000-00000003")), "NothingToInspect");
    assert.equal(await refused(history.remove("20260101T000000-00000001")), "RunUnderWay");
    await lock?.release();
    assert.equal((await history.view("20260101T000000-00000001")).state, "died");
    assert.equal(await refused(history.view("20260104T000000-00000004")), "UnknownRun");
    assert.equal(await refused(history.remove("../captures")), "UnknownRun");
    await history.remove("20260103T000000-00000003");
    assert.equal(await refused(history.view("20260103T000000-00000003")), "UnknownRun");
    assert.equal((await history.list()).length, 3);
  });

  it("ignores a summary of an older version, and reads its manifest and report", async () => {
    const id = "20260104T000000-00000006";
    await run(id, { state: "cancelled" });
    await fs.writeFile(path.join(layout.runs, id, "summary.json"), JSON.stringify({ schema: 1, pid: 1, view: { id, state: "running" } }));
    const history = new RunHistory(layout);
    assert.equal((await history.view(id)).state, "cancelled");
    await history.remove(id);
  });

  it("names a damaged file, and lists the others", async () => {
    await run("20260105T000000-00000005", { state: "done" });
    await fs.writeFile(path.join(layout.runs, "20260105T000000-00000005", "summary.json"), "{");
    const history = new RunHistory(layout);
    assert.equal((await history.list()).length, 3);
    await assert.rejects(history.view("20260105T000000-00000005"), (error: unknown) => {
      return error instanceof LtoError && error.report.name === "UnreadableFile" && error.report.file?.endsWith("summary.json") === true;
    });
    await history.remove("20260105T000000-00000005");
    await assert.rejects(history.view("20260105T000000-00000005"), /There is no run/);
  });
});
