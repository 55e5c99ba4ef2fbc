import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { loadUnit } from "../../src/core/store/captures.js";
import { shortenedName } from "../../src/core/pipelines/saved-stages.js";
import { isLtoError } from "../../src/core/base/errors.js";
import { PRODUCERS } from "../../src/core/producers/registry.js";
import { inFolder } from "../../src/core/producers/rust/save-temps.js";
import type { SavedTemps } from "../../src/core/replay/saved-temps.js";
import { THIN_STAGES } from "../../src/protocol/stages.js";

function modulesOf(saved: SavedTemps | undefined): string[] {
  return saved === undefined ? [] : [...saved.stages.keys()];
}

describe("inFolder", () => {
  it("groups the files of a crate's modules, local and upstream, by stage", () => {
    const names = ["84tqhp7s1a7703se707vi3jku.0ae73bt", "std-d1237ef7159db0a2.std.e28293b1aa0f68bd-cgu.0.rcgu.o.0ae73bt"].flatMap(
      (module) => THIN_STAGES.map((stage) => `a-92cc1c5188dae644.${module}.rcgu.${stage}.bc`),
    );
    const saved = inFolder("/t", [...names, "a-92cc1c5188dae644.84tqhp7s1a7703se707vi3jku.0ae73bt.rcgu.no-opt.bc", "a.d"]);
    assert.deepEqual(modulesOf(saved), ["84tqhp7s1a7703se707vi3jku", "std-d1237ef7159db0a2.std.e28293b1aa0f68bd-cgu.0.rcgu.o"]);
    assert.equal(saved?.mode, "thin");
    for (const stages of saved.stages.values()) assert.equal(stages.size, THIN_STAGES.length);
    assert.equal(
      saved.stages.get("84tqhp7s1a7703se707vi3jku")?.get("thin-lto-after-pm"),
      "/t/a-92cc1c5188dae644.84tqhp7s1a7703se707vi3jku.0ae73bt.rcgu.thin-lto-after-pm.bc",
    );
  });

  it("groups names that rustc shortened, however much was cut off", () => {
    const module = "rustc_std_workspace_alloc-5bc57914b232292d.rustc_std_workspace_alloc.8cfe4e91ee8a7a7f-cgu.0.rcgu.o";
    const cutNames = ["thin-lto-after-import", "thin-lto-after-pm"].map((stage) =>
      shortenedName(`a-92cc1c5188dae644.${module}.0ae73bt.rcgu.${stage}.bc`),
    );
    const saved = inFolder("/t", [...cutNames, "a-92cc1c5188dae644.84tqhp7s1a7703se707vi3jku.0ae73bt.rcgu.thin-lto-after-pm.bc"]);
    const [longest = ""] = modulesOf(saved).filter((name) => name.startsWith("…"));
    assert.ok(module.endsWith(longest.slice(1)), longest);
    const cut = saved?.stages.get(longest);
    assert.deepEqual([...(cut?.keys() ?? [])].sort(), ["thin-lto-after-import", "thin-lto-after-pm"]);
    assert.equal(saved?.stages.size, 2);
  });

  it("keeps the crate in the name if there are several", () => {
    const saved = inFolder("/t", ["one.one.1-cgu.0.rcgu.thin-lto-input.bc", "two.two.1-cgu.0.rcgu.thin-lto-input.bc"]);
    assert.deepEqual(modulesOf(saved), ["one.one.1-cgu.0", "two.two.1-cgu.0"]);
  });

  it("takes a name without a crate as the module's", () => {
    assert.deepEqual(modulesOf(inFolder("/t", ["mine.rcgu.thin-lto-input.bc"])), ["mine"]);
  });

  it("knows fat LTO's stages", () => {
    const saved = inFolder("/t", ["a.a.1-cgu.0.rcgu.lto.input.bc", "a.a.1-cgu.0.rcgu.lto.after-restriction.bc"]);
    assert.equal(saved?.mode, "fat");
    assert.deepEqual([...(saved.stages.get("a.1-cgu.0")?.keys() ?? [])], ["lto.input", "lto.after-restriction"]);
  });

  it("returns undefined if there is none", () => {
    assert.equal(inFolder("/t", ["a.o", "a.rcgu.o", "thin-lto-after-pm.bc"]), undefined);
  });
});

