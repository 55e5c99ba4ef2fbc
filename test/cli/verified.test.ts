/** Verification of damaged captures: it continues to the end, names and counts the damaged file, and compares everything else. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  appendFile,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { noteLinkLine } from "../../src/core/machine/own-notes.js";
import { addonOf, seriesOf } from "../../src/core/machine/llvm-series.js";
import { THIN_STAGES, type Stage } from "../../src/protocol/stages.js";
import type { LinkReport, RunReport, StageCounts, VerifyReport } from "../../src/protocol/runs.js";
import type { UnitManifest } from "../../src/protocol/units.js";
import { stageSum } from "../../src/protocol/verification.js";
import { skipWithoutRust, TestCli, validate } from "../support/cli.js";
import { BARE_DEMO, editedDemo, layOut } from "../support/programs.js";
import { BARE_THIN, copyCaptures } from "../support/shared-captures.js";

/** Inverts some bytes in the middle of a file. */
async function flip(file: string): Promise<void> {
  const handle = await open(file, "r+");
  const { size } = await handle.stat();
  const at = Math.floor(size / 2);
  const bytes = Buffer.alloc(64);
  const { bytesRead } = await handle.read(bytes, 0, 64, at);
  await handle.write(bytes.map((byte) => byte ^ 0xff).subarray(0, bytesRead), 0, bytesRead, at);
  await handle.close();
}

async function inPlaceOf(file: string, make: () => unknown): Promise<void> {
  await rm(file);
  await make();
}

