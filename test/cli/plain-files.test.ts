/** Runs on bitcode files without a capture, compared with LLVM's own tools. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { FindReport } from "../../src/protocol/ir.js";
import type { RunReport } from "../../src/protocol/runs.js";
import { TestCli } from "../support/cli.js";
import { externalDefinitions, runTool, skipWithout } from "../support/llvm-tools.js";

const TARGET = 'target datalayout = "e-m:e-i64:64-n32:64-S128"\ntarget triple = "x86_64-unknown-linux-gnu"\n';

const MODULES = {
  a: `declare i32 @dev_read(i32)
define i32 @app_entry(i32 %x) {
  %y = call i32 @dev_read(i32 %x)
  ret i32 %y
}`,
  b: `@llvm.used = appending global [1 x ptr] [ptr @kept], section "llvm.metadata"
module asm ".globl from_asm"
module asm "from_asm: jmp asm_target"
define i32 @dev_read(i32 %x) noinline {
  %y = mul i32 %x, %x
  ret i32 %y
}
define void @dev_unused() { ret void }
define void @kept() { ret void }
define void @asm_target() { ret void }
define weak_odr void @weak_unused() { ret void }`,
};

const HOOKS = {
  one: `define i32 @shared_hook() noinline { ret i32 1 }
define i32 @via_one() {
  %x = call i32 @shared_hook()
  ret i32 %x
}`,
  two: `define i32 @shared_hook() noinline { ret i32 2 }
declare i32 @via_one()
define i32 @small() { ret i32 7 }
define i32 @main() {
  %x = call i32 @via_one()
  ret i32 %x
}`,
};

/** llvm-lto2's resolution of every symbol: "l" is resolved, "p" prevails, "x" is visible outside LTO. */
const RESOLUTIONS = [
  ...["a.bc,app_entry,plx", "a.bc,dev_read,l", "b.bc,dev_read,pl", "b.bc,dev_unused,pl", "b.bc,kept,pl"],
  ...["b.bc,asm_target,pl", "b.bc,asm_target,l", "b.bc,weak_unused,pl", "b.bc,from_asm,pl"],
].flatMap((one) => ["-r", one]);

