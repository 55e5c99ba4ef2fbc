/** What builds leave: finished and unfinished sessions, and folders of stage files. Inspecting them does not need Cargo. */
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { isLtoError } from "../../src/core/base/errors.js";
import { discover } from "../../src/core/producers/rust/workspace/discover.js";
import { sessionUnit } from "../../src/core/producers/rust/workspace/leftover-sessions.js";
import { describeSession, preLtoModules, sessionsIn } from "../../src/core/pipelines/sessions.js";
import type { FoundUnit } from "../../src/protocol/discovery.js";

const KEY = "9CD079202F8668BA5F16F584539DE98DCBE6714E";

let folder = "";

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "lto-leftovers-"));
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Makes a session directory with codegen units a and b. */
function session(crate: string, name: string, keys: string | null, modules: readonly string[] = ["a", "b"]): string {
  const place = path.join(folder, "target", "release", "incremental", crate, name);
  fs.mkdirSync(place, { recursive: true });
  for (const module of modules) fs.writeFileSync(path.join(place, `${module}.pre-lto.bc`), "BC");
  if (keys !== null) fs.writeFileSync(path.join(place, "thin-lto-past-keys.bin"), keys);
  return place;
}

async function found(place: string): Promise<FoundUnit> {
  const described = describeSession(place);
  assert.ok(described);
  return sessionUnit(described);
}

function byName(a: readonly unknown[], b: readonly unknown[]): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

describe("sessions", () => {
  it("are found: the latest finished one of each crate, and those in progress", async () => {
    session("tool-1x", "s-100-aa-h1", "");
    session("tool-1x", "s-101-aa-h2", "");
    session("tool-1x", "s-102-aa-working", null);
    session("my_lib-2y", "s-100-bb-h3", "");
    fs.writeFileSync(path.join(folder, "target", "release", "incremental", "tool-1x", "s-101-aa.lock"), "");
    const sessions = await sessionsIn(path.join(folder, "target", "release", "incremental"));
    const shown = sessions.map((one) => [one.crateName, path.basename(one.folder), one.underWay]);
    assert.deepEqual(shown.toSorted(byName), [
      ["my_lib", "s-100-bb-h3", false],
      ["tool", "s-101-aa-h2", false],
      ["tool", "s-102-aa-working", true],
    ]);
    assert.deepEqual(await sessionsIn(path.join(folder, "nowhere")), []);
  });

  it("list their own modules", async () => {
    const place = session("tool-1x", "s-100-aa-h1", "");
    assert.deepEqual(
      [...(await preLtoModules(place))],
      [
        ["a", "a.pre-lto.bc"],
        ["b", "b.pre-lto.bc"],
      ],
    );
    assert.equal(describeSession(folder), undefined);
  });

  it("of thin-local LTO are complete units", async () => {
    const unit = await found(session("tool-1x", "s-100-aa-h1", `a ${KEY}\nb ${KEY}\n`));
    assert.deepEqual(
      [unit.mode, unit.complete, unit.modules, unit.profile, unit.name],
      ["thin-local", true, 2, "release", "tool (session)"],
    );
  });

  it("of LTO across crates are incomplete, with help", async () => {
    const thin = await found(session("tool-1x", "s-100-aa-h1", `a ${KEY}\ncore-1.cgu.0.rcgu.o ${KEY}\n`));
    assert.deepEqual([thin.mode, thin.complete, thin.incompleteBecause?.name], ["thin", false, "IncompleteUnit"]);
    assert.match(thin.incompleteBecause?.help ?? "", /lto-inspector capture/);
    const fat = await found(session("tool-1x", "s-101-aa-h1", null));
    assert.deepEqual([fat.mode, fat.complete], ["fat", false]);
  });

  it("in progress or without bitcode are reported as such", async () => {
    const working = await found(session("tool-1x", "s-100-aa-working", null));
    assert.deepEqual([working.mode, working.incompleteBecause?.name], [null, "SessionUnderWay"]);
    const empty = await found(session("tool-1x", "s-101-aa-h1", null, []));
    assert.deepEqual([empty.mode, empty.incompleteBecause?.name], [null, "NoBitcode"]);
  });
});

describe("discovery of a folder", () => {
  it("recognises a session directory", async () => {
    const place = session("tool-1x", "s-100-aa-h1", `a ${KEY}\n`);
    const { workspace, units } = await discover({ folder: place, store: folder });
    assert.deepEqual([workspace, units.length, units[0]?.kind, units[0]?.unit], [null, 1, "session", place]);
  });

  it("groups stage files by crate", async () => {
    const names = [
      ...["tool-0123456789abcdef.a.1234567.rcgu.thin-lto-input.bc", "tool-0123456789abcdef.a.1234567.rcgu.thin-lto-after-pm.bc"],
      ...["tool-0123456789abcdef.core-1.core.2-cgu.0.rcgu.o.1234567.rcgu.thin-lto-input.bc", "other.m-cgu.0.rcgu.thin-lto-input.bc"],
      "unrelated.bc",
    ];
    for (const name of names) fs.writeFileSync(path.join(folder, name), "BC");
    const { units } = await discover({ folder, store: folder });
    assert.deepEqual(units.map(({ name, kind, modules, mode }) => [name, kind, modules, mode]).toSorted(byName), [
      ["other (rustc's saved stages)", "stage-files", 1, "thin-local"],
      ["tool (rustc's saved stages)", "stage-files", 2, "thin"],
    ]);
  });

  it("reports a folder that does not exist", async () => {
    await assert.rejects(discover({ folder: path.join(folder, "nowhere"), store: folder }), (error) => isLtoError(error, "UnreadableFile"));
  });
});
