/** The store and the command line: contents are checked when read, and damaged ones are made again. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { DiffReport, FindReport, ShowReport } from "../../src/protocol/ir.js";
import type { StoreReport } from "../../src/protocol/reports.js";
import type { RunReport, VerifyReport } from "../../src/protocol/runs.js";
import { skipWithoutRust, TestCli } from "../support/cli.js";
import { BARE_THIN, copyCaptures } from "../support/shared-captures.js";

/** Every file below a folder, with its content. */
async function contents(folder: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.sort().map(async (file) => [file, await readFile(file)] as const)));
}

/** Writes a new file of the same name, because captures share files. */
async function flip(file: string, content: Buffer): Promise<void> {
  const other = Buffer.from(content);
  const middle = Math.floor(other.length / 2);
  other[middle] = (other[middle] ?? 0) ^ 1;
  await rm(file, { force: true });
  await writeFile(file, other);
}

/** The id of a file's blob. */
function idOf(file: string): string {
  return basename(dirname(file)) + basename(file, ".bc");
}

/** Answers like exFAT and many network mounts. */
const NO_LINKS = `#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
int link(const char *a, const char *b) { errno = EPERM; return -1; }
int linkat(int a, const char *b, int c, const char *d, int e) { errno = EPERM; return -1; }
#define OPEN(name) int name(const char *p, int f, ...) { va_list v; va_start(v, f); int m = va_arg(v, int); va_end(v); \\
  if ((f & O_TMPFILE) == O_TMPFILE) { errno = EOPNOTSUPP; return -1; } \\
  static int (*r)(const char *, int, ...); if (!r) r = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name); return r(p, f, m); }
OPEN(open) OPEN(open64)
`;

