/** Names of rustc's temporary files: complete, with an invocation id, and shortened. The shortened names come from rustc 1.95. */
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, it } from "node:test";
import { isCut, matchNoOptFiles, matchStageFiles, shortenedName } from "../../src/core/pipelines/saved-stages.js";
import { stableHash64 } from "../../src/core/base/stable-hash.js";
import { PIPELINES } from "../../src/protocol/pipelines.js";
import { cleanInterrupted } from "../../src/core/producers/rust/capture/temporaries.js";
import { parseStageFileName, stageFileNames } from "../../src/core/pipelines/stage-file-names.js";

const LONG = "rustc_std_workspace_core-75c1307561ed9634.rustc_std_workspace_core.bad053b43a2a041f-cgu.0.rcgu.o";
const CUT_IMPORT =
  "4866a8d1b1872330-d_workspace_core-75c1307561ed9634.rustc_std_workspace_core.bad053b43a2a041f-cgu.0.rcgu.o.0ae73bt.rcgu.thin-lto-after-import.bc";
const CUT_PM =
  "bf2d850dfedbaf42-c_std_workspace_core-75c1307561ed9634.rustc_std_workspace_core.bad053b43a2a041f-cgu.0.rcgu.o.0ae73bt.rcgu.thin-lto-after-pm.bc";
const STEM = "a-92cc1c5188dae644";

