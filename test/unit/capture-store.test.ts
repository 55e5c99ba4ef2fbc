/** Captures in the store: members of archives, names, listing and reading, the lock, and shared files. */
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { bitcodeMembers, memberNames } from "../../src/core/producers/rust/capture/archive.js";
import { captureNumbers, listCaptures, listUnits, loadUnit, storeUnit } from "../../src/core/store/captures.js";
import { fileNameFor } from "../../src/core/producers/rust/capture/kept-files.js";
import { targetHash, unitId, unitName } from "../../src/core/producers/rust/capture/identity.js";
import type { UnitIdentity } from "../../src/core/producers/rust/capture/identity.js";
import { isUndamaged, sealCapture } from "../../src/core/store/seal.js";
import { withTargetLock } from "../../src/core/store/target-lock.js";
import { buildArguments, deviationsOf, featureArguments, overrideVariables, scopeOf } from "../../src/core/producers/rust/capture/plan.js";
import { storeRoot } from "../../src/core/store/store-paths.js";
import { crateOf } from "../../src/core/producers/rust/capture/upstream.js";
import { isLtoError } from "../../src/core/base/errors.js";
import { PLAIN_SETTINGS } from "../../src/core/replay/inputs.js";
import type { PlannedTarget } from "../../src/core/producers/rust/workspace/unit-graph.js";
import type { Toolchain, UnitManifest } from "../../src/protocol/units.js";

const TOOLCHAIN: Toolchain = {
  ...{ rustc: "/r/bin/rustc", sysroot: "/r", host: "x86_64-unknown-linux-gnu" },
  ...{ release: "1.95.0", commitHash: "abc", llvmVersion: "22.1.2" },
};

let folder = "";

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "lto-store-"));
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

function write(name: string, content: string | Buffer): string {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return file;
}

/** An archive as `ar` writes it. */
function archive(members: readonly (readonly [name: string, content: Buffer])[]): Buffer {
  const header = (name: string, size: number): Buffer =>
    Buffer.from(`${name.padEnd(16)}${"0".padEnd(12)}0     0     644     ${String(size).padEnd(10)}\`\n`);
  return Buffer.concat([
    Buffer.from("!<arch>\n"),
    ...members.flatMap(([name, content]) => [header(name, content.length), content, Buffer.from(content.length % 2 === 1 ? "\n" : "")]),
  ]);
}

describe("archives", () => {
  const bitcode = Buffer.from("4243c0de00", "hex");
  const long = "a-very-long-name-of-a-member.0-cgu.0.rcgu.o";

  it("list their members, long names in both dialects", async () => {
    const gnu = write(
      "gnu.rlib",
      archive([
        ["/", Buffer.alloc(5)],
        ["//", Buffer.from(`${long}/\nother/\n`)],
        ["lib.rmeta/", Buffer.alloc(3)],
        ["/0", bitcode],
        [`/${long.length + 2}`, bitcode],
      ]),
    );
    assert.deepEqual(await memberNames(gnu), ["lib.rmeta", long, "other"]);
    const bsd = write(
      "bsd.rlib",
      archive([
        ["__.SYMDEF", Buffer.alloc(2)],
        [`#1/${long.length + 1}`, Buffer.concat([Buffer.from(`${long}\0`), bitcode])],
      ]),
    );
    assert.deepEqual(await memberNames(bsd), [long]);
    assert.equal(await bitcodeMembers(bsd), 1);
  });

  it("list non-ASCII names completely, from the header, from the table and before the content", async () => {
    const names = ["größe-äöü-und-noch-länger.0.rcgu.o", "日本語の長い名前の単位.0.rcgu.o"] as const;
    const table = Buffer.from(names.map((name) => `${name}/\n`).join(""));
    const second = Buffer.byteLength(`${names[0]}/\n`);
    const gnu = write(
      "unicode.rlib",
      Buffer.concat([
        archive([
          ["//", table],
          ["/0", bitcode],
          [`/${second}`, bitcode],
        ]),
        Buffer.concat([Buffer.from("ä日.o/"), Buffer.alloc(8, " ")]),
        Buffer.from(`${"0".padEnd(12)}0     0     644     ${"0".padEnd(10)}\`\n`),
      ]),
    );
    assert.deepEqual(await memberNames(gnu), [...names, "ä日.o"]);
    const bsd = write("unicode-bsd.rlib", archive([[`#1/${Buffer.byteLength(names[1])}`, Buffer.from(names[1])]]));
    assert.deepEqual(await memberNames(bsd), [names[1]]);
  });

  it("count members with bitcode", async () => {
    const elf = Buffer.from("\x7fELF…\0.llvmbc\0.text\0");
    const file = write(
      "x.rlib",
      archive([
        ["a.o/", bitcode],
        ["b.o/", elf],
        ["c.o/", Buffer.from("\x7fELF .text")],
        ["lib.rmeta/", bitcode],
      ]),
    );
    assert.equal(await bitcodeMembers(file), 2);
  });

  it("are refused by name if damaged", async () => {
    const damaged = {
      header: Buffer.concat([archive([]), Buffer.alloc(60, "x")]),
      cut: archive([["a.o/", Buffer.alloc(100)]]).subarray(0, 100),
      none: Buffer.from("hello"),
    };
    for (const [name, content] of Object.entries(damaged)) {
      const file = write(name, content);
      await assert.rejects(memberNames(file), (error) => isLtoError(error, "CorruptArchive") && error.report.file === file, name);
    }
  });

  it("are named after their crate", () => {
    assert.equal(crateOf("/t/libtext_core-5d7a821ad28b5f37.rlib"), "text_core");
    assert.equal(crateOf("libmine.rlib"), "mine");
  });
});

