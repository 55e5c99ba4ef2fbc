/** Parts of runs: watched inputs, disk space, keys, overrides, workers, texts. */
import assert from "node:assert/strict";
import { appendFile, link, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fromEngineError, isLtoError, LtoError, reportOf } from "../../src/core/base/errors.js";
import { toolchainProfile } from "../../src/core/pipelines/toolchain-profile.js";
import { addsLtoPostLink } from "../../src/core/pipelines/lto-post-link.js";
import { phisInOtherOrder, whereDifferent } from "../../src/core/verify/compare-stage.js";
import { estimateBytes, requireSpace } from "../../src/core/base/disk-space.js";
import { Gate } from "../../src/core/base/gate.js";
import { InputWatch } from "../../src/core/replay/input-files.js";
import { applyOverrides, engineSettings, PLAIN_SETTINGS } from "../../src/core/replay/inputs.js";
import { parseKeys } from "../../src/core/pipelines/keys-file.js";
import { prepareOut } from "../../src/core/replay/out-folder.js";
import { previousKeysIn } from "../../src/core/pipelines/session-folder.js";
import { PIPELINES } from "../../src/protocol/pipelines.js";
import { stageBefore } from "../../src/protocol/stages.js";
import { promotionSuffixIn } from "../../src/core/producers/rust/unit-inputs.js";
import { workThrough } from "../../src/core/base/work-list.js";
import type { StageCounts, VerifyReport } from "../../src/protocol/runs.js";
import type { UnitManifest } from "../../src/protocol/units.js";
import { outcomeOf, type VerificationOutcome } from "../../src/protocol/verification.js";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "lto-inspector-test-"));
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("input files", () => {
  it("are refused with help if they are missing", async () => {
    await assert.rejects(InputWatch.take([join(folder, "none.bc")], "Capture again."), (error) => {
      assert.ok(isLtoError(error, "UnreadableFile"));
      assert.equal(error.report.file, join(folder, "none.bc"));
      assert.equal(error.report.help, "Capture again.");
      return true;
    });
  });

  it("are noticed if they change or disappear during a run", async () => {
    const [kept, changed] = [join(folder, "kept.bc"), join(folder, "changed.bc")];
    await writeFile(kept, "1");
    await writeFile(changed, "1");
    const watch = await InputWatch.take([kept, changed], "");
    await watch.check();
    // Cargo makes a hard link to what it built.
    await link(kept, join(folder, "uplifted.bc"));
    await watch.check();
    await appendFile(changed, "2");
    await assert.rejects(watch.check(), (error) => isLtoError(error, "FilesChanged") && error.report.file === changed);
    await rm(changed);
    await assert.rejects(watch.check(), (error) => isLtoError(error, "FilesChanged") && error.report.message.includes("was removed"));
  });
});

describe("target features", () => {
  const asked = { ...PLAIN_SETTINGS, targetFeatures: "+avx2" };
  it("of a captured build come from its functions, which contain rustc's full list", () => {
    assert.equal(engineSettings(asked, true, {}).targetFeatures, "");
  });
  it("are used unchanged if the user sets them, or for plain files", () => {
    assert.equal(engineSettings(asked, true, { targetFeatures: "+avx2" }).targetFeatures, "+avx2");
    assert.equal(engineSettings(asked, false, {}).targetFeatures, "+avx2");
  });
});

describe("disk space", () => {
  it("is estimated first, and reported if it is too little", async () => {
    const needed = estimateBytes([1e6, 2e6], 6);
    assert.ok(needed > 18e6 && needed < 30e6);
    await requireSpace(folder, needed, () => Promise.resolve(needed));
    await assert.rejects(
      requireSpace(folder, needed, () => Promise.resolve(needed - 1)),
      (error) => isLtoError(error, "DiskFull") && error.report.message.includes("MB"),
    );
  });

  it("that runs out is always reported as DiskFull", () => {
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    assert.equal(reportOf(full, "Writing").name, "DiskFull");
    assert.equal(fromEngineError({ name: "EngineFailed", message: "cannot write: No space left on device" }).report.name, "DiskFull");
  });
});

describe("errors of the file system", () => {
  it("name a path, and are not reported as our bugs", () => {
    for (const code of ["EACCES", "EPERM", "ENOENT", "EISDIR", "ENOTDIR", "EIO", "EROFS"]) {
      const report = reportOf(Object.assign(new Error(`${code}: mkdir`), { code, path: "/some/where" }), "Capturing");
      assert.deepEqual([report.name, report.file], ["UnreadableFile", "/some/where"], code);
    }
  });
});

