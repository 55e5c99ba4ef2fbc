/** The table of LLVM series: what it says, and what follows from it for toolchains and engines. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import {
  addonName,
  addonOf,
  enginesInWords,
  LLVM_SERIES,
  majorOf,
  seriesOf,
  seriesWithEngine,
  useListsPluginOf,
  whyUnusable,
  type LlvmSeries,
} from "../../src/core/machine/llvm-series.js";
import type { Toolchain } from "../../src/protocol/units.js";
import { repository } from "../support/repository.js";

const named = (major: string): LlvmSeries => LLVM_SERIES.find((series) => majorOf(series) === major) ?? assert.fail(major);
const minor = (release: string): number => Number(/^1\.(\d+)$/.exec(release)?.[1] ?? assert.fail(release));

describe("the table of LLVM series", () => {
  it("has every series once, oldest first, and each release of rustc in one of them", () => {
    for (const [index, { name, rustc, library, symbolVersion, packages }] of LLVM_SERIES.entries()) {
      const major = name.split(".")[0] ?? "";
      assert.deepEqual([library, symbolVersion], [`libLLVM.so.${name}`, `LLVM_${name}`]);
      assert.deepEqual([packages.headers, packages.library], [`llvm-${major}-dev`, `libllvm${major}`]);
      const next = LLVM_SERIES[index + 1];
      if (next === undefined) {
        assert.equal(rustc.to, null);
        continue;
      }
      assert.equal(Number(majorOf(next.name === name ? assert.fail(name) : next)), Number(major) + 1);
      assert.equal(minor(rustc.to ?? assert.fail(name)) + 1, minor(next.rustc.from));
    }
  });

  it("is what a version is looked up in", () => {
    assert.equal(seriesOf("22.1.2-rust-1.95.0-stable"), named("22"));
    assert.equal(seriesOf("19.1.7"), named("19"));
    for (const other of ["14.0.6", "22.0.1", "2", "22.10.0", "219.1.7", ""]) assert.equal(seriesOf(other), undefined, other);
  });
});

describe("engines", () => {
  let before: string | undefined;
  beforeEach(() => {
    before = process.env["LTO_INSPECTOR_ADDON"];
    delete process.env["LTO_INSPECTOR_ADDON"];
  });
  afterEach(() => {
    if (before === undefined) delete process.env["LTO_INSPECTOR_ADDON"];
    else process.env["LTO_INSPECTOR_ADDON"] = before;
  });

  it("are the addons beside the program, one for each series", () => {
    assert.equal(addonOf(named("19")), join(repository, "dist", "lto_inspector-19.node"));
  });

  it("are replaced by the addon that LTO_INSPECTOR_ADDON names: that of the series in its name, or of any", () => {
    process.env["LTO_INSPECTOR_ADDON"] = "/elsewhere/lto_inspector-19.node";
    assert.equal(addonOf(named("22")), "/elsewhere/lto_inspector-19.node");
    assert.deepEqual(seriesWithEngine(), [named("19")]);
    process.env["LTO_INSPECTOR_ADDON"] = "/elsewhere/mine.node";
    assert.deepEqual(seriesWithEngine(), LLVM_SERIES);
  });

  it("have a name in words", () => {
    assert.equal(enginesInWords([]), "no engine");
    assert.equal(enginesInWords([named("22")]), "an engine for LLVM 22");
    assert.equal(enginesInWords(["19", "22", "23"].map(named)), "engines for LLVM 19, 22 and 23");
  });

  it("can be built only for series that the engine's sources accept", () => {
    const header = readFileSync(join(repository, "addon", "lto", "compat", "series.h"), "utf8");
    const [, from, to] = /^#if LLVM_VERSION_MAJOR < (\d+) \|\| LLVM_VERSION_MAJOR > (\d+)$/m.exec(header) ?? assert.fail("no range");
    for (const series of LLVM_SERIES.filter(({ engine }) => engine)) {
      assert.ok(Number(majorOf(series)) >= Number(from) && Number(majorOf(series)) <= Number(to), series.name);
    }
  });

  it("are built under the names that the program looks for", () => {
    const cmake = readFileSync(join(repository, "addon", "CMakeLists.txt"), "utf8");
    const pattern = /OUTPUT_NAME (\S+)\$\{LLVM_VERSION_MAJOR\} SUFFIX "(\S+)"\)/.exec(cmake);
    assert.equal(`${pattern?.[1] ?? ""}22${pattern?.[2] ?? ""}`, addonName(named("22")));
    const plugin = /OUTPUT_NAME (lto_inspector_use_lists-)\$\{LLVM_VERSION_MAJOR\} SUFFIX "(\S+)"\)/.exec(cmake);
    assert.equal(join(repository, "dist", `${plugin?.[1] ?? ""}19${plugin?.[2] ?? ""}`), useListsPluginOf(named("19")));
  });

  it("come with a plugin for rustc where LLVM has no option that writes use-lists", () => {
    const plugins = LLVM_SERIES.filter((series) => useListsPluginOf(series) !== undefined);
    assert.deepEqual(plugins.map(majorOf), ["19", "20", "21"]);
  });
});

describe("a toolchain", () => {
  const toolchain: Toolchain = { rustc: "/r", sysroot: "/s", host: "h", release: "1.99.0", commitHash: null, llvmVersion: "23.1.1" };
  const engines = ["19", "22"].map(named);

  it("can be used where there is an engine for its LLVM", () => {
    assert.equal(whyUnusable({ ...toolchain, llvmVersion: "22.1.2" }, engines), undefined);
    assert.equal(whyUnusable({ ...toolchain, llvmVersion: "19.1.7" }, engines), undefined);
  });

  it("of a series without an engine is refused with the series that there are engines for", () => {
    const without = { ...toolchain, release: "1.89.0", llvmVersion: "20.1.8" };
    const { name, message, help } = whyUnusable(without, engines) ?? assert.fail();
    assert.equal(name, "NoAddon");
    assert.equal(message, "rustc 1.89.0 uses LLVM 20.1.8; this build has engines for LLVM 19 and 22.");
    assert.match(help ?? "", /rustc 1\.82 to 1\.86, 1\.95 to 1\.98|build:addon -- --llvm 20/);
  });

  it("of a series whose engine can be built here is refused with the command that builds it", () => {
    const { help } = whyUnusable({ ...toolchain, llvmVersion: "22.1.2" }, [named("19")]) ?? assert.fail();
    assert.equal(help, "Build one: `npm run build:addon -- --llvm 22`.");
  });

  it("of an LLVM that no engine is built for is no toolchain to use", () => {
    const { name, message } = whyUnusable({ ...toolchain, release: "1.63.0", llvmVersion: "14.0.6" }, engines) ?? assert.fail();
    assert.equal(name, "NoToolchain");
    assert.match(message, /rustc 1\.63\.0 uses LLVM 14\.0\.6; .*LLVM 19 and 22/);
  });

  it("that does not say which LLVM it has is refused", () => {
    assert.match(whyUnusable({ ...toolchain, llvmVersion: "" }, engines)?.message ?? "", /does not report its LLVM version/);
  });
});