function manifest(id: string, capture: number, workspace = "/w"): UnitManifest {
  return {
    ...{ schema: 1, id, capture, name: id, crateName: "a", packageName: "a", crateTypes: ["bin"], profile: "release", mode: "thin" },
    ...{ incremental: true, workspace, capturedAt: `2026-01-0${capture}T00:00:00Z`, toolchain: TOOLCHAIN, commandLine: [], deviations: [] },
    settings: PLAIN_SETTINGS,
    complete: true,
    localModules: [{ name: "m", origin: "local", file: "inputs/m.pre-lto.bc", reserialize: false, green: true }],
    upstream: [{ crate: "std", file: "/sysroot/libstd.rlib", source: "/sysroot/libstd.rlib", members: null }],
    ...{ previousKeysFile: null, currentKeysFile: "current-keys.bin", decisions: null, outputBytes: 1, warnings: [] },
    rustcStages: { m: { "thin-lto-input": "rustc/m.bc" } },
  };
}

async function store(id: string, workspace?: string): Promise<UnitManifest> {
  return storeUnit(folder, id, async (target, capture) => {
    const unit = manifest(id, capture, workspace);
    await fs.promises.writeFile(path.join(target, "manifest.json"), JSON.stringify(unit));
    return unit;
  });
}

describe("captures", () => {
  it("are numbered, listed and read by name, number and path", async () => {
    await store("a-bin-1");
    const second = await store("a-bin-1");
    await store("b-bin-2", "/elsewhere");
    assert.equal(second.capture, 2);
    assert.deepEqual(await captureNumbers(folder, "a-bin-1"), [1, 2]);
    assert.deepEqual(
      (await listUnits(folder)).map(({ id, capture }) => [id, capture]),
      [
        ["b-bin-2", 1],
        ["a-bin-1", 2],
      ],
    );
    assert.deepEqual(
      (await listUnits(folder, "/w")).map(({ id }) => id),
      ["a-bin-1"],
    );
    assert.equal((await loadUnit(folder, "a-bin-1")).capture, 2);
    assert.equal((await loadUnit(folder, "a-bin-1@1")).capture, 1);
    const place = path.join(folder, "captures", "a-bin-1", "1");
    assert.equal((await loadUnit(folder, place)).capture, 1);
    assert.equal((await loadUnit(folder, path.join(place, "manifest.json"))).capture, 1);
  });

  it("have absolute paths when they are read", async () => {
    const unit = await store("a-bin-1");
    const place = path.join(folder, "captures", "a-bin-1", "1");
    assert.equal(unit.localModules[0]?.file, path.join(place, "inputs/m.pre-lto.bc"));
    assert.equal(unit.upstream[0]?.file, "/sysroot/libstd.rlib");
    assert.equal(unit.currentKeysFile, path.join(place, "current-keys.bin"));
    assert.equal(unit.previousKeysFile, null);
    assert.equal(unit.rustcStages["m"]?.["thin-lto-input"], path.join(place, "rustc/m.bc"));
    assert.deepEqual(await loadUnit(folder, "a-bin-1"), unit);
  });

  it("that do not exist are named, with the most similar ones", async () => {
    for (const id of ["one-bin-1", "two-bin-1", "two-lib-1", "three-1", "four-1", "five-1"]) await store(id);
    await assert.rejects(loadUnit(folder, "two-bim"), (error) => {
      const help = isLtoError(error, "UnknownUnit") ? error.report.help : undefined;
      return (
        help?.startsWith("Captured units: two-bin-1, two-lib-1, ") === true &&
        help.endsWith(", and 1 more; `lto-inspector store` lists them.")
      );
    });
  });

  it("that do not exist are named, with those that do", async () => {
    await assert.rejects(
      loadUnit(folder, "x"),
      (error) => isLtoError(error, "UnknownUnit") && error.report.help?.includes("capture") === true,
    );
    await store("a-bin-1");
    await assert.rejects(
      loadUnit(folder, "a-bin-1@7"),
      (error) => isLtoError(error, "UnknownUnit") && error.report.help?.includes("a-bin-1") === true,
    );
    await assert.rejects(loadUnit(folder, ".."), (error) => isLtoError(error, "UnknownUnit"));
  });

  it("that cannot be read are reported by name, and do not affect others", async () => {
    await store("a-bin-1");
    await store("b-bin-2");
    write("captures/a-bin-1/1/manifest.json", "{");
    const { units, unreadable } = await listCaptures(folder, "/w");
    assert.deepEqual(
      [units, await listUnits(folder)].map((list) => list.map(({ id }) => id)),
      [["b-bin-2"], ["b-bin-2"]],
    );
    assert.deepEqual(
      unreadable.map(({ id, capture, workspace, problem }) => [id, capture, workspace, problem.name, problem.file]),
      [["a-bin-1", 1, null, "UnreadableFile", path.join(folder, "captures/a-bin-1/1/manifest.json")]],
    );
    await assert.rejects(loadUnit(folder, "a-bin-1"), (error) => isLtoError(error, "UnreadableFile"));
  });

  it("that cannot be read are listed for their workspace if the manifest still names it", async () => {
    await store("a-bin-1");
    write("captures/a-bin-1/1/manifest.json", JSON.stringify({ schema: 2, workspace: "/w" }));
    assert.equal((await listCaptures(folder, "/w")).unreadable.length, 1);
    assert.equal((await listCaptures(folder, "/elsewhere")).unreadable.length, 0);
  });

  it("are refused if name or number differ from those of the folder", async () => {
    await store("a-bin-1");
    fs.cpSync(path.join(folder, "captures/a-bin-1"), path.join(folder, "captures/b-bin-2"), { recursive: true });
    await assert.rejects(loadUnit(folder, "b-bin-2"), /it is of a-bin-1@1/);
  });

  it("that fail leave nothing", async () => {
    await assert.rejects(
      storeUnit(folder, "a-bin-1", () => Promise.reject(new Error("no"))),
      /no/,
    );
    assert.deepEqual(fs.readdirSync(path.join(folder, "captures", "a-bin-1")), []);
    write("captures/a-bin-1/.1.999999999.tmp/inputs/half.bc", "of a process that is gone");
    await store("a-bin-1");
    assert.deepEqual(fs.readdirSync(path.join(folder, "captures", "a-bin-1")), ["1"]);
  });

  it("are where the environment says", () => {
    assert.equal(storeRoot({ LTO_INSPECTOR_STORE: "/s" }), "/s");
    assert.equal(storeRoot({ XDG_CACHE_HOME: "/c" }), "/c/lto-inspector");
    assert.equal(storeRoot({}), path.join(os.homedir(), ".cache", "lto-inspector"));
  });
});