describe("verification of a damaged capture", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let cli: TestCli;
  let unit = "";
  let manifest: UnitManifest;
  let whole: VerifyReport;
  let copies = 1;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-damage-"));
    cli = new TestCli(join(scratch, "store"));
    ({ unit } = await copyCaptures(BARE_THIN, cli.store, 1));
    manifest = await manifestIn(folderOf(1));
    // Another test file may have made the capture, with notes of its own.
    if (manifest.link !== undefined) await noteLinkLine(manifest.link);
    whole = await cli.report<VerifyReport>(["verify", unit]);
    assert.ok(stageSum(whole, "identical") > 0);
    assert.deepEqual(whole.objects, { identical: Object.keys(manifest.rustcObjects ?? {}).length, different: 0, absent: 0 });
  });
  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  const folderOf = (capture: number): string => join(cli.store, "captures", unit, String(capture));
  const manifestIn = async (folder: string): Promise<UnitManifest> =>
    JSON.parse(await readFile(join(folder, "manifest.json"), "utf8")) as UnitManifest;

  /** A copy of the capture to damage; the original stays intact. */
  const copy = async (changed: Partial<UnitManifest> = {}): Promise<{ readonly ref: string; readonly folder: string }> => {
    copies += 1;
    const folder = folderOf(copies);
    await cp(folderOf(1), folder, { recursive: true });
    await writeFile(join(folder, "manifest.json"), JSON.stringify({ ...manifest, ...changed, capture: copies }));
    return { ref: `${unit}@${copies}`, folder };
  };

  const local = (part: string): string =>
    manifest.localModules.find(({ name, origin }) => origin === "local" && name.includes(part))?.name ?? assert.fail(part);
  const someModule = (): string => Object.keys(manifest.rustcStages).find((name) => name === local("")) ?? assert.fail("no module");
  const sums = (report: VerifyReport): Record<keyof StageCounts, number> => ({
    identical: stageSum(report, "identical"),
    sameText: stageSum(report, "sameText"),
    different: stageSum(report, "different"),
    absent: stageSum(report, "absent"),
    reusedByRustc: stageSum(report, "reusedByRustc"),
  });

  const damages: readonly {
    readonly what: string;
    readonly stage: Stage;
    readonly damage: (file: string) => Promise<unknown>;
    readonly counted: "different" | "absent";
    readonly why: RegExp;
  }[] = [
    { what: "cut short", stage: "thin-lto-after-pm", damage: (file) => truncate(file, 1000), counted: "different", why: /cannot be read/ },
    { what: "emptied", stage: "thin-lto-input", damage: (file) => truncate(file, 0), counted: "different", why: /is empty/ },
    { what: "missing", stage: "thin-lto-after-import", damage: (file) => rm(file), counted: "absent", why: /missing/ },
    {
      what: "a folder",
      stage: "thin-lto-after-pm",
      damage: (file) => inPlaceOf(file, () => mkdir(file)),
      counted: "different",
      why: /regular/,
    },
    {
      what: "a FIFO",
      stage: "thin-lto-after-rename",
      damage: (file) => inPlaceOf(file, () => spawnSync("mkfifo", [file])),
      counted: "different",
      why: /regular/,
    },
    { what: "with flipped bits", stage: "thin-lto-after-resolve", damage: flip, counted: "different", why: /./ },
    {
      what: "of text",
      stage: "thin-lto-after-internalize",
      damage: (file) => writeFile(file, "; no bitcode at all\n"),
      counted: "different",
      why: /not bitcode/,
    },
  ];
  for (const { what, stage, damage, counted, why } of damages) {
    it(`one of rustc's files is ${what}`, async () => {
      const { ref, folder } = await copy();
      const module = someModule();
      const file = join(folder, manifest.rustcStages[module]?.[stage] ?? assert.fail("no file"));
      await damage(file);
      const report = await cli.report<VerifyReport>(["verify", ref], 1);
      assert.deepEqual(sums(report), { ...sums(whole), identical: sums(whole).identical - 1, [counted]: 1 });
      assert.deepEqual([report.keys, report.decisions], [whole.keys, whole.decisions]);
      assert.equal(report.stages[stage]?.[counted], 1);
      assert.deepEqual(
        report.different.map((one) => [one.module, one.stage]),
        [[module, stage]],
      );
      assert.match(report.different[0]?.why ?? "", why);
      assert.ok(counted === "absent" || what === "with other bits" || report.different[0]?.why.includes(file), report.different[0]?.why);
    });
  }

  for (const { what, damage, why } of [
    { what: "has other bits", damage: flip, why: /\.\w+: .*(?:differs? |bytes instead|only ours)/ },
    { what: "is text", damage: (file: string) => writeFile(file, "no object\n"), why: /object file/ },
    { what: "is missing", damage: (file: string) => rm(file), why: /missing|No such file/ },
  ]) {
    it(`one of rustc's objects ${what}`, async () => {
      const { ref, folder } = await copy();
      const module = someModule();
      const file = join(folder, manifest.rustcObjects?.[module]?.file ?? assert.fail("no object"));
      await damage(file);
      const report = await cli.report<VerifyReport>(["verify", ref], 1);
      assert.deepEqual([sums(report), report.keys, report.decisions], [sums(whole), whole.keys, whole.decisions]);
      const identical = (whole.objects?.identical ?? 0) - 1;
      assert.deepEqual(report.objects, { identical, different: 1, absent: 0 });
      assert.deepEqual(
        report.different.map((one) => [one.module, one.stage]),
        [[module, "object"]],
      );
      assert.match(report.different[0]?.why ?? "", why);
    });
  }

  it("the output: linked again it is the build's, and where it differs, the section is named", async () => {
    assert.deepEqual(whole.binary, { identical: true, differs: [] });
    const kept = join(scratch, "linked");
    const linked = await cli.report<LinkReport>(["link", unit, "-o", kept]);
    assert.deepEqual([linked.identical, linked.differs, linked.output], [true, [], kept]);
    await validate("link", linked);
    const output = join(folderOf(1), manifest.link?.output ?? assert.fail("no output"));
    assert.deepEqual(await readFile(kept), await readFile(output));
    assert.match((await cli.error(["link", unit, "-o", kept], 2)).message, /replaces no file/);
    const way = join(scratch, "way");
    await symlink(join(scratch, "not-there"), way);
    assert.match((await cli.error(["link", unit, "-o", way], 2)).message, /replaces no file/);

    const { ref, folder } = await copy();
    await flip(join(folder, manifest.link?.output ?? ""));
    const report = await cli.report<VerifyReport>(["verify", ref], 1);
    assert.equal(report.binary?.identical, false);
    assert.deepEqual([sums(report), report.objects], [sums(whole), whole.objects]);
    assert.deepEqual(
      report.different.map(({ module, stage }) => [module, stage]),
      [["", "binary"]],
    );
    assert.equal((await cli.report<LinkReport>(["link", ref], 1)).identical, false);

    await rm(join(folder, manifest.link?.output ?? ""));
    const lost = await cli.report<VerifyReport>(["verify", ref], 1);
    assert.deepEqual([sums(lost), lost.objects, lost.binary?.identical], [sums(whole), whole.objects, false]);
    assert.match(lost.different[0]?.why ?? "", /the build's output is missing/);
  });

  it("the reason that a capture has no link line is said", async () => {
    const { ref, folder } = await copy();
    const noLinkBecause = "`-Wl,-Map=m` makes the linker write another file, which linking again would replace";
    await writeFile(join(folder, "manifest.json"), JSON.stringify({ ...(await manifestIn(folder)), link: undefined, noLinkBecause }));
    assert.ok((await cli.error(["link", ref], 3)).message.includes(noLinkBecause));
    const { binary, warnings } = await cli.report<VerifyReport>(["verify", ref]);
    assert.deepEqual(binary, { identical: null, differs: [] });
    assert.ok(
      warnings.some((warning) => warning.includes(noLinkBecause)),
      warnings.join(),
    );
  });

  it("a linker that none of our captures ran is not run", async () => {
    const link = manifest.link ?? assert.fail("no link line");
    const ran = join(scratch, "ran");
    for (const changed of [
      { ...link, program: ran },
      { ...link, words: [...link.words, `-B${scratch}`] },
      { ...link, words: [...link.words, { file: "link/output/script", before: "" } as const] },
      { ...link, environment: { LD_PRELOAD: ran } },
    ]) {
      const { ref } = await copy({ link: changed });
      assert.match((await cli.error(["link", ref], 3)).message, /is not run/);
      assert.deepEqual((await cli.report<VerifyReport>(["verify", ref])).binary, { identical: null, differs: [] });
    }
  });

  it("a capture of an earlier version has no objects: the rest is verified, and a warning says so", async () => {
    const { ref, folder } = await copy();
    await writeFile(join(folder, "manifest.json"), JSON.stringify({ ...(await manifestIn(folder)), rustcObjects: undefined }));
    const report = await cli.report<VerifyReport>(["verify", ref]);
    assert.equal(report.objects, undefined);
    assert.ok(report.warnings.some((warning) => warning.startsWith("Objects are not compared")));
    const { message, help } = await cli.error(["link", ref], 3);
    assert.match(message, /cannot be linked again: .*earlier version/);
    assert.match(help ?? "", /Capture/);
  });

  it("a DWARF object that rustc split off is missing: it counts as absent", async () => {
    const split = new TestCli(join(scratch, "split"));
    const folder = await layOut(BARE_DEMO, join(scratch, "split-demo"));
    const env = { CARGO_PROFILE_RELEASE_DEBUG: "2", CARGO_PROFILE_RELEASE_SPLIT_DEBUGINFO: "unpacked" };
    const captured = await split.run(["capture", folder], { env });
    assert.equal(captured.code, 0, captured.stderr);
    const id = captured.stdout.trim().split("\n").at(-1) ?? "";
    const whole = await split.report<VerifyReport>(["verify", id]);
    const at = join(split.store, "captures", id, "1");
    const { rustcObjects = {}, ...rest } = await manifestIn(at);
    const [[module, { dwarf, ...object }] = assert.fail()] = Object.entries(rustcObjects);
    assert.ok(dwarf !== undefined);
    await writeFile(join(at, "manifest.json"), JSON.stringify({ ...rest, rustcObjects: { ...rustcObjects, [module]: object } }));
    const report = await split.report<VerifyReport>(["verify", id], 1);
    assert.deepEqual(report.objects, { identical: (whole.objects?.identical ?? 0) - 1, different: 0, absent: 1 });
    assert.deepEqual(
      report.different.map((one) => [one.module, one.stage]),
      [[module, "DWARF object"]],
    );
  });

  it("the same text in different bytes is not verified, and is reported", async () => {
    const { ref, folder } = await copy();
    const [module, stage] = [someModule(), "thin-lto-after-pm"] as const;
    const file = join(folder, manifest.rustcStages[module]?.[stage] ?? "");
    // Appended to the module's own bitcode, so that LLVM reads the same module.
    const content = await readFile(file);
    await writeFile(file, Buffer.concat([content, Buffer.alloc(4)]));
    const ended = await cli.run(["verify", ref]);
    assert.equal(ended.code, 1, ended.stdout);
    assert.doesNotMatch(ended.stdout, /VERIFIED/);
    const report = await cli.report<VerifyReport>(["verify", ref], 1);
    assert.equal(stageSum(report, "identical"), stageSum(whole, "identical") - 1);
    assert.deepEqual([report.different[0]?.module, report.different[0]?.stage], [module, stage]);
  });

  it("rustc's keys are damaged or missing: those of its log are compared", async () => {
    for (const damage of [(file: string) => rm(file), (file: string) => writeFile(file, "no keys\n")]) {
      const { ref, folder } = await copy();
      const file = join(folder, manifest.currentKeysFile ?? assert.fail("no keys"));
      await damage(file);
      const report = await cli.report<VerifyReport>(["verify", ref], 1);
      assert.deepEqual([sums(report), report.keys, report.decisions], [sums(whole), whole.keys, whole.decisions]);
      assert.deepEqual(
        report.different.map(({ stage, why }) => [stage, why.includes(file)]),
        [["keys", true]],
      );
    }
  });

  it("rustc's log is damaged or missing: the manifest's decisions are compared, and not presented as rustc's", async () => {
    for (const damage of [
      (file: string) => rm(file),
      (file: string) => truncate(file, 500),
      (file: string) => writeFile(file, "nothing\n"),
    ]) {
      const { ref, folder } = await copy();
      const file = join(folder, "rustc.log");
      await damage(file);
      const report = await cli.report<VerifyReport>(["verify", ref], 1);
      assert.deepEqual([sums(report), report.keys, report.decisions], [sums(whole), whole.keys, whole.decisions]);
      assert.deepEqual(
        report.different.map(({ stage, why }) => [stage, why.includes(file)]),
        [["log", true]],
      );
    }
  });

  it("an input is damaged: it and its dependents are named, and the rest is compared", async () => {
    const { ref, folder } = await copy();
    const module = local("");
    const input = manifest.localModules.find(({ name }) => name === module)?.file ?? "";
    const file = join(folder, input);
    await truncate(file, 2000);
    const report = await cli.report<VerifyReport>(["verify", ref], 1);
    const named = report.different.find(({ stage }) => stage === "input");
    assert.equal(named?.module, module);
    assert.ok(named.why.includes(file), named.why);
    for (const stage of THIN_STAGES) assert.ok((report.stages[stage]?.different ?? 0) >= 1, stage);
    assert.ok(stageSum(report, "identical") > 0, "the rest is compared");
    assert.equal(stageSum(report, "identical", "different"), stageSum(whole, "identical"));
  });

  it("an rlib is missing, and another one is a folder", async () => {
    const { ref, folder } = await copy();
    const rlib = manifest.upstream.find(({ file }) => file.includes("shapes"))?.file ?? assert.fail("no rlib");
    await inPlaceOf(join(folder, rlib), () => mkdir(join(folder, rlib)));
    const report = await cli.report<VerifyReport>(["verify", ref], 1);
    assert.ok(report.different.some(({ stage, why }) => stage === "input" && why.includes(rlib)));
  });

  it("LLVM crashes on one of rustc's files: the others are compared", async () => {
    // LLVM versions crash on different files, so these are full of damage: some crash the process and others do not.
    const { ref, folder } = await copy();
    const modules = Object.keys(manifest.rustcStages).slice(0, 4);
    for (const [index, module] of modules.entries()) {
      const file = join(folder, manifest.rustcStages[module]?.["thin-lto-after-pm"] ?? "");
      const content = await readFile(file);
      const bit = (index * 3) % 8;
      for (let at = 200 + bit * 37; at < content.length; at += 211) content[at] = (content[at] ?? 0) ^ (1 << bit);
      await writeFile(file, content);
    }
    const report = await cli.report<VerifyReport>(["verify", ref], 1);
    assert.equal(report.stages["thin-lto-after-pm"]?.different, modules.length);
    assert.equal(stageSum(report, "identical"), stageSum(whole, "identical") - modules.length);
  });

  describe("the mark", () => {
    const fidelity = async (ref: string, ...more: readonly string[]): Promise<string> =>
      (await cli.report<RunReport>(["thin", ref, "--analyze", ...more])).fidelity;
    const [verified, not] = ["verified", "same LLVM, not verified"];
    const mark = async (): Promise<string> => {
      const marks = (await readdir(join(cli.store, "verified"))).filter((name) => /^[0-9a-f]{64}\.json$/.test(name));
      assert.equal(marks.length, 1, marks.join());
      return join(cli.store, "verified", marks[0] ?? "");
    };
    beforeEach(async () => {
      await cli.report<VerifyReport>(["verify", `${unit}@1`]);
    });

    it("applies to the same content elsewhere, and to part of it, but not to other settings", async () => {
      const { ref } = await copy();
      assert.equal(await fidelity(ref), verified);
      const part = await cli.report<RunReport>(["thin", `${unit}@1`, "--only", someModule(), "--save-temps", "input"]);
      assert.equal(part.fidelity, verified);
      const session = join(scratch, "session");
      await mkdir(session);
      await copyFile(join(folderOf(1), manifest.currentKeysFile ?? ""), join(session, "thin-lto-past-keys.bin"));
      for (const [option, value] of [
        ["--opt-level", "1"],
        ["--llvm-arg", "-inline-threshold=3"],
        ["--preserve", "demo_entry"],
        ["--target-cpu", "x86-64-v3"],
        ["--session", session],
      ] as const) {
        const ended = await cli.run(["thin", ref, "--analyze", option, value, "--json", "-"]);
        assert.match(ended.stdout, /"fidelity": "same LLVM, not verified"/, option);
      }
    });

    it("does not apply if an input was edited and its old time restored, and nothing comes from the store for it", async () => {
      const { ref, folder } = await copy();
      const input = join(folder, manifest.localModules.find(({ name }) => name === local(""))?.file ?? "");
      await cli.report<RunReport>(["thin", ref]);
      const { atime, mtime } = await stat(input);
      await appendFile(input, Buffer.alloc(4));
      await utimes(input, atime, mtime);
      const report = await cli.report<RunReport>(["thin", ref]);
      assert.equal(report.fidelity, not);
      assert.equal(report.modules.find(({ name }) => name === local(""))?.fromStore, false);
    });

    it("does not apply if rustc's files, keys or decisions have changed since the comparison", async () => {
      const [stageFile, keysFile] = [manifest.rustcStages[someModule()]?.["thin-lto-after-pm"] ?? "", manifest.currentKeysFile ?? ""];
      const objectFile = manifest.rustcObjects?.[someModule()]?.file ?? "";
      for (const file of [stageFile, keysFile, objectFile, manifest.link?.output ?? ""]) {
        const { ref, folder } = await copy();
        const { atime, mtime } = await stat(join(folder, file));
        await flip(join(folder, file));
        await utimes(join(folder, file), atime, mtime);
        assert.equal(await fidelity(ref), not, file);
      }
      const { decisions, rustcObjects = {} } = manifest;
      assert.ok(decisions !== null);
      const [[one, first] = assert.fail(), [other, second] = assert.fail()] = Object.entries(rustcObjects);
      const swapped = await copy({ rustcObjects: { ...rustcObjects, [one]: second, [other]: first } });
      assert.equal(await fidelity(swapped.ref), not);
      const { ref } = await copy({ decisions: { ...decisions, verdicts: { ...decisions.verdicts, [someModule()]: "re-used" } } });
      assert.equal(await fidelity(ref), not);
    });

    it("does not apply to another build of the engine, which does not re-use this one's stages", async () => {
      const addon = join(scratch, "another.node");
      await cp(addonOf(seriesOf(manifest.toolchain.llvmVersion) ?? assert.fail()), addon);
      await appendFile(addon, "another build");
      const report = await cli.report<RunReport>(["thin", `${unit}@1`], 0, { env: { LTO_INSPECTOR_ADDON: addon } });
      assert.equal(report.fidelity, not);
      assert.ok(report.modules.every(({ fromStore }) => !fromStore));
    });

    it("is revoked by a failed verification, and stays revoked when the damage is undone", async () => {
      const stage = join(folderOf(1), manifest.rustcStages[someModule()]?.["thin-lto-after-pm"] ?? "");
      const input = join(folderOf(1), manifest.localModules.find(({ name }) => name === local(""))?.file ?? "");
      for (const file of [stage, input]) {
        assert.equal(await fidelity(`${unit}@1`), verified);
        const content = await readFile(file);
        await truncate(file, 100);
        await cli.report<VerifyReport>(["verify", `${unit}@1`], 1);
        await writeFile(file, content);
        assert.equal(await fidelity(`${unit}@1`), not, file);
        await cli.report<VerifyReport>(["verify", `${unit}@1`]);
      }
    });

    it("counts as missing if its file is half-written, edited, of another replay, or not a file", async () => {
      const file = await mark();
      const content = await readFile(file, "utf8");
      const other = content.replace(/"identity": "./, '"identity": "x');
      for (const damaged of [content.slice(0, content.length / 2), other, content.replace("@1", "@2"), "", "null", "{}"]) {
        await writeFile(file, damaged);
        assert.equal(await fidelity(`${unit}@1`), not, damaged);
      }
      await writeFile(file, content);
      assert.equal(await fidelity(`${unit}@1`), verified);
      await inPlaceOf(file, () => mkdir(file));
      assert.equal(await fidelity(`${unit}@1`), not);
      await rm(file, { recursive: true });
    });

    it("does not apply to a capture with the same number from other sources", async () => {
      const [store, folder] = [join(scratch, "again"), await layOut(BARE_DEMO, join(scratch, "again-demo"))];
      const again = new TestCli(store);
      const id = await again.capture(folder);
      await again.report<VerifyReport>(["verify", id]);
      await rm(join(store, "captures", id), { recursive: true });
      await layOut(editedDemo(5), folder);
      assert.equal(await again.capture(folder), id);
      assert.equal((await again.report<RunReport>(["thin", `${id}@1`, "--analyze"])).fidelity, not);
      // Marks of another store do not apply to it either.
      await cp(join(cli.store, "verified"), join(store, "verified"), { recursive: true });
      assert.equal((await again.report<RunReport>(["thin", `${id}@1`, "--analyze"])).fidelity, not);
    });
  });
});
