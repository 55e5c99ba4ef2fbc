/** `asm` on a real build: what it prints is the machine code of rustc's objects, and two builds are compared. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { closeCore, createCore } from "../../src/core/engine/core-context.js";
import { functionsIn } from "../../src/core/explain/asm/find-functions.js";
import { makeWhole } from "../../src/core/explain/asm/read-assembly.js";
import { PRODUCERS } from "../../src/core/producers/registry.js";
import { openUnit } from "../../src/core/replay/open.js";
import { loadUnit } from "../../src/core/store/captures.js";
import type { AssemblyReport, FunctionAssembly } from "../../src/protocol/asm.js";
import { assembled } from "../support/assembled.js";
import { CALLS } from "../support/calls-program.js";
import { skipWithoutRust, TestCli } from "../support/cli.js";
import { BARE_THIN, copyCaptures, DEMO_FAT, type SharedBuild } from "../support/shared-captures.js";

/** Its crate `app` has line tables. */
const WITH_LINES: SharedBuild = { name: "calls", program: CALLS, captures: [{ options: [] }] };

describe("asm", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let cli: TestCli;
  let [lines, bare, fat] = ["", "", ""];

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-asm-"));
    cli = new TestCli(join(scratch, "store"));
    ({ unit: lines } = await copyCaptures(WITH_LINES, cli.store));
    ({ unit: bare } = await copyCaptures(BARE_THIN, cli.store));
    ({ unit: fat } = await copyCaptures(DEMO_FAT, cli.store));
  });
  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  const only = ({ functions }: AssemblyReport): FunctionAssembly => {
    assert.equal(functions.length, 1);
    return functions[0] ?? assert.fail();
  };

  // Before the store has all modules.
  it("is generated alone first, which gives the same, and then whole", async () => {
    const core = createCore({ storeRoot: cli.store });
    try {
      const source = PRODUCERS.sourceOf(await loadUnit(cli.store, lines));
      const open = await openUnit(core, source, { llvm: "auto", overrides: {}, keysFile: null });
      const alone: string[] = [];
      const shownAlone = (modules: readonly string[]): void => void alone.push(...modules);
      const ask = { function: "app::run", module: null, raw: false };
      const first = await functionsIn(core, open, ask, { shownAlone });
      assert.equal(alone.length, 1);
      assert.ok(first.functions.every(({ checked }) => checked.result === "equal"));
      await makeWhole(open, alone);
      assert.deepEqual((await functionsIn(core, open, ask, { shownAlone })).functions, first.functions);
      assert.equal(alone.length, 1);
      await open.close();
    } finally {
      await closeCore(core);
    }
  });

  it("is the machine code of rustc's object, function by function", async () => {
    const { equal, others } = await assembled(cli.store, lines);
    assert.deepEqual(others, []);
    assert.ok(equal > 100, `${equal} functions`);
  });

  it("is generated whole for the second question about a module, where nobody does so meanwhile", async () => {
    const core = createCore({ storeRoot: cli.store });
    try {
      const open = await openUnit(core, PRODUCERS.sourceOf(await loadUnit(cli.store, fat)), {
        llvm: "auto",
        overrides: {},
        keysFile: null,
      });
      const isAlone = async (name: string): Promise<boolean> => {
        let alone = false;
        const hooks = { wholeNext: true, shownAlone: () => void (alone = true) };
        await functionsIn(core, open, { function: name, module: null, raw: false }, hooks);
        return alone;
      };
      const asked = ["demo::other::twice", "demo::other::twice", "demo_entry", "demo::other::twice"];
      const found: boolean[] = [];
      for (const name of asked) found.push(await isAlone(name));
      assert.deepEqual(found, [true, true, false, false]);
      await open.close();
    } finally {
      await closeCore(core);
    }
  });

  it("has the places of instructions, and their source as it was built", async () => {
    const report = await cli.report<AssemblyReport>(["asm", lines, "app::run"]);
    const { name, checked, bytes, instructions, mix, lines: text } = only(report);
    assert.equal(name, "app::run");
    assert.deepEqual(checked, { result: "equal", with: "rustc", why: null });
    const code = text.filter((line) => /^\t[a-z]/.test(line.text));
    assert.ok(bytes !== null && bytes > 0);
    assert.equal(
      instructions,
      mix.reduce((sum, { count }) => sum + count, 0),
    );
    assert.equal(code.length, instructions);
    const places = code.flatMap(({ at }) => at ?? []);
    assert.ok(places.some(({ file }) => file.endsWith("/app/src/main.rs")));
    const source = (CALLS["app/src/main.rs"] ?? "").split("\n");
    const shown = report.sources.filter(({ file }) => file.endsWith("/app/src/main.rs"));
    assert.ok(shown.length > 0);
    for (const { line, text: written } of shown) assert.equal(written, source[line - 1]?.trim());
    assert.ok(!text.some((line) => line.text.includes(".cfi_")));
  });

  it("prints LLVM's own lines with --raw, and says what it is compared with", async () => {
    const { stdout, code } = await cli.run(["asm", lines, "app::run", "--raw"]);
    assert.equal(code, 0);
    assert.match(stdout, /\.cfi_startproc/);
    assert.match(stdout, /\.loc +\d+ \d+/);
    assert.match(stdout, /The same machine code as in rustc's object\./);
  });

  it("shows what differs from another build", async () => {
    const report = await cli.report<AssemblyReport>(["asm", bare, "other::twice", "--against", `${bare}@1`]);
    const [change, ...more] = report.against?.differences ?? [];
    assert.ok(change !== undefined && more.length === 0);
    assert.match(change.patch, /^-\t\w+/m);
    assert.match(change.patch, /^\+\t\w+/m);
    assert.ok(change.before !== null && change.after !== null);
    const same = await cli.report<AssemblyReport>(["asm", bare, "shapes::area", "--against", `${bare}@1`]);
    for (const { patch, before, after: later } of same.against?.differences ?? []) {
      assert.equal(patch, "");
      assert.deepEqual(before, later);
    }
  });

  it("shows fat LTO's module", async () => {
    const { checked } = only(await cli.report<AssemblyReport>(["asm", fat, "demo::other::twice"]));
    assert.equal(checked.result, "equal");
  });

  it("says that a function has no machine code", async () => {
    const { name, help } = await cli.error(["asm", lines, "no_such_function"], 3);
    assert.equal(name, "UnknownFunction");
    assert.match(help ?? "", /fate/);
  });
});