describe("errors of the engine", () => {
  it("have help if they are about inputs", () => {
    // The answers to 20,000 damaged files (bench/faults).
    const names = "CorruptArchive ForeignLlvm DuplicateModule LoadBitcode LtoBitcodeFromRlib NoBitcode NotAnObject ParseBitcode".split(" ");
    for (const name of [...names, "PrepareThinLtoContext", "PrepareThinLtoModule"]) {
      const { report } = fromEngineError({ name, message: "it is damaged", file: "demo.bc" });
      assert.ok(report.help, name);
    }
  });
});

describe("keys files", () => {
  const key = "A".repeat(40);

  it("have a name and a key per line", () => {
    assert.deepEqual(
      [...parseKeys(`one ${key}\ntwo words ${key}\n`, "keys")],
      [
        ["one", key],
        ["two words", key],
      ],
    );
  });

  it("are refused with the line if it is malformed", () => {
    for (const bad of [`one ${key}\nbroken\n`, `one ${key}\n${key}\n`, `one ${key}\ntwo ABC\n`]) {
      assert.throws(() => parseKeys(bad, "keys"), /line 2/);
    }
  });

  it("are not read from a session in progress", async () => {
    await assert.rejects(previousKeysIn("/target/release/incremental/a-1/s-abc-def-working"), (error) =>
      isLtoError(error, "SessionUnderWay"),
    );
  });
});

describe("overrides", () => {
  it("are listed as deviations, each with the build's value", () => {
    const { settings, deviations } = applyOverrides(PLAIN_SETTINGS, { optLevel: "s", targetCpu: "native", llvmArgs: ["-x"] });
    assert.deepEqual(
      deviations.map(({ setting, build, used }) => [setting, build, used]),
      [
        ["opt-level", "3", "s"],
        ["target-cpu", "the modules' own", "native"],
        ["llvm-args", "", "-x"],
      ],
    );
    assert.deepEqual([settings.vectorizeLoops, settings.vectorizeSlp, settings.mergeFunctions], [false, false, true]);
  });

  it("are not deviations if they equal the build's", () => {
    assert.deepEqual(applyOverrides(PLAIN_SETTINGS, { optLevel: "3" }).deviations, []);
  });

  it("do not enable what the build explicitly disabled", () => {
    const build = { ...PLAIN_SETTINGS, vectorizeLoops: false };
    assert.equal(applyOverrides(build, { optLevel: "2" }).settings.vectorizeLoops, false);
    assert.equal(
      applyOverrides({ ...PLAIN_SETTINGS, optLevel: "1", vectorizeLoops: false }, { optLevel: "2" }).settings.vectorizeLoops,
      true,
    );
  });
});

describe("the promotion suffix", () => {
  it("is read from symbols that the module defines, not from those it refers to", () => {
    const symbol = { demangled: "", linkage: "external", instructions: 0, hash: "", headerHash: "", textHash: "", source: null };
    const found = promotionSuffixIn({
      functions: [
        { ...symbol, name: "elsewhere.llvm.111", declaration: true },
        { ...symbol, name: "plain", declaration: false },
      ],
      globals: [{ name: "str.1.llvm.222", demangled: "", kind: "variable", linkage: "external", declaration: false, hash: "v" }],
    });
    assert.equal(found, "222");
    assert.equal(promotionSuffixIn({ functions: [{ ...symbol, name: "a.llvm.b", declaration: false }], globals: [] }), undefined);
  });
});

describe("working through a list", () => {
  it("does everything with the given number of workers", async () => {
    let atOnce = 0;
    let most = 0;
    const done: number[] = [];
    await workThrough([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      most = Math.max(most, ++atOnce);
      await new Promise((resolve) => setTimeout(resolve, 5));
      atOnce -= 1;
      done.push(item);
    });
    assert.equal(most, 3);
    assert.deepEqual(
      done.toSorted((left, right) => left - right),
      [1, 2, 3, 4, 5, 6, 7],
    );
  });

  it("stops at the first error", async () => {
    const begun: number[] = [];
    const work = async (item: number): Promise<void> => {
      begun.push(item);
      await Promise.resolve();
      if (item === 2) throw new Error("two");
    };
    await assert.rejects(workThrough([1, 2, 3, 4, 5, 6], 1, work), /two/);
    assert.deepEqual(begun, [1, 2]);
  });

  it("has a gate for work that must run alone", async () => {
    const gate = new Gate();
    let together = 0;
    const log: string[] = [];
    const step = async (): Promise<void> => {
      together += 1;
      await new Promise((resolve) => setTimeout(resolve, 10));
      together -= 1;
      log.push("together");
    };
    const first = [gate.together(step), gate.together(step)];
    const alone = gate.alone(async () => {
      assert.equal(together, 0);
      log.push("alone");
      await new Promise((resolve) => setTimeout(resolve, 10));
      assert.equal(together, 0);
    });
    const later = gate.together(step);
    await Promise.all([...first, alone, later]);
    assert.deepEqual(log, ["together", "together", "alone", "together"]);
  });
});

