/** What differs between rustc releases: the profile of a release, the table that it is made from, and which rules were compared with the compiler. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import {
  activityName,
  isProven,
  llvmArguments,
  OLDEST_RELEASE,
  PROVEN_RELEASES,
  RUSTC_CHANGES,
  toolchainProfile,
  unprovenRules,
} from "../../src/core/pipelines/toolchain-profile.js";
import { isProvenHere, noteProven } from "../../src/core/store/proven-toolchains.js";
import { storeLayout } from "../../src/core/store/store-layout.js";
import type { StoreLayout } from "../../src/core/store/store-layout.js";
import { textOf } from "../support/sources.js";

const minorOf = (release: string): number => Number(release.split(".")[1]);

describe("the toolchain profile", () => {
  it("says up to when rustc adds LTOPostLink", () => {
    const releases = [OLDEST_RELEASE, "1.83.0", "1.84.0", "1.85.0", "1.99.0", "1.97.0-nightly", null];
    assert.deepEqual(
      releases.map((release) => toolchainProfile(release).addsLtoPostLink),
      [true, true, false, false, false, false, false],
    );
  });

  it("says with which passes codegen units are prepared for fat LTO", () => {
    const releases = [OLDEST_RELEASE, "1.95.0", "1.96.0", "1.99.0", null];
    assert.deepEqual(
      releases.map((release) => toolchainProfile(release).thinPreLinkBeforeFat),
      [false, false, true, true, true],
    );
  });

  it("names std's own symbols as long as they are not mangled", () => {
    const marker = "__rust_no_alloc_shim_is_unstable";
    for (const release of [OLDEST_RELEASE, "1.85.0", "1.86.0"]) {
      const { rustLevelNames } = toolchainProfile(release);
      for (const name of ["__rust_*", "__rdl_*", "__rg_*", "rust_begin_unwind", "rust_panic"]) {
        assert.ok(rustLevelNames.includes(name), name);
      }
      assert.ok(!rustLevelNames.includes("rust_eh_personality"));
    }
    for (const release of ["1.87.0", "1.89.0"]) assert.deepEqual(toolchainProfile(release).rustLevelNames, [marker]);
    for (const release of ["1.90.0", "1.96.0", null]) assert.deepEqual(toolchainProfile(release).rustLevelNames, []);
  });

  it("says up to when rustc counts the profiler's symbols", () => {
    const releases = ["1.85.0", "1.90.0", "1.91.0", "1.95.0", null];
    assert.deepEqual(
      releases.map((release) => toolchainProfile(release).countsProfilerSymbols),
      [true, true, false, false, false],
    );
  });

  it("says since when rustc preserves the address sanitizer's symbol in thin LTO", () => {
    const releases = [OLDEST_RELEASE, "1.90.0", "1.91.0", "1.95.0", null];
    assert.deepEqual(
      releases.map((release) => toolchainProfile(release).preservesAsanGlobals),
      [false, false, true, true, true],
    );
  });

  it("says up to when rustc writes a summary after fat LTO", () => {
    const releases = [OLDEST_RELEASE, "1.85.0", "1.89.0", "1.90.0", "1.95.0", null];
    assert.deepEqual(
      releases.map((release) => toolchainProfile(release).summaryAfterFatLto),
      [true, true, true, false, false, false],
    );
  });

  it("says up to when rustc counts the allocator shim's symbols", () => {
    const releases = [OLDEST_RELEASE, "1.85.0", "1.90.0", "1.91.0", "1.95.0", null];
    assert.deepEqual(
      releases.map((release) => toolchainProfile(release).allocatorSymbols.length),
      [7, 7, 7, 0, 0, 0],
    );
  });

  it("gives activities the names of the release", () => {
    const activity = "lto_generate_symbols_below_threshold";
    for (const release of ["1.90.0", "1.95.0"]) assert.equal(activityName(toolchainProfile(release), activity), activity);
    for (const release of ["1.82.0", "1.89.0"]) assert.equal(activityName(toolchainProfile(release), activity), `LLVM_${activity}`);
  });

  it("lets given arguments replace rustc's standard ones, as rustc does", () => {
    const profile = toolchainProfile("1.95.0");
    assert.deepEqual(llvmArguments(profile, []), profile.standardLlvmArguments);
    const given = llvmArguments(profile, ["-import-cold-multiplier=0.5", "-inline-threshold=10"]);
    assert.equal(given.filter((argument) => argument.startsWith("-import-cold-multiplier")).length, 1);
    assert.deepEqual(given.slice(-2), ["-import-cold-multiplier=0.5", "-inline-threshold=10"]);
  });
});

describe("the table of changes in rustc", () => {
  it("has the newest first, and none older than the oldest release", () => {
    const minors = RUSTC_CHANGES.map(({ since }) => minorOf(since));
    assert.deepEqual(
      minors,
      [...minors].sort((left, right) => right - left),
    );
    assert.ok(minors.every((minor) => minor > minorOf(OLDEST_RELEASE)));
  });

  for (const { since, what, heldBy } of RUSTC_CHANGES) {
    it(`names the test of: ${since}: ${what}`, () => {
      const [file, title] = heldBy;
      const [suite = "", name = ""] = title.split(".");
      const named = file.endsWith(".cpp") ? `TEST(${suite}, ${name})` : `"${title}"`;
      assert.ok(textOf(file)?.includes(named), `${file} has no test ${named}`);
    });
  }
});

describe("rules that nobody compared with the compiler", () => {
  const compiler = { release: "1.99.0", commitHash: "0123abcd", llvmVersion: "23.1.0" };
  let layout: StoreLayout;
  before(async () => {
    layout = storeLayout(await mkdtemp(join(tmpdir(), "lto-inspector-proven-")));
  });
  after(async () => {
    await rm(layout.root, { recursive: true });
  });

  it("are those of every release that is not listed", () => {
    for (const release of PROVEN_RELEASES) assert.ok(isProven(`${release}.1`));
    assert.ok(isProven("1.97.0-nightly"));
    assert.ok(!isProven("1.99.0"));
    assert.ok(!isProven("1.83.0"));
    assert.match(unprovenRules("1.99.0"), /^Rules of rustc 1\.99, not yet verified on this machine/);
  });

  it("are proven by the first verification, for that compiler alone", async () => {
    assert.equal(await isProvenHere(layout, compiler), false);
    await noteProven(layout, compiler);
    assert.equal(await isProvenHere(layout, compiler), true);
    for (const other of [{ release: "1.99.1" }, { commitHash: null }, { llvmVersion: "23.1.1" }]) {
      assert.equal(await isProvenHere(layout, { ...compiler, ...other }), false);
    }
  });
});