describe("what an interrupted build left", () => {
  it("is removed before the next one; what Cargo needs stays", async () => {
    const target = fs.mkdtempSync(path.join(os.tmpdir(), "lto-temporaries-"));
    const kept = [
      "release/deps/liba-92cc1c5188dae644.rlib",
      "release/deps/a-92cc1c5188dae644.d",
      "release/incremental/a-1/s-1-2-3/a.pre-lto.bc",
      "release/incremental/deps/a.1.rcgu.thin-lto-input.bc",
      "release/build/sys-1/out/deps/a.1.rcgu.o",
    ];
    const temporary = [
      `release/deps/${CUT_PM}`,
      `release/deps/${STEM}.a.1.rcgu.no-opt.bc`,
      `release/deps/${STEM}.a.1.rcgu.o`,
      "release/deps/rustcAb12Cd/symbols.o",
      "x86_64-unknown-linux-gnu/release/examples/e-1.e.2.rcgu.bc",
    ];
    for (const name of [...kept, ...temporary]) {
      fs.mkdirSync(path.join(target, path.dirname(name)), { recursive: true });
      fs.writeFileSync(path.join(target, name), "");
    }
    await cleanInterrupted(target);
    const left = fs.readdirSync(target, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    assert.deepEqual(left.map((entry) => path.relative(target, path.join(entry.parentPath, entry.name))).sort(), kept.toSorted());
    await cleanInterrupted(path.join(target, "not-there"));
    fs.rmSync(target, { recursive: true });
  });
});

describe("rustc's names for stage files", () => {
  it("are shortened and hashed as in rustc", () => {
    assert.equal(shortenedName(`${STEM}.${LONG}.0ae73bt.rcgu.thin-lto-after-import.bc`), CUT_IMPORT);
    assert.equal(shortenedName(`${STEM}.${LONG}.0ae73bt.rcgu.thin-lto-after-pm.bc`), CUT_PM);
    assert.equal(shortenedName("short.bc"), "short.bc");
    assert.equal(shortenedName("x".repeat(143)).length, 143);
    assert.equal(shortenedName("x".repeat(144)).length <= 143, true);
    assert.match(shortenedName(`é${"x".repeat(20)}${"é".repeat(100)}`), /^[0-9a-f]+-é+$/);
    assert.match(stableHash64(""), /^[0-9a-f]{1,16}$/);
  });

  it("are found for every module and stage", () => {
    const names = [
      `${STEM}.84tqhp7s1a7703se707vi3jku.0ae73bt.rcgu.thin-lto-input.bc`,
      `${STEM}.84tqhp7s1a7703se707vi3jku.0ae73bt.rcgu.no-opt.bc`,
      `${STEM}.b-4a65.3dwn.1vedk78.rcgu.o.0ae73bt.rcgu.thin-lto-after-rename.bc`,
      CUT_IMPORT,
      `${STEM}.84tqhp7s1a7703se707vi3jku.9999999.rcgu.thin-lto-input.bc`,
      "other-0000000000000000.84tqhp7s1a7703se707vi3jku.0ae73bt.rcgu.thin-lto-input.bc",
    ];
    const modules = ["84tqhp7s1a7703se707vi3jku", "b-4a65.3dwn.1vedk78.rcgu.o", LONG, "absent"];
    assert.deepEqual(
      { ...matchStageFiles(names, { stem: STEM, modules, pipeline: PIPELINES.thin }) },
      {
        "84tqhp7s1a7703se707vi3jku": { "thin-lto-input": names[0] },
        "b-4a65.3dwn.1vedk78.rcgu.o": { "thin-lto-after-rename": names[2] },
        [LONG]: { "thin-lto-after-import": CUT_IMPORT },
      },
    );
  });

  it("are found under long names that rustc did not cut", () => {
    const names = PIPELINES.thin.stages.map(({ file }) => `${STEM}.${LONG}.rcgu.${file}`);
    const found = matchStageFiles(names, { stem: STEM, modules: [LONG], pipeline: PIPELINES.thin });
    assert.deepEqual(Object.values(found[LONG] ?? {}), names);
  });

  it("have no invocation id without a session", () => {
    const names = ["a.a.8d1a4fe730cfe794-cgu.0.rcgu.thin-lto-input.bc", "a.mod.abcdefg.rcgu.thin-lto-input.bc"];
    const found = matchStageFiles(names, {
      stem: "a",
      modules: ["a.8d1a4fe730cfe794-cgu.0", "mod.abcdefg"],
      pipeline: PIPELINES["thin-local"],
    });
    assert.deepEqual(Object.keys(found), ["a.8d1a4fe730cfe794-cgu.0", "mod.abcdefg"]);
  });

  it("are found if all names of a crate were shortened, with and without an invocation id", () => {
    const stem = `${"a_crate_with_a_long_name_".repeat(5)}-5859f3b71707a338`;
    for (const id of ["", ".0ae73bt"]) {
      for (const module of [`${"a_crate_with_a_long_name_".repeat(5)}.be100c378a77af71-cgu.1`, "84tqhp7s1a7703se707vi3jku"]) {
        const name = (tag: string): string => shortenedName(`${stem}.${module}${id}.rcgu.${tag}`);
        const names = [name("thin-lto-input.bc"), name("no-opt.bc"), name("lto.input.bc"), name("bc")];
        assert.ok(names.every((one) => isCut(one) && !one.startsWith(stem)));
        const query = { stem, modules: [module] };
        assert.deepEqual(
          { ...matchStageFiles(names, { ...query, pipeline: PIPELINES.thin }) },
          { [module]: { "thin-lto-input": names[0] } },
        );
        assert.deepEqual(
          { ...matchStageFiles(names, { ...query, pipeline: PIPELINES.fat }) },
          {
            [module]: { "lto.input": names[2], "lto.after-pm": names[3] },
          },
        );
        assert.deepEqual([...matchNoOptFiles(names, { ...query, pipeline: PIPELINES.fat })], [[module, names[1]]]);
        assert.deepEqual({ ...matchStageFiles(names, { stem: `b${stem.slice(1)}`, modules: [module], pipeline: PIPELINES.thin }) }, {});
      }
    }
  });

  it("have no tag for the last stage of fat LTO", () => {
    const names = ["a.m.rcgu.lto.input.bc", "a.m.rcgu.lto.after-restriction.bc", "a.m.rcgu.bc"];
    assert.deepEqual(
      { ...matchStageFiles(names, { stem: "a", modules: ["m"], pipeline: PIPELINES.fat }) },
      {
        m: { "lto.input": names[0], "lto.after-restriction": names[1], "lto.after-pm": names[2] },
      },
    );
  });
});

describe("stage files without a capture", () => {
  it("name their crate, module and stage", () => {
    assert.deepEqual(parseStageFileName(`${STEM}.84tqhp7s1a7703se707vi3jku.0ae73bt.rcgu.thin-lto-after-pm.bc`), {
      stem: STEM,
      crateName: "a",
      module: "84tqhp7s1a7703se707vi3jku",
      stage: "thin-lto-after-pm",
    });
    assert.deepEqual(parseStageFileName("tool.b-4a65.m-cgu.0.rcgu.o.rcgu.lto.input.bc"), {
      stem: "tool",
      crateName: "tool",
      module: "b-4a65.m-cgu.0.rcgu.o",
      stage: "lto.input",
    });
    assert.equal(parseStageFileName(CUT_PM)?.stem, null);
    assert.equal(parseStageFileName(CUT_PM)?.stage, "thin-lto-after-pm");
    assert.equal(parseStageFileName(`${STEM}.m.rcgu.no-opt.bc`), undefined);
    assert.equal(parseStageFileName("lib.rmeta"), undefined);
  });

  it("belong to the crate whose name was hashed", () => {
    const stems = ["first", "other"].map((word) => `${`${word}_crate_with_a_long_name_`.repeat(4)}-5859f3b71707a338`);
    const file = (stem: string): string => shortenedName(`${stem}.84tqhp7s1a7703se707vi3jku.0ae73bt.rcgu.thin-lto-input.bc`);
    const names = [...stems.map(file), ...stems.map((stem) => `${stem}.d`), ...stems];
    assert.deepEqual(
      stageFileNames(names).map(({ stem, module }) => ({ stem, module })),
      stems.map((stem) => ({ stem, module: "84tqhp7s1a7703se707vi3jku" })),
    );
    assert.deepEqual(
      stageFileNames(stems.map(file)).map(({ stem }) => stem),
      [null, null],
    );
  });

  it("are complete if the crate's name looks like a hash", () => {
    const name = `deadbeef-92cc1c5188dae644.${"x".repeat(70)}.0ae73bt.rcgu.thin-lto-after-pm.bc`;
    assert.equal(parseStageFileName(name)?.stem, "deadbeef-92cc1c5188dae644");
  });
});