describe("LTOPostLink", () => {
  it("is read from rustc's own files, or from the profile if there are none", async () => {
    const profile = toolchainProfile("1.95.0");
    const [before, plain, flagged] = [join(folder, "before"), join(folder, "plain"), join(folder, "flagged")];
    await writeFile(before, "bits");
    await writeFile(plain, "bits");
    await writeFile(flagged, "bits LTOPostLink bits");
    const told = (after: string): Promise<boolean> =>
      addsLtoPostLink(profile, {
        mode: "thin",
        rustcStages: { m: { [stageBefore(PIPELINES.thin.optimized, PIPELINES.thin) ?? ""]: before, [PIPELINES.thin.optimized]: after } },
      } as unknown as UnitManifest);
    assert.equal(await told(plain), false);
    assert.equal(await told(flagged), true);
    assert.equal(await told(join(folder, "gone")), profile.addsLtoPostLink);
    assert.equal(await addsLtoPostLink(toolchainProfile("1.83.0"), null), true);
  });
});

describe("--out", () => {
  it("is never one of rustc's session directories", async () => {
    const session = join(folder, "s-abc-def-ghi");
    await assert.rejects(prepareOut(session), (error) => isLtoError(error, "Usage"));
    const disguised = await mkdtemp(join(folder, "plain-"));
    await writeFile(join(disguised, "work-products.bin"), "");
    await assert.rejects(prepareOut(disguised), LtoError);
  });
});

describe("a verification", () => {
  const counts = { identical: 5, sameText: 0, different: 0, absent: 0, reusedByRustc: 1 };
  const report: VerifyReport = {
    schema: 1,
    command: "verify",
    unit: { id: "a@1", name: "a", crateTypes: ["bin"], profile: "release", mode: "thin" },
    llvm: { path: "", version: "", revision: "", matchesProducer: true },
    stages: { "thin-lto-input": counts },
    keys: { equal: 1, different: 0 },
    decisions: { equal: 1, different: 0, reused: 0, recompiled: 1, exercised: false },
    preservedSymbols: { rustc: 2, ours: 2 },
    different: [],
    warnings: [],
  };

  it("results in `verified` only if every stage is identical to rustc's", () => {
    const stages = (changed: Partial<StageCounts>): VerifyReport["stages"] => ({ "thin-lto-input": { ...counts, ...changed } });
    const cases: readonly (readonly [Partial<VerifyReport>, VerificationOutcome])[] = [
      [{}, "verified"],
      [{ stages: stages({ sameText: 3 }) }, "same text"],
      [{ llvm: { ...report.llvm, matchesProducer: false } }, "same text"],
      [{ stages: stages({ identical: 0, reusedByRustc: 2 }) }, "nothing compared"],
      [{ stages: stages({ different: 1 }) }, "differs"],
      [{ stages: stages({ absent: 1 }) }, "differs"],
      [{ keys: { equal: 0, different: 1 } }, "differs"],
      [{ decisions: { ...report.decisions, different: 1 } }, "differs"],
      [{ preservedSymbols: { rustc: 3, ours: 2 } }, "differs"],
      [{ preservedSymbols: { rustc: null, ours: 2 } }, "verified"],
      [{ preservedSymbols: { rustc: 3, ours: 2, withoutEffect: 1 } }, "verified"],
      [{ different: [{ module: "m", stage: "module", why: "missing" }] }, "differs"],
    ];
    for (const [changed, outcome] of cases) assert.equal(outcomeOf({ ...report, ...changed }), outcome, JSON.stringify(changed));
  });

  it("says where texts differ first", () => {
    assert.match(whereDifferent("a\nb\nc", "a\nx\nc"), /^line 2 .*`b`.*`x`/);
    assert.match(whereDifferent("a\nb", "a"), /^line 2 .*`b`.*`\(end\)`/);
  });

  it("distinguishes phi instructions with operands in another order from everything else", () => {
    const phi = (operands: string): string => `a\n  %1 = phi i64 ${operands}, !dbg !3\nb`;
    assert.equal(phisInOtherOrder(phi("[ 1, %2 ], [ %x, %3 ]"), phi("[ %x, %3 ], [ 1, %2 ]")), 1);
    assert.equal(phisInOtherOrder(phi("[ 1, %2 ], [ %x, %3 ]"), phi("[ %x, %2 ], [ 1, %3 ]")), undefined);
    assert.equal(phisInOtherOrder(phi("[ 1, %2 ]"), `${phi("[ 1, %2 ]")}\nc`), undefined);
    assert.equal(phisInOtherOrder("a\nb", "a\nc"), undefined);
  });
});
