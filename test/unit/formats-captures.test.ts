/** The manifest of a capture: invalid properties are refused by name, and schemas cannot drift from their types. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as z from "zod/mini";
import { captureManifest } from "../../src/core/store/capture-manifest.js";
import { parseJson } from "../../src/core/base/parse.js";
import { formatOf } from "../../src/core/base/values.js";
import { PLAIN_SETTINGS } from "../../src/core/replay/inputs.js";
import type { UnitManifest } from "../../src/protocol/units.js";

const KEY = "0123456789ABCDEF0123456789ABCDEF01234567";

const good: Omit<UnitManifest, "folder"> = {
  ...{ schema: 1, id: "a-bin-01234567", capture: 1, name: "a (bin)", crateName: "a", packageName: "a", crateTypes: ["bin"] },
  ...{ profile: "release", mode: "thin", incremental: true, workspace: "/w", capturedAt: "2026-01-01T00:00:00.000Z" },
  toolchain: {
    ...{ rustc: "/r/bin/rustc", sysroot: "/r", host: "x86_64-unknown-linux-gnu", release: "1.95.0", commitHash: null },
    llvmVersion: "22.1.2",
  },
  ...{ commandLine: [], settings: PLAIN_SETTINGS, deviations: [{ setting: "lto", build: "off", used: "thin" }] },
  scope: { folder: "tools", packages: ["a"], bins: ["b"], features: ["--features=x y", "--no-default-features"] },
  complete: false,
  incompleteBecause: { name: "IncompleteUnit", message: "No." },
  localModules: [{ name: "m", origin: "local", file: "inputs/m.pre-lto.bc", reserialize: false, green: null }],
  upstream: [{ crate: "std", file: "/r/libstd.rlib", source: "/r/libstd.rlib", members: ["std.o"] }],
  ...{ previousKeysFile: null, currentKeysFile: "current-keys.bin", outputBytes: 1, warnings: ["W"] },
  decisions: {
    ...{ preservedSymbols: 1, previousKeys: { m: KEY }, currentKeys: { m: KEY }, verdicts: { m: "re-used" } },
    ...{ localModules: ["m"], upstreamOrCachedModules: [] },
  },
  rustcStages: { m: { "thin-lto-input": "rustc/m.bc" } },
  noBuiltins: false,
  noLinkBecause: "W",
  outputAlone: { file: "link/output/b", source: "/w/target/b" },
  link: {
    words: ["-pie", { module: "m" }, { file: "link/0/list", before: "-Wl,--version-script=" }, "-o", { output: true }],
    ...{ program: "cc", environment: { LC_ALL: "C" }, folder: "/w", output: "link/output/a", source: "/w/target/a" },
  },
  archive: {
    members: [
      { name: "m.o", module: "m" },
      { name: "f.o", from: "/r/libf.rlib", sha256: "0".repeat(64) },
    ],
    ...{ output: "link/output/liba.a", source: "/w/target/liba.a" },
  },
};

/** Possible changes of the JSON, by the path of the property. */
const CASES: readonly (readonly [path: string, value: unknown, why: RegExp])[] = [
  ["schema", 2, /`schema` is 2, not 1/],
  ["schema", undefined, /`schema` is missing/],
  ["id", "../../etc", /`id` is "\.\.\/\.\.\/etc", not a name without slashes/],
  ["id", "..", /`id` is "\.\.", not a name/],
  ["id", "a\0b", /`id` is .*, not a name/],
  ["id", "", /`id` is "", not a name/],
  ["capture", 0, /`capture` is 0, not more than 0/],
  ["capture", 1.5, /`capture` is 1\.5, not an integer/],
  ["noBuiltins", true, /`noBuiltins` is true, not false/],
  ["mode", "best", /`mode` is "best", not "thin" or "fat" or "thin-local"/],
  ["capturedAt", "yesterday", /`capturedAt` is "yesterday", not a point in time/],
  ["toolchain", null, /`toolchain` is null, not an object/],
  ["toolchain.rustc", "", /`toolchain\.rustc` is "", not a path/],
  ["settings", undefined, /`settings` is missing/],
  ["settings.llvmArgs", "-O3", /`settings\.llvmArgs` is "-O3", not an array/],
  ["settings.optLevel", 3, /`settings\.optLevel` is 3, not "0" or/],
  ["incompleteBecause.name", "Whatever", /`incompleteBecause\.name` is "Whatever"/],
  ["localModules", {}, /`localModules` is an object, not an array/],
  ["localModules.0.file", 7, /`localModules\[0\]\.file` is 7, not a string/],
  ["localModules.0.file", "../../../etc/passwd", /`localModules\[0\]\.file` is .*, not an absolute path or one that stays below/],
  ["localModules.0.file", "inputs/\0", /`localModules\[0\]\.file` is/],
  ["localModules.0.green", "yes", /`localModules\[0\]\.green` is "yes", not true or false/],
  ["currentKeysFile", "..", /`currentKeysFile` is/],
  ["decisions.currentKeys.m", "12", /`decisions\.currentKeys\.m` is "12", not a key of 40/],
  ["decisions.preservedSymbols", -1, /`decisions\.preservedSymbols` is -1, not at least 0/],
  ["rustcStages.m.thin-lto-input", "a/../../b", /`rustcStages\.m\.thin-lto-input` is/],
  ["rustcStages.m.other", "a", /the key "other" of `rustcStages\.m` is not one of thin-lto-input, thin-lto-after-rename, /],
  ["link.words.2.before", "-Wl,-plugin,", /`link\.words\[2\]/],
  ["link.words.2.file", "../list", /`link\.words\[2\]/],
  ["archive.output", "../liba.a", /`archive\.output` is/],
  ["archive.members.1.sha256", "0", /`archive\.members\[1\]/],
  ["outputBytes", 1e300, /`outputBytes` is 1e\+300, not/],
  ["outputBytes", "1", /`outputBytes` is "1", not a number/],
  ["scope.folder", 7, /`scope\.folder` is 7, not a string/],
  ["scope.packages.0", "--config=build.rustc='/tmp/x'", /`scope\.packages\[0\]` is .*, not a name that is no option/],
  ["scope.bins.0", "", /`scope\.bins\[0\]` is "", not a name/],
  ["scope.features.0", "--config=build.rustc='/tmp/x'", /`scope\.features\[0\]` is .*, not an option that chooses features/],
  ["warnings", [null], /`warnings\[0\]` is null, not a string/],
];

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** A copy with one property replaced, or removed (undefined). */
function withValue(value: unknown, path: readonly string[], replacement: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return replacement;
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => (String(index) === first ? withValue(item, rest, replacement) : item));
  }
  return isObject(value) ? { ...value, [first]: withValue(value[first], rest, replacement) } : value;
}

describe("a capture's manifest", () => {
  const subject = { what: "The manifest of a capture", file: "/store/manifest.json", help: "Capture again." };

  const read = (value: unknown): unknown => JSON.parse(JSON.stringify(parseJson(captureManifest, JSON.stringify(value), subject)));

  it("is read as it was written", () => {
    assert.deepEqual(read(good), good);
  });

  it("of an earlier version has the help under another name", () => {
    const [why, notLinked] = [good.incompleteBecause, { name: "BuildFailed", message: "No linker." }];
    assert.deepEqual(read({ ...good, incompleteBecause: { ...why, mend: "Do it." }, notLinked: { ...notLinked, mend: "Get one." } }), {
      ...good,
      incompleteBecause: { ...why, help: "Do it." },
      notLinked: { ...notLinked, help: "Get one." },
    });
  });

  it("of a later version is read without its additional properties", () => {
    assert.deepEqual(read({ ...good, folder: "/elsewhere", later: 1 }), good);
  });

  for (const [path, value, why] of CASES) {
    it(`is refused by property: ${path} = ${JSON.stringify(value)}`, () => {
      const text = JSON.stringify(withValue(good, path.split("."), value));
      assert.throws(() => parseJson(captureManifest, text, subject), { name: "UnreadableFile", message: why });
    });
  }
});

describe("a schema", () => {
  interface Kept {
    readonly a?: string;
    readonly b: readonly ("x" | "y")[];
  }
  const b = z.array(z.enum(["x", "y"]));

  it("compiles only if it has exactly its type", () => {
    formatOf<Kept>()(() => z.object({ a: z.exactOptional(z.string()), b }));
    // @ts-expect-error: a property is missing
    formatOf<Kept>()(() => z.object({ b }));
    // @ts-expect-error: there is one property too many
    formatOf<Kept>()(() => z.object({ a: z.exactOptional(z.string()), b, c: z.string() }));
    // @ts-expect-error: in the type, it may be left out
    formatOf<Kept>()(() => z.object({ a: z.string(), b }));
    // @ts-expect-error: in the type, it is absent or a string
    formatOf<Kept>()(() => z.object({ a: z.optional(z.string()), b }));
    // @ts-expect-error: it refuses a value that the type allows
    formatOf<Kept>()(() => z.object({ a: z.exactOptional(z.string()), b: z.array(z.literal("x")) }));
    // @ts-expect-error: it accepts values that the type does not allow
    formatOf<Kept>()(() => z.object({ a: z.exactOptional(z.string()), b: z.array(z.string()) }));
  });
});