describe("files of a capture", () => {
  it("are hard links to those of the previous capture if equal", async () => {
    for (const [name, content] of [
      ["1/rustc/same.bc", "same"],
      ["1/rustc/other.bc", "1234"],
      ["2/rustc/same.bc", "same"],
      ["2/rustc/other.bc", "5678"],
      ["2/new.bc", "n"],
    ] as const) {
      write(name, content);
    }
    await sealCapture(path.join(folder, "1"), path.join(folder, "0"));
    await sealCapture(path.join(folder, "2"), path.join(folder, "1"));
    const inode = (name: string): number => fs.statSync(path.join(folder, name)).ino;
    assert.equal(inode("1/rustc/same.bc"), inode("2/rustc/same.bc"));
    assert.notEqual(inode("1/rustc/other.bc"), inode("2/rustc/other.bc"));
    assert.equal(fs.readFileSync(path.join(folder, "2/rustc/other.bc"), "utf8"), "5678");
    assert.ok((await isUndamaged(path.join(folder, "1"))) && (await isUndamaged(path.join(folder, "2"))));
  });

  it("have names that every file system accepts", () => {
    assert.equal(fileNameFor("core-12.cgu.0.rcgu.o"), "core-12.cgu.0.rcgu.o");
    assert.equal(fileNameFor("../a b/é"), "%2e./a b/é".replace("/", "%2f").replace(" ", "%20").replace("/", "%2f").replace("é", "%c3%a9"));
    assert.ok(fileNameFor("x".repeat(400)).length <= 180);
    assert.notEqual(fileNameFor(`${"x".repeat(400)}a`), fileNameFor(`${"x".repeat(400)}b`));
  });
});

