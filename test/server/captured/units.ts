/** Plan, capture and units. */
import assert from "node:assert/strict";
import fs from "node:fs/promises";
import path from "node:path";
import { describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { KEYS_COMPONENTS, keysKept } from "../../../src/core/replay/unit-keys.js";
import { captureFolder } from "../../../src/core/store/captures.js";
import type { Captured } from "../../support/captured.js";
import { until } from "../../support/server.js";

export function units(captured: Captured): void {
  describe("units", () => {
    it("the plan says what will be built, and roughly how much time and space it takes", () => {
      const { targets, profile, rustc, seconds, bytes, freeBytes, warm, deviations, crates } = captured.plan;
      assert.deepEqual(
        targets.map(({ packageName, target, kind, lto, incremental }) => [packageName, target, kind, lto, incremental]),
        [["textstats", "textstats", "bin", "thin", true]],
      );
      assert.equal(profile, "release");
      assert.match(rustc, /^1\.\d+\.\d+/);
      assert.ok(crates >= 3);
      assert.ok(seconds.low > 0 && seconds.low < seconds.high && bytes.low > 1e6 && bytes.low < bytes.high);
      assert.ok(freeBytes > 0);
      assert.equal(warm, false);
      assert.deepEqual(deviations, []);
    });

    it("what can be chosen: profiles, packages and targets, with tests and benches", async () => {
      const { profiles, packages } = await captured.server.ask("buildChoices", { folder: captured.folderUri });
      assert.deepEqual(
        profiles.map(({ name, inherits, lto, optLevel, incremental }) => [name, inherits, lto, optLevel, incremental]),
        [
          ["release", null, "thin", "3", true],
          ["dev", null, "off", "0", true],
          ["bench", null, "thin", "3", true],
          ["test", null, "off", "0", true],
          ["local", "release", "thin-local", "3", true],
        ],
      );
      assert.deepEqual(
        packages.map(({ name, byDefault, targets }) => [name, byDefault, ...targets.map((target) => `${target.kind} ${target.name}`)]),
        [
          ["textstats", true, "bin textstats", "test program"],
          ["text-stats", false, "example top_words", "bench summary"],
          ["textstats-ffi", false, "lib textstats_c"],
          ["textstats-static", false, "lib textstats_static"],
        ],
      );
      assert.deepEqual(packages[2]?.targets[0]?.crateTypes, ["cdylib"]);
      // In a package's folder, Cargo builds that one.
      const inside = await captured.server.ask("buildChoices", { folder: `${captured.folderUri}/crates/text-stats` });
      assert.deepEqual(
        inside.packages.flatMap(({ name, byDefault }) => (byDefault ? [name] : [])),
        ["text-stats"],
      );
    });

    it("each choice can be planned, and its command line captures just that", async () => {
      const { server, folderUri } = captured;
      const { packages } = await server.ask("buildChoices", { folder: folderUri });
      const option = { lib: "lib", bin: "bins", example: "examples", test: "tests", bench: "benches" } as const;
      for (const { name, targets } of packages) {
        for (const target of targets) {
          const chosen = target.kind === "lib" ? { lib: true } : { [option[target.kind]]: [target.name] };
          const plan = await server.ask("plan", { folder: folderUri, packages: [name], ...chosen, profile: "local" });
          assert.deepEqual([plan.profile, plan.targets.map((unit) => unit.target)], ["local", [target.name]]);
        }
      }
      const { command } = await server.ask("captureCommand", { folder: folderUri, packages: ["textstats-ffi"], lib: true });
      assert.match(command.args.join(" "), / --package textstats-ffi --lib /);
    });

    it("another LTO mode than the profile's is announced as a deviation", async () => {
      const plan = await captured.server.ask("plan", { folder: captured.folderUri, lto: "thin-local" });
      assert.deepEqual(plan.deviations, [{ setting: "lto", build: "thin", used: "thin-local" }]);
      assert.equal(plan.warm, true);
    });

    it("what explains later builds is kept after the capture, though no run follows", async () => {
      const { store, unit } = captured;
      const kept = path.join(captureFolder(store, unit.ref, 1), KEYS_COMPONENTS);
      await until(async () => (await keysKept(path.dirname(kept))) !== undefined, kept);
    });

    it("the capture reported its progress in Cargo's units", () => {
      const counts = captured.followed.flatMap((message) => {
        const [, done, total] = /^(\d+) of (\d+): ./.exec(message) ?? [];
        return done === undefined ? [] : [[Number(done), Number(total)] as const];
      });
      assert.ok(counts.length > 0, captured.followed.join("\n"));
      assert.equal(new Set(counts.map(([, total]) => total)).size, 1);
      const dones = counts.map(([done]) => done);
      assert.deepEqual(
        dones,
        dones.toSorted((left, right) => left - right),
      );
      assert.ok(counts.every(([done, total]) => done <= total));
    });

    it("the captured unit is listed with its folder, its decisions and without a run", async () => {
      const { total, rows, folders } = await captured.server.ask("units", { offset: 0, limit: 10 });
      assert.equal(total, 1);
      assert.deepEqual(folders, [{ folder: captured.folderUri, homes: [captured.folderUri], problem: null }]);
      const [unit] = rows;
      assert.deepEqual(unit, captured.unit);
      assert.equal(unit.kind, "capture");
      assert.equal(unit.captureRef, `${unit.ref}@1`);
      assert.equal(unit.workspaceFolder, captured.folderUri);
      assert.deepEqual([unit.complete, unit.runnable, unit.problem, unit.lastRun, unit.verified], [true, true, null, null, false]);
      assert.deepEqual(unit.decided, { reused: 0, recompiled: unit.modules });
      assert.ok(unit.modules > 30 && unit.upstreamCrates > 10 && (unit.outputBytes ?? 0) > 0);
      assert.deepEqual(await captured.server.ask("unit", { unit: unit.ref }), unit);
      assert.deepEqual(await captured.server.ask("unit", { unit: unit.captureRef }), unit);
    });

    it("units of other folders are only listed on request", async () => {
      const elsewhere = path.join(captured.scratch, "elsewhere");
      await fs.mkdir(elsewhere, { recursive: true });
      const other = await captured.start({ folders: [elsewhere] });
      assert.equal((await other.ask("units", { offset: 0, limit: 10 })).total, 0);
      const { rows } = await other.ask("units", { offset: 0, limit: 10, all: true });
      assert.deepEqual(
        rows.map(({ ref, workspaceFolder }) => [ref, workspaceFolder]),
        [[captured.unit.ref, null]],
      );
      await other.setFolders([elsewhere, captured.workspace]);
      await until(async () => (await other.ask("units", { offset: 0, limit: 10 })).total === 1, "the unit of the second folder");
      assert.deepEqual(
        (await other.ask("units", { offset: 0, limit: 10 })).folders.map(({ folder }) => folder),
        [pathToFileURL(elsewhere).href, captured.folderUri],
      );
      await other.stop();
    });

    it("a package inside the workspace and a folder around it have the workspace's units", async () => {
      for (const folder of [path.join(captured.workspace, "crates", "textstats"), captured.scratch]) {
        const other = await captured.start({ folders: [folder] });
        assert.equal((await other.ask("units", { offset: 0, limit: 10 })).total, 1, folder);
        await other.stop();
      }
    });

    it("ranges are respected", async () => {
      const { total, offset, rows } = await captured.server.ask("units", { offset: 1, limit: 10 });
      assert.deepEqual([total, offset, rows], [1, 1, []]);
      assert.deepEqual((await captured.server.ask("units", { offset: -5, limit: -1 })).rows, []);
    });

    it("a build in the user's own target folder is noticed", async () => {
      const { server, workspace } = captured;
      await server.ask("units", { offset: 0, limit: 10 });
      const session = path.join(workspace, "target", "release", "incremental", "textstats-0a1b2c", "s-h2x0k1abcd-0a1b2c3-0d4e5f");
      const listed = async (): Promise<readonly string[]> =>
        (await server.ask("units", { offset: 0, limit: 10 })).rows.map(({ ref }) => ref);
      const since = server.changes.length;
      await fs.mkdir(session, { recursive: true });
      await fs.mkdir(path.join(workspace, "target", "release", "deps"));
      const inputs = path.join(captured.store, "captures", captured.unit.ref, "1", "inputs");
      const bitcode = (await fs.readdir(inputs)).find((name) => name.endsWith(".pre-lto.bc")) ?? assert.fail("no bitcode");
      await fs.copyFile(path.join(inputs, bitcode), path.join(session, bitcode));
      await server.changed((change) => change.units, since);
      await until(async () => (await listed()).some((ref) => ref.startsWith(session)), "the session");
      await fs.rm(path.join(workspace, "target"), { recursive: true });
      await until(async () => !(await listed()).some((ref) => ref.startsWith(session)), "the end of the session");
    });

    it("refreshing finds nothing new", async () => {
      assert.deepEqual(await captured.server.ask("refresh", {}), { changed: false });
    });
  });
}