describe("the store", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let cli: TestCli;
  let unit = "";
  let workspace = "";
  let blobs = "";
  /** rustc re-used it and left none of its stages. */
  let module = "";
  let intact = new Map<string, Buffer>();

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-store-"));
    cli = new TestCli(join(scratch, "store"));
    blobs = join(cli.store, "blobs");
    ({ unit, workspace } = await copyCaptures(BARE_THIN, cli.store));
    const { modules } = await cli.report<RunReport>(["thin", unit]);
    const changed = modules.find(({ verdict, stages }) => verdict === "re-used" && stages[0]?.instructions !== stages.at(-1)?.instructions);
    module = changed?.name ?? assert.fail("no module that was re-used is changed by LTO");
    intact = await contents(blobs);
  });

  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  /** Damages every blob, in one of three ways. */
  const damageAll = async (how: "flip" | "cut" | "empty"): Promise<void> => {
    for (const [file, content] of intact) {
      if (how === "flip") await flip(file, content);
      else await truncate(file, how === "cut" ? content.length - 1 : 0);
    }
  };

  /** All stages, and all objects. */
  const makeAgain = async (): Promise<void> => {
    await cli.report<RunReport>(["thin", unit]);
    await cli.report<VerifyReport>(["verify", unit]);
  };

  const unharmed = async (files: readonly string[]): Promise<void> => {
    assert.ok(files.length > 0);
    for (const file of files) assert.deepEqual(await readFile(file), intact.get(file), file);
  };

  for (const how of ["flip", "cut", "empty"] as const) {
    it(`thin makes damaged stages (${how}) again, and says so`, async () => {
      await damageAll(how);
      const report = await cli.report<RunReport>(["thin", unit]);
      assert.ok(report.modules.every(({ fromStore, verdict }) => !fromStore && verdict !== "failed"));
      assert.equal(report.warnings.filter((text) => text.includes("stored stage was damaged")).length, intact.size);
      assert.deepEqual(await contents(blobs), intact);
      const again = await cli.report<RunReport>(["thin", unit]);
      assert.ok(again.modules.every(({ fromStore }) => fromStore));
      assert.deepEqual(again.warnings, []);
    });
  }

  it("show, diff and find never show damaged stages", async () => {
    const show = ["show", unit, module, "--stage", "import"];
    const diff = ["diff", unit, module, "input", "pm"];
    const find = ["find", unit, "scale", "--stage", "internalize"];
    const [text, changes, hits] = [
      (await cli.report<ShowReport>(show)).text,
      await cli.report<DiffReport>(diff),
      (await cli.report<FindReport>(find)).hits,
    ];
    await damageAll("flip");
    const shown = await cli.run(show);
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stderr, /warning: A stored stage was damaged on disk and is made again: /);
    const report = await cli.report<ShowReport>(show);
    assert.equal(report.text, text);
    await unharmed([report.stage.file]);
    await damageAll("flip");
    const compared = await cli.report<DiffReport>(diff);
    assert.deepEqual(compared, changes);
    await unharmed([compared.from.file, compared.to.file]);
    await damageAll("flip");
    assert.deepEqual((await cli.report<FindReport>(find)).hits, hits);
  });

  it("verify compares undamaged stages", async () => {
    await damageAll("flip");
    const report = await cli.report<VerifyReport>(["verify", unit]);
    assert.deepEqual(report.different, []);
    // It also makes objects; it needs no stages of modules that rustc re-used.
    await makeAgain();
    intact = await contents(blobs);
  });

  it("verify makes damaged objects again", async () => {
    await damageAll("flip");
    const report = await cli.report<VerifyReport>(["verify", unit]);
    assert.deepEqual([report.different, report.objects?.different], [[], 0]);
    await makeAgain();
    assert.deepEqual(await contents(blobs), intact);
  });

  it("--check finds no problems in an intact store", async () => {
    await damageAll("flip");
    await makeAgain();
    const { check } = await cli.report<StoreReport>(["store", "--check"]);
    assert.ok(check !== null);
    assert.deepEqual(check.problems, []);
    assert.equal(check.checked.blobs, intact.size);
    assert.equal(check.checked.captures, 2);
    assert.ok(check.checked.records > 0 && check.checked.runs > 0);
  });

  it("--check names everything that is damaged, missing or stray and changes nothing; --repair removes what can be made again", async () => {
    const [[blob, content], [gone]] = [[...intact][0] ?? assert.fail(), [...intact][1] ?? assert.fail()];
    const capture = join(cli.store, "captures", unit, "2");
    const inputs = (await readdir(join(capture, "inputs"))).map((name) => join(capture, "inputs", name));
    const [input = "", lost = ""] = inputs;
    const [recordFile, recordText] =
      [...(await contents(join(cli.store, "stages")))].find(([, text]) => !text.includes(idOf(gone))) ?? assert.fail();
    const before = await readFile(input);
    const lostContent = await readFile(lost);
    await flip(blob, content);
    await rm(gone);
    await flip(recordFile, recordText);
    await flip(input, before);
    await rm(lost);
    await symlink("/etc", join(blobs, "link"));
    const checked = await cli.run(["store", "--check"]);
    assert.equal(checked.code, 1, checked.stderr);
    const { check } = await cli.report<StoreReport>(["store", "--check"], 1);
    assert.ok(check !== null);
    const found = (kind: string): string[] =>
      [...new Set(check.problems.filter((one) => one.kind === kind).map(({ file }) => file))].sort();
    assert.deepEqual(found("damaged"), [blob, recordFile, input].sort());
    assert.ok(found("missing").includes(lost));
    assert.ok(check.problems.some(({ kind, part, why }) => kind === "missing" && part === "stages" && why.includes(gone)));
    assert.deepEqual(found("stray"), [join(blobs, "link")]);
    for (const { file } of check.problems.slice(0, 50)) assert.ok(checked.stdout.includes(file), file);
    const repaired = await cli.report<StoreReport>(["store", "--check", "--repair"], 1);
    assert.ok(
      repaired.check?.problems.every(
        ({ part, kind, repaired: is }) => is === ((part === "blobs" || part === "stages") && kind !== "stray"),
      ),
    );
    await rm(join(blobs, "link"));
    await writeFile(input, before);
    await writeFile(lost, lostContent);
    assert.deepEqual((await cli.report<StoreReport>(["store", "--check"])).check?.problems, []);
    await makeAgain();
    assert.deepEqual(await contents(blobs), intact);
  });

  it("names an input of a capture that has changed, even if LLVM can read it", async () => {
    const inputs = join(cli.store, "captures", unit, "2", "inputs");
    const rlib = (await readdir(inputs)).find((name) => name.endsWith(".rlib")) ?? assert.fail("there is no rlib");
    const before = await readFile(join(inputs, rlib));
    // Changes the time of the first member, which LTO ignores.
    const other = Buffer.from(before);
    other.write("7", "!<arch>\n".length + 16);
    await rm(join(inputs, rlib));
    await writeFile(join(inputs, rlib), other);
    const { warnings } = await cli.report<RunReport>(["thin", unit]);
    assert.ok(
      warnings.some((text) => text.startsWith("DAMAGED: ") && text.includes(rlib) && text.includes("run `lto-inspector capture` in /")),
      warnings.join("\n"),
    );
    await writeFile(join(inputs, rlib), before);
    assert.deepEqual((await cli.report<RunReport>(["thin", unit])).warnings, []);
  });

  it("pruning during a run removes nothing of the run", async () => {
    const state = { running: true };
    const pruning = (async () => {
      let removed = 0;
      while (state.running) {
        const { pruned } = await cli.report<StoreReport>(["store", "--prune"], 0, { env: { LTO_INSPECTOR_STORE_QUOTA: "1" } });
        removed += pruned?.blobs ?? 0;
      }
      return removed;
    })();
    for (const level of ["0", "1", "2", "3", "s", "z"]) {
      const { modules } = await cli.report<RunReport>(["thin", unit, "--opt-level", level]);
      assert.ok(modules.every(({ verdict, stages }) => verdict !== "failed" && stages.length > 0));
    }
    state.running = false;
    await pruning;
    assert.deepEqual((await cli.report<StoreReport>(["store", "--check"])).check?.problems, []);
  });

  it(
    "works without hard links and O_TMPFILE",
    { skip: spawnSync("cc", ["--version"]).status !== 0 && "there is no C compiler" },
    async () => {
      const [source, library] = [join(scratch, "nolink.c"), join(scratch, "nolink.so")];
      await writeFile(source, NO_LINKS);
      assert.equal(spawnSync("cc", ["-shared", "-fPIC", "-o", library, source]).status, 0);
      const without = new TestCli(join(scratch, "other-store"));
      const env = { LD_PRELOAD: library };
      const captured = await without.run(["capture", workspace], { env });
      assert.equal(captured.code, 0, captured.stderr);
      const id = captured.stdout.trim().split("\n").at(-1) ?? "";
      const report = await without.report<VerifyReport>(["verify", id], 0, { env });
      assert.deepEqual(report.different, []);
      const again = await without.report<RunReport>(["thin", id], 0, { env });
      assert.equal(again.fidelity, "verified");
      assert.deepEqual((await without.report<StoreReport>(["store", "--check", "--prune"], 0, { env })).check?.problems, []);
    },
  );

  it("a damaged record counts as missing", async () => {
    await cli.report<RunReport>(["thin", unit]);
    for (const [file, content] of await contents(join(cli.store, "stages"))) {
      // Still JSON, but with a wrong number of instructions.
      const text = content.toString("utf8");
      const changed = text.replace(/"instructions": (\d+)/, (_, digits: string) => `"instructions": ${Number(digits) + 1}`);
      assert.notEqual(changed, text);
      await writeFile(file, changed);
    }
    const report = await cli.report<RunReport>(["thin", unit]);
    assert.ok(report.modules.every(({ fromStore }) => !fromStore));
    assert.ok((await cli.report<RunReport>(["thin", unit])).modules.every(({ fromStore }) => fromStore));
  });
});