describe("the lock of a target directory", () => {
  const locked = <T>(action: () => Promise<T>): Promise<T> => withTargetLock(folder, undefined, action);

  it("admits one capture at a time, and is released", async () => {
    await locked(async () => {
      await assert.rejects(
        locked(() => Promise.resolve()),
        (error) => isLtoError(error, "CargoLocked"),
      );
    });
    assert.equal(await locked(() => Promise.resolve(7)), 7);
    await assert.rejects(
      locked(() => Promise.reject(new Error("no"))),
      /no/,
    );
    assert.equal(await locked(() => Promise.resolve(8)), 8);
  });

  it("does not depend on its file's content: 1 is a process id everywhere", async () => {
    for (const content of ["1", "999999999", ""]) {
      write("lock", content);
      assert.equal(await locked(() => Promise.resolve(1)), 1);
    }
  });

  it("stays held if its file is removed", async () => {
    await locked(async () => {
      fs.rmSync(path.join(folder, "lock"));
      const controller = new AbortController();
      const other = withTargetLock(folder, controller.signal, () => Promise.resolve());
      setTimeout(() => {
        controller.abort();
      }, 300);
      await assert.rejects(other, (error) => isLtoError(error, "Cancelled"));
    });
  });

  it("is taken again if the folder was removed during the wait", async () => {
    const target = path.join(folder, "target");
    const running = withTargetLock(target, undefined, async () => {
      const next = withTargetLock(target, undefined, () => Promise.resolve("next"));
      fs.rmSync(target, { recursive: true });
      return Promise.resolve([next]);
    });
    assert.equal(await (await running)[0], "next");
    assert.ok(fs.existsSync(path.join(target, "lock")));
  });
});

describe("names of units", () => {
  const identity: UnitIdentity = {
    ...{ workspace: "/w", packageName: "demo-cli", crateName: "demo_cli", kind: "bin", targetName: "demo-cli", unitTest: false },
    ...{
      profile: "release",
      toolchain: TOOLCHAIN,
      target: null,
      features: [],
      flags: [],
      lto: undefined,
      incremental: undefined,
      lineTables: false,
      variant: false,
    },
  };

  it("are stable, and different for different builds", () => {
    assert.match(unitId(identity), /^demo_cli-bin-[0-9a-f]{8}$/);
    assert.equal(unitId(identity), unitId({ ...identity }));
    const others: Partial<UnitIdentity>[] = [
      ...[
        { workspace: "/v" },
        { kind: "example" },
        { profile: "dev" },
        { target: "t" },
        { lto: "thin" as const },
        { incremental: false },
        { lineTables: true },
      ],
      ...[{ features: ["--all-features"] }, { unitTest: true }, { toolchain: { ...TOOLCHAIN, commitHash: "def" } }],
    ];
    const ids = new Set([identity, ...others.map((other) => ({ ...identity, ...other }))].map(unitId));
    assert.equal(ids.size, others.length + 1);
    assert.equal(targetHash("/w", TOOLCHAIN), targetHash("/w", { ...TOOLCHAIN }));
  });

  it("are readable", () => {
    assert.equal(unitName(identity), "demo-cli (bin)");
    assert.equal(unitName({ ...identity, kind: "lib", unitTest: true }), "demo-cli (unit tests of the lib)");
  });
});