describe("stages at a path", () => {
  it("are those of a folder, or of one file's module", async () => {
    const folder = await mkdtemp(join(tmpdir(), "save-temps-"));
    try {
      for (const module of ["a.1-cgu.0", "a.1-cgu.1"]) {
        for (const stage of ["thin-lto-input", "thin-lto-after-pm"]) await writeFile(join(folder, `a.${module}.rcgu.${stage}.bc`), "");
      }
      assert.equal((await PRODUCERS.savedStages(folder))?.stages.size, 2);
      const one = await PRODUCERS.savedStages(join(folder, "a.a.1-cgu.1.rcgu.thin-lto-after-pm.bc"));
      assert.deepEqual([...(one?.stages.keys() ?? [])], ["a.1-cgu.1"]);
      assert.equal(one?.stages.get("a.1-cgu.1")?.size, 2);
      assert.equal(await PRODUCERS.savedStages(join(folder, "nothing")), undefined);
      // The linked program is beside them.
      await writeFile(join(folder, "a"), "");
      await writeFile(join(folder, "b.b.1-cgu.0.rcgu.thin-lto-input.bc"), "");
      assert.deepEqual(modulesOf(await PRODUCERS.savedStages(join(folder, "a"))), ["a.1-cgu.0", "a.1-cgu.1"]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("a folder that --out wrote", () => {
  const BLOB = "0".repeat(64);
  const manifest = {
    ...{ schema: 1, id: "20260101T000000-01234567", state: "done", pid: 1, startedAt: "2026-01-01T00:00:00Z", finishedAt: null },
    unit: { id: "f.o", name: "f.o", crateTypes: [], profile: "none", mode: "thin" },
    saved: { "a/f.o": { "thin-lto-input": BLOB, "thin-lto-after-pm": BLOB }, "g.o": { "thin-lto-input": BLOB } },
  };
  const FILES = ["a%2Ff.o.thin-lto-input.bc", "a%2Ff.o.thin-lto-after-pm.bc", "g.o.thin-lto-input.bc"];

  async function withFolder(written: unknown, work: (folder: string) => Promise<void>): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), "lto-inspector-out-"));
    try {
      for (const name of FILES) await writeFile(join(folder, name), "");
      await writeFile(join(folder, "manifest.json"), JSON.stringify(written));
      await work(folder);
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  it("has stages under the modules' own names", async () => {
    await withFolder(manifest, async (folder) => {
      const saved = await PRODUCERS.savedStages(folder);
      assert.deepEqual(modulesOf(saved), ["a/f.o", "g.o"]);
      assert.equal(saved?.madeBy, "replay");
      assert.equal(saved.stages.get("a/f.o")?.get("thin-lto-after-pm"), join(folder, "a%2Ff.o.thin-lto-after-pm.bc"));
      assert.equal(saved.stages.get("a/f.o")?.has("thin-lto-after-import"), false);
      assert.deepEqual(modulesOf(await PRODUCERS.savedStages(join(folder, "g.o.thin-lto-input.bc"))), ["g.o"]);
    });
  });

  it("is not taken for a capture", async () => {
    await withFolder(manifest, async (folder) => {
      await assert.rejects(loadUnit(join(folder, "store"), folder), { name: "UnknownUnit" });
    });
  });

  it("reports what is wrong with its manifest, and never suggests removing the folder", async () => {
    await withFolder({ ...manifest, schema: 2 }, async (folder) => {
      await assert.rejects(PRODUCERS.savedStages(folder), (error) => {
        assert.ok(isLtoError(error, "UnreadableFile"));
        assert.match(error.message, /`schema` is 2, not 1 .*manifest\.json/);
        assert.doesNotMatch(error.report.help ?? "", /remove/i);
        return true;
      });
    });
  });
});
