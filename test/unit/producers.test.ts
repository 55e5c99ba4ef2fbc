/** The list of producers, with one additional producer. */
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { isLtoError } from "../../src/core/base/errors.js";
import { closeCore, createCore, type CoreContext } from "../../src/core/engine/core-context.js";
import { PRODUCERS, type BuiltFolder } from "../../src/core/producers/registry.js";
import { openUnit } from "../../src/core/replay/open.js";
import { originOf } from "../../src/core/replay/run-origin.js";
import { loadUnit, storeUnit } from "../../src/core/store/captures.js";
import { RunHistory } from "../../src/core/store/history.js";
import { sourceOfRef } from "../../src/core/views/named-source.js";
import { UnitCatalog } from "../../src/core/views/unit-catalog.js";
import type { UnitManifest } from "../../src/protocol/units.js";
import { LIST, LISTED_OBJECTS } from "../support/listed-objects.js";

const scratch = mkdtempSync(join(tmpdir(), "lto-producers-"));
const workspace = join(scratch, "workspace");
const folder = join(workspace, "tool");
const producers = PRODUCERS.with(LISTED_OBJECTS);
let core: CoreContext;

before(async () => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, LIST), "a.bc\nb.bc\n");
  core = createCore({ storeRoot: join(scratch, "store") });
});

after(async () => {
  await closeCore(core);
  await rm(scratch, { recursive: true, force: true });
});

/** A capture of such a unit, as a version that can capture it would leave it. */
async function captured(): Promise<UnitManifest> {
  const { localModules, ...unit } = await LISTED_OBJECTS.left.read(folder);
  const copied = localModules.map((module) => ({ ...module, file: `inputs/${module.name}` }));
  return storeUnit(core.layout.root, "tool-1", async (target, capture) => {
    const manifest = { ...unit, id: "tool-1", capture, localModules: copied };
    await writeFile(join(target, "manifest.json"), JSON.stringify(manifest));
    return manifest;
  });
}

describe("a producer that is added to the list", () => {
  it("has units that are found by name and by path, and in the store", async () => {
    const unit = await producers.unitNamed(core.layout, folder);
    assert.deepEqual([unit.name, unit.producer], ["tool (list)", "listed-objects"]);
    await captured();
    const stored = await producers.unitNamed(core.layout, "tool-1");
    assert.equal(producers.of(stored), LISTED_OBJECTS);
    for (const source of [await sourceOfRef(core.layout, folder, producers), await producers.sourceOfPaths([folder])]) {
      assert.equal(source.kind, "unit");
      assert.equal(source.producer, LISTED_OBJECTS);
    }
  });

  it("is in the catalog, with its build folders", async () => {
    let looked: readonly BuiltFolder[] = [];
    const catalog = new UnitCatalog(core.layout, new RunHistory(core.layout), (folders) => (looked = folders), producers);
    catalog.folders = [workspace];
    const { units, folders } = await catalog.list(false);
    const [captures, left] = [units.filter(({ kind }) => kind === "capture"), units.filter(({ kind }) => kind !== "capture")];
    assert.deepEqual(
      captures.map(({ ref, toldApart }) => [ref, toldApart]),
      [["tool-1", ["listed"]]],
    );
    assert.deepEqual(
      left.map(({ ref, name, modules, runnable, workspaceFolder }) => [ref, name, modules, runnable, workspaceFolder]),
      [[folder, "tool (list)", 2, true, pathToFileURL(workspace).href]],
    );
    // Its builds cannot be captured.
    assert.deepEqual(folders, [{ folder: pathToFileURL(workspace).href, homes: [], problem: null }]);
    assert.deepEqual(looked, [{ producer: LISTED_OBJECTS, folder: workspace }]);
    assert.equal((await producers.discover({ folder: workspace, store: core.layout.root })).units[0]?.unit, folder);
  });

  it("prepares its units for the replay, and finds the source of an earlier run", async () => {
    const source = producers.sourceOf(await producers.unitNamed(core.layout, folder));
    const origin = originOf(core.layout, source, { llvm: "auto", overrides: {} });
    assert.deepEqual(origin.source, { session: folder });
    assert.deepEqual(await producers.sourceOfRun(core.layout, origin), source);
    await writeFile(join(folder, LIST), "");
    const empty = producers.sourceOf(await producers.unitNamed(core.layout, folder));
    await assert.rejects(
      openUnit(core, empty, { llvm: "auto", overrides: {}, keysFile: null }),
      (error) => isLtoError(error, "IncompleteUnit") && error.message === "tool (list) lists nothing.",
    );
  });
});

describe("a unit of a producer that is not listed", () => {
  it("is refused by name, and does not affect others", async () => {
    await captured();
    const unit = await loadUnit(core.layout.root, "tool-1");
    assert.throws(
      () => PRODUCERS.sourceOf(unit),
      (error) => isLtoError(error, "UnreadableFile") && error.message.includes("`listed-objects`") && error.report.file === unit.folder,
    );
    const catalog = new UnitCatalog(core.layout, new RunHistory(core.layout), () => undefined);
    const { units } = await catalog.list(true);
    assert.deepEqual(
      units.map(({ ref }) => ref),
      ["tool-1"],
    );
  });

  it("is rustc's if a manifest names none", async () => {
    const { name } = await LISTED_OBJECTS.left.read(folder);
    assert.equal(producers.of({ name }).name, "rust");
  });
});