describe("plain files", { skip: skipWithout("opt-22", "llvm-lto2-22", "llvm-nm-22") }, () => {
  let scratch = "";
  let cli: TestCli;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-plain-"));
    cli = new TestCli(join(scratch, "store"));
    for (const [name, text] of Object.entries({ ...MODULES, ...HOOKS })) {
      await writeFile(join(scratch, `${name}.ll`), TARGET + text);
      runTool("opt-22", ["-thinlto-bc", "-O1", `${name}.ll`, "-o", `${name}.bc`], scratch);
    }
  });

  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  const run = (mode: "thin" | "fat", out: string, ...args: readonly string[]): Promise<RunReport> =>
    cli.report<RunReport>([mode, "a.bc", "b.bc", "--out", out, ...args], 0, { cwd: scratch });
  const left = (out: string, ...files: readonly string[]): string[] =>
    files.flatMap((file) => externalDefinitions(join(out, file), scratch)).sort();

  it("keep only what --preserve names and what is used outside IR, as in llvm-lto2", async () => {
    runTool("llvm-lto2-22", ["run", "a.bc", "b.bc", "-o", "linked", "-save-temps", ...RESOLUTIONS], scratch);
    const all = await run("thin", "all");
    const named = await run("thin", "named", "--preserve", "app_entry");
    const oracle = left(".", "linked.1.4.opt.bc", "linked.2.4.opt.bc");
    assert.deepEqual(left("named", "a.bc.thin-lto-after-pm.bc", "b.bc.thin-lto-after-pm.bc"), oracle);
    assert.ok(left("all", "b.bc.thin-lto-after-pm.bc").includes("dev_unused"));
    assert.deepEqual([all.settings.preservedSymbols > named.settings.preservedSymbols, named.settings.preservedSymbols], [true, 3]);
    assert.notDeepEqual(
      named.modules.map(({ key }) => key),
      all.modules.map(({ key }) => key),
      "what is preserved is part of a module's key",
    );
    // The stages after the keys do not come from the other run.
    const again = await run("thin", "again");
    assert.deepEqual(left("again", "b.bc.thin-lto-after-pm.bc"), left("all", "b.bc.thin-lto-after-pm.bc"));
    assert.deepEqual(again.warnings, all.warnings);
  });

  it("keep the same in fat LTO, and report symbols that no module defines", async () => {
    await writeFile(join(scratch, "keep.txt"), "# what starts it\r\napp_entry\r\nabsent\r\n");
    const report = await run("fat", "fat", "--preserve-file", "keep.txt");
    assert.deepEqual(left("fat", "a.bc.lto.after-restriction.bc"), ["app_entry", "asm_target", "from_asm", "kept"]);
    assert.ok(
      report.warnings.some((warning) => warning.includes("no module defines the symbol absent")),
      report.warnings.join("\n"),
    );
    await writeFile(join(scratch, "empty.txt"), "# nothing\n");
    const error = await cli.error(["thin", "a.bc", "--preserve-file", "empty.txt"], 2, { cwd: scratch });
    assert.match(error.message, /names no symbol/);
  });

  it("that define a symbol twice: the copy that does not prevail is not imported, and both are named", async () => {
    const found = (stage: string): Promise<FindReport> =>
      cli.report<FindReport>(["find", "hooks.a", "shared_hook", "--stage", stage], 0, { cwd: scratch });
    runTool("llvm-ar-22", ["rc", "hooks.a", "two.bc", "one.bc"], scratch);
    const roles = ({ hits }: FindReport): string[] => hits.map(({ role, module, prevailing }) => `${role} ${module} ${prevailing ?? "-"}`);
    const input = await found("input");
    assert.deepEqual(roles(input), ["defined two.bc -", "defined one.bc -"]);
    assert.deepEqual(input.multiplyDefined, [{ symbol: "shared_hook", modules: ["two.bc", "one.bc"], prevailing: null }]);
    for (const stage of ["resolve", "import"]) {
      const decided = await found(stage);
      assert.deepEqual(roles(decided), ["defined two.bc -", "available one.bc two.bc"], stage);
      assert.deepEqual(
        decided.multiplyDefined.map(({ prevailing }) => prevailing),
        ["two.bc"],
      );
    }
    const words = await cli.run(["find", "hooks.a", "shared_hook", "--module", "one", "--stage", "resolve"], { cwd: scratch });
    assert.match(words.stdout, /own copy, not emitted: the copy in two\.bc prevails/);
    const report = await cli.report<RunReport>(["thin", "hooks.a", "--analyze"], 0, { cwd: scratch });
    assert.match(report.warnings.join("\n"), /shared_hook is defined twice, in two\.bc and in one\.bc: the copy in two\.bc prevails/);
    const refused = await cli.run(["fat", "hooks.a"], { cwd: scratch });
    assert.match(refused.stdout + refused.stderr, /symbol multiply defined! two\.bc defines it, and so does one\.bc/);
  });

  it("define and use symbols in module-level assembly", async () => {
    const found = async (symbol: string): Promise<string[]> => {
      const { hits } = await cli.report<FindReport>(["find", "b.bc", symbol, "--stage", "input"], 0, { cwd: scratch });
      return hits.map(({ role, kind, usedBy }) => `${role} ${kind} by ${usedBy.join(" ")}`);
    };
    assert.deepEqual(await found("from_asm"), ["defined assembly by "]);
    assert.deepEqual(await found("asm_target"), ["defined function by module asm"]);
  });

  it("may be members with the same name, in two archives, in one, and in a thin archive", async () => {
    for (const [archive, flags, member] of [
      ["x.a", "rc", "one.bc"],
      ["y.a", "rcT", "two.bc"],
    ] as const) {
      runTool("cp", [member, "same.bc"], scratch);
      if (archive === "y.a") runTool("cp", ["two.bc", "kept.bc"], scratch);
      runTool("llvm-ar-22", [flags, archive, archive === "y.a" ? "kept.bc" : "same.bc"], scratch);
    }
    runTool("llvm-ar-22", ["rc", "z.a", "same.bc"], scratch);
    runTool("llvm-ar-22", ["q", "x.a", "same.bc"], scratch);
    const report = await cli.report<RunReport>(["thin", "x.a", "y.a", "z.a", "--analyze"], 0, { cwd: scratch });
    const [first = "", second = "", ...others] = report.modules.map(({ name }) => name);
    assert.deepEqual([first, ...others], ["x.a(same.bc)", "kept.bc", "z.a(same.bc)"]);
    assert.match(second, /^same\.bc at \d+$/);
  });
});