function plannedWith(debugInfo: string): PlannedTarget {
  const profile = { name: "release", optLevel: "3", lto: "false", incremental: false, debugInfo };
  return { root: true, profile } as unknown as PlannedTarget;
}

describe("the plan of a capture", () => {
  const none = { packages: [], lib: false, bins: [], examples: [], tests: [], benches: [], cargoArgs: [] };
  const planned = plannedWith("none");

  it("becomes Cargo's arguments", () => {
    assert.deepEqual(buildArguments({ ...none, profile: "release", packages: ["a"], bins: ["b", "c"], cargoArgs: ["--locked"] }), [
      ...["--profile", "release", "--package", "a", "--bin", "b", "--bin", "c", "--locked"],
    ]);
    assert.deepEqual(buildArguments({ ...none, profile: "dev", lib: true }), ["--profile", "dev", "--lib"]);
  });

  it("overrides the profile with Cargo's variables, and lists the differences", () => {
    assert.deepEqual(overrideVariables("my-release", { lto: "thin-local", incremental: true }, [planned]), {
      CARGO_PROFILE_MY_RELEASE_LTO: "false",
      CARGO_INCREMENTAL: "1",
    });
    assert.deepEqual(overrideVariables("release", {}, null), {});
    assert.deepEqual(deviationsOf(planned, { lto: "thin", incremental: true }), [
      { setting: "lto", build: "thin-local", used: "thin" },
      { setting: "incremental", build: "false", used: "true" },
    ]);
    assert.deepEqual(deviationsOf(planned, { lto: "thin-local", incremental: false }), []);
    assert.equal(deviationsOf(undefined, { lto: "thin" })[0]?.build, "the profile's own");
  });

  it("adds line tables where the profile has none, and takes no debug info away", () => {
    const options = { lineTables: true };
    const variables = { CARGO_PROFILE_RELEASE_DEBUG: "line-tables-only" };
    assert.deepEqual(overrideVariables("release", options, null), variables);
    for (const debugInfo of ["none", "line-directives-only"]) {
      assert.deepEqual(overrideVariables("release", options, [plannedWith(debugInfo)]), variables);
      assert.deepEqual(deviationsOf(plannedWith(debugInfo), options), [{ setting: "debug", build: debugInfo, used: "line-tables-only" }]);
    }
    for (const debugInfo of ["line-tables-only", "limited", "full"]) {
      assert.deepEqual(overrideVariables("release", options, [plannedWith(debugInfo)]), {});
      assert.deepEqual(deviationsOf(plannedWith(debugInfo), options), []);
    }
  });

  it("says which part of the workspace it is for, so that it can be repeated", () => {
    const prepared = { folder: "/w/tools", workspace: { root: "/w" } };
    const options = { folder: "/w/tools", packages: ["a"], bins: [], cargoArgs: ["--locked", "-F", "b"] };
    assert.deepEqual(scopeOf(prepared, options), { folder: "tools", toolchain: null, packages: ["a"], features: ["--features=b"] });
    assert.deepEqual(scopeOf({ ...prepared, folder: "/w" }, { folder: "/w" }), { folder: "", toolchain: null });
    assert.deepEqual(scopeOf(prepared, { folder: "/w/tools", lib: true }), { folder: "tools", toolchain: null, lib: true });
    const elsewhere = {
      folder: "/w",
      toolchain: "nightly-2026-01-01",
      cargoArgs: ["--target", "wasm32-wasip1", "--target=i686-pc-windows-gnu"],
    };
    assert.deepEqual(scopeOf({ ...prepared, folder: "/w" }, elsewhere), {
      ...{ folder: "", toolchain: "nightly-2026-01-01", targets: ["i686-pc-windows-gnu", "wasm32-wasip1"] },
    });
    // A capture that somebody sent could name any program or file.
    const byPath = { folder: "/w", toolchain: "/opt/rustc", cargoArgs: ["--target=./own.json", "--config=build.rustc='/tmp/x'"] };
    assert.deepEqual(scopeOf({ ...prepared, folder: "/w" }, byPath), { folder: "" });
  });

  it("recognises the options that choose features", () => {
    assert.deepEqual(featureArguments(["--locked", "-F", "b", "--no-default-features", "--features=a", "-Fc"]), [
      ...["--features=a", "--features=b", "--features=c", "--no-default-features"],
    ]);
  });
});
