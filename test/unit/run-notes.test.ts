/** Names of runs, notes about them, and deletion that can be undone. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { isLtoError } from "../../src/core/base/errors.js";
import { editBrief } from "../../src/core/explain/rebuild/edit-title.js";
import { NO_SOURCES, editedItems } from "../../src/core/explain/rebuild/source-edits.js";
import { RunHistory } from "../../src/core/store/history.js";
import { quickWhat } from "../../src/core/store/quick-what.js";
import { RunFolder } from "../../src/core/store/run-folder.js";
import type { RunSummary } from "../../src/core/store/run-summary.js";
import { writeNotes, writeWhatChanged } from "../../src/core/store/run-notes.js";
import { storeLayout, type StoreLayout } from "../../src/core/store/store-layout.js";
import { changeText, firstBuildText } from "../../src/core/views/run-name.js";
import type { Cause, Difference } from "../../src/protocol/explain.js";
import type { GroupCounts, RunOrigin, UnitSummary } from "../../src/protocol/runs.js";
import { runTitle } from "../../src/protocol/words.js";

const UNIT: UnitSummary = { id: "demo-bin-01234567", name: "demo (bin)", crateTypes: ["bin"], profile: "release", mode: "thin" };
const ORIGIN: RunOrigin = { source: { unit: "demo-bin-01234567@1" }, workspace: "/w", llvm: "auto", overrides: {}, outputBytes: null };

let root = "";
let layout: StoreLayout;
before(async () => {
  root = await mkdtemp(join(tmpdir(), "lto-inspector-notes-"));
  layout = storeLayout(join(root, "store"));
});
after(async () => {
  await rm(root, { recursive: true, force: true });
});

async function made(state: "done" | "running" = "done"): Promise<string> {
  const run = await RunFolder.create(layout, null);
  await run.start(UNIT, ORIGIN);
  if (state === "done") await run.finish("cancelled", {});
  return run.id;
}

describe("notes about a run", () => {
  it("are a name and a pin, which do not depend on each other; white space is no name", async () => {
    const history = new RunHistory(layout);
    const id = await made();
    const view = async (): Promise<unknown[]> => {
      const { name, pinned, workspace } = await history.view(id);
      return [name, pinned, workspace];
    };
    assert.deepEqual(await view(), [null, false, "/w"]);
    await history.note(id, { name: "  before the fix " });
    await history.note(id, { pinned: true });
    assert.deepEqual(await view(), ["before the fix", true, "/w"]);
    await history.note(id, { name: " " });
    assert.deepEqual(await view(), [null, true, "/w"]);
    await writeFile(join(layout.runs, id, "notes.json"), "{");
    assert.deepEqual(await view(), [null, false, "/w"]);
    await assert.rejects(history.note("20200101T000000-00000000", { pinned: true }), (error) => isLtoError(error, "UnknownRun"));
  });

  it("do not bring back a run that was removed meanwhile", async () => {
    const id = await made();
    const folder = join(layout.runs, id);
    await rm(folder, { recursive: true });
    await assert.rejects(writeWhatChanged(folder, "edit of f"), { code: "ENOENT" });
    await assert.rejects(writeNotes(folder, { name: "mine", pinned: true }), { code: "ENOENT" });
    assert.ok(!(await readdir(layout.runs)).includes(id));
  });

  it("what changed is kept, and the user's name wins", async () => {
    const history = new RunHistory(layout);
    const id = await made();
    assert.equal(await history.whatChanged(id), undefined);
    await history.keepWhatChanged(id, "edit of demo::f");
    const view = await history.view(id);
    assert.equal(runTitle(view), "edit of demo::f");
    assert.equal(runTitle({ ...view, name: "mine" }), "mine");
    assert.equal(runTitle({ ...view, what: "" }), "demo (bin)");
  });
});

describe("a deleted run", () => {
  it("disappears at once, and comes back whole", async () => {
    const history = new RunHistory(layout);
    const id = await made();
    await history.note(id, { name: "mine", pinned: true });
    const before = await history.view(id);
    await history.delete(id);
    assert.ok(!(await history.list()).some((run) => run.id === id));
    await assert.rejects(history.view(id), (error) => isLtoError(error, "UnknownRun"));
    await history.restore(id);
    assert.deepEqual(await new RunHistory(layout).view(id), before);
    // A second time, there is nothing to do.
    await history.restore(id);
  });

  it("cannot be restored once it is purged, and nothing is left of it", async () => {
    const history = new RunHistory(layout);
    const [id, other] = [await made(), await made()];
    await history.delete(id);
    await history.delete(other);
    await history.purge([id]);
    await assert.rejects(history.restore(id), (error) => isLtoError(error, "UnknownRun"));
    await history.purge("expired");
    await history.restore(other);
    assert.ok(!(await readdir(layout.runs)).some((name) => name.includes(id) || name.endsWith(".deleted")));
  });

  it("is whole wherever the program was killed: the next one lists it, or removes it", async () => {
    const id = await made();
    await new RunHistory(layout).delete(id);
    const [aside = ""] = (await readdir(layout.runs)).filter((name) => name.endsWith(".deleted"));
    await new RunHistory(layout).purge("expired");
    assert.ok((await readdir(layout.runs)).includes(aside), "a window may still offer to undo it");
    await rename(join(layout.runs, aside), join(layout.runs, `.${id}.${Date.now() - 3_700_000}.deleted`));
    await new RunHistory(layout).purge("expired");
    assert.ok(!(await readdir(layout.runs)).some((name) => name.includes(id)));
  });

  it("is refused while the run is under way", async () => {
    const id = await made("running");
    await assert.rejects(new RunHistory(layout).delete(id), (error) => isLtoError(error, "RunUnderWay"));
  });
});

describe("the name of a run", () => {
  const summary = (groups: GroupCounts | null, origin: Partial<RunOrigin> = {}): RunSummary => ({
    schema: 3,
    run: { id: "r", unit: UNIT, origin: { ...ORIGIN, ...origin }, state: "done", pid: 1, startedAt: "", finishedAt: "" },
    ...(groups === null
      ? {}
      : { recorded: { deviations: [], counts: { modules: 9, reused: 0, recompiled: 0, failed: 0, fromStore: 0, groups } } }),
    report: null,
  });

  it("comes from its counts until more is known", () => {
    assert.equal(quickWhat(summary(null)), "");
    assert.equal(quickWhat(summary({ "first-build": 9 })), "first build");
    assert.equal(quickWhat(summary({ "never-cached": 7, "re-used": 2 })), "no change");
    assert.equal(quickWhat(summary({ changed: 2, "never-cached": 7 })), "2 changed");
    assert.equal(quickWhat(summary({ linked: 9 })), "", "the unit names a run of fat LTO");
  });

  it("has the settings of this run alone, and the names of files", () => {
    const overrides = { optLevel: "3", targetCpu: "native", preserve: ["main"] } as const;
    assert.equal(quickWhat(summary({ "re-used": 2 }, { overrides })), "no change · opt-level 3 · target CPU native · 1 more setting");
    assert.equal(quickWhat(summary(null, { source: { paths: ["/x/a.bc"] } })), "a.bc");
    assert.equal(quickWhat(summary(null, { source: { paths: ["/x/a.bc", "/x/b.bc", "/x/c.bc"] } })), "a.bc and 2 more files");
  });

  it("is the main cause of what was re-compiled", () => {
    const side = { name: "u@1", unit: UNIT, at: "" };
    const cause = (brief: string): Cause => ({
      ...{ id: brief, kind: "code-changed", title: "", brief, effect: "", crates: [], changes: [], itself: [], importers: [], others: [] },
    });
    const counts = { reused: 0, recompiled: 0, neverCached: 0, byEdit: 0, gone: 0 };
    const text = (causes: readonly Cause[], against: typeof side | null = side): string | undefined =>
      changeText({ against, causes, counts, unit: UNIT });
    assert.equal(text([cause("edit of `demo::f`")]), "edit of demo::f");
    assert.equal(text([cause("edit of `demo::f`"), cause("edit of `g`")]), "edit of demo::f and 1 other change");
    assert.equal(text([]), "no change");
    assert.equal(text([], null), undefined);
    assert.equal(text([], { ...side, unit: { ...UNIT, mode: "thin-local" } }), "thin LTO");
  });

  it("of a first build is what is different from an earlier build of the same target", () => {
    const now = { unit: UNIT, release: "1.97.0" };
    assert.equal(firstBuildText(now, undefined), "first build");
    assert.equal(firstBuildText(now, { unit: { ...UNIT, profile: "dev" }, release: "1.97.0" }), "profile release");
    assert.equal(firstBuildText(now, { ...now, release: "1.96.0" }), "rustc 1.97.0");
    assert.equal(firstBuildText(now, now), "first build with other settings");
  });

  it("of an edit is the function, else the item, else the file", () => {
    const edited = editedItems("const TABLE: u8 = 1;\n", "const TABLE: u8 = 2;\n");
    const fn: Difference = { what: "function", change: "changed", name: "demo::f", parts: ["body"] };
    const shown = { files: ["/w/src/lib.rs"], types: [], functions: [], code: [], crates: ["demo"], sources: NO_SOURCES, workspace: "/w" };
    assert.equal(editBrief({ ...shown, functions: [fn, { ...fn, name: "demo::g" }] }), "`demo::f` and 1 more");
    assert.equal(editBrief({ ...shown, sources: { edited: new Map([["/w/src/lib.rs", edited]]), same: new Set() } }), "const `TABLE`");
    assert.equal(editBrief(shown), "`src/lib.rs`");
    assert.equal(editBrief({ ...shown, files: [] }), "crate `demo`");
  });
});