describe("objects of other compilers", { skip: skipWithout("clang-22", "llvm-ar-22") }, () => {
  let scratch = "";
  let cli: TestCli;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-objects-"));
    cli = new TestCli(join(scratch, "store"));
    await writeFile(join(scratch, "f.c"), "int g(int); int f(int x) { return g(x) + 1; }\n");
  });

  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  const compile = (object: string, ...flags: readonly string[]): string =>
    runTool("clang-22", ["-O1", ...flags, "-c", "f.c", "-o", object], scratch);
  const analyze = (object: string): Promise<RunReport> => cli.report<RunReport>(["thin", object, "--analyze"], 0, { cwd: scratch });

  it("differ from a linker's result, and the report says so", async () => {
    for (const [object, ...flags] of [
      ["thin.o", "-flto=thin"],
      ["objects.o", "-flto=thin", "-ffat-lto-objects"],
      ["full.o", "-flto"],
    ] as const) {
      compile(object, ...flags);
      const report = await analyze(object);
      assert.deepEqual(
        report.deviations.map(({ setting, used }) => [setting, used]),
        [["pipeline", "rustc's LTO"]],
        object,
      );
      assert.match(report.warnings.join("\n"), /not what the linker does/, object);
      assert.equal(report.warnings.join("\n").includes("compiled for full LTO"), object === "full.o", object);
    }
  });

  it("together with rustc's: the linker's LLVM counts, and targets that only differ in the vendor are linked", async () => {
    compile("thin.o", "-flto=thin");
    await writeFile(join(scratch, "g.rs"), '#[no_mangle] pub extern "C" fn g(x: i32) -> i32 { x * 2 }\n');
    runTool("rustc", ["-O", "--crate-type=lib", "--emit=llvm-bc", "-Clinker-plugin-lto", "g.rs", "-o", "g.bc"], scratch);
    const report = await cli.report<RunReport>(["thin", "thin.o", "g.bc", "--analyze"], 0, { cwd: scratch });
    const warnings = report.warnings.join("\n");
    if (!report.llvm.matchesProducer) assert.match(warnings, /In a linker's LTO neither of them matters: the linker uses its own LLVM/);
    assert.doesNotMatch(warnings, /OTHER LLVM|no linker accepts them|cannot be linked/);
    if (warnings.includes("different targets")) assert.match(warnings, /lld warns, and links them/);
  });

  it("are refused with help if they cannot be used", async () => {
    compile("split.o", "-flto=thin", "-fsplit-lto-unit", "-fvisibility=hidden", "-fwhole-program-vtables", "-x", "c++");
    const split = await cli.run(["thin", "split.o", "--analyze"], { cwd: scratch });
    if (split.code !== 0) assert.match(split.stderr, /split LTO unit[^]*-fno-split-lto-unit/);
    compile("plain.o");
    assert.match((await cli.error(["thin", "plain.o"], 3, { cwd: scratch })).message, /no section \.llvmbc/);
  });

  it("from GCC are named as such", { skip: skipWithout("gcc") }, async () => {
    runTool("gcc", ["-O1", "-flto", "-c", "f.c", "-o", "gcc.o"], scratch);
    const error = await cli.error(["thin", "gcc.o"], 3, { cwd: scratch });
    assert.match(`${error.message} ${error.help ?? ""}`, /GCC compiled it with -flto.*clang/);
  });
});
