/** `calls` on real builds: every function of the workspace has the reason that its source gives, and every check is equal. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { findMatrixToolchain } from "../../bench/verify-matrix/toolchains.js";
import type { SarifLog } from "../../src/core/explain/calls/sarif.js";
import type { CallRow, CallsReport, ImportRow } from "../../src/protocol/calls.js";
import type { IfChangedReport } from "../../src/protocol/explain.js";
import type { FateReport } from "../../src/protocol/fate.js";
import type { RemarksReport } from "../../src/protocol/remarks.js";
import { CALLS } from "../support/calls-program.js";
import { skipWithoutRust, TestCli } from "../support/cli.js";
import { layOut } from "../support/programs.js";
import { copyCaptures, DEMO_FAT, DEMO_LOCAL, DEMO_THIN, type SharedBuild } from "../support/shared-captures.js";

const BUILD: SharedBuild = { name: "calls", program: CALLS, captures: [{ options: [] }] };

/** The parts of a decision that the source determines. */
type Facts<T> = Partial<Pick<T, keyof T & ("verdict" | "reason" | "level" | "remark")>>;

/** What the program imports of a function, and why. */
const IMPORTS: Readonly<Record<string, Facts<ImportRow>>> = {
  // #[inline(never)]
  "lib::kept": { verdict: "refused", reason: "no-inline" },
  "rt::call": { verdict: "refused", reason: "no-inline" },
  "lib::large": { verdict: "refused", reason: "too-large", level: 0 },
  // Over a function that is imported itself.
  level_three: { verdict: "refused", reason: "too-large", level: 1 },
  small_extern: { verdict: "imported", reason: "within-limit" },
  "lib::featured": { verdict: "imported", reason: "within-limit" },
  "lib::recursive": { verdict: "imported", reason: "within-limit" },
  "lib::area_of": { verdict: "imported", reason: "within-limit" },
  "lib::level_one": { verdict: "imported", reason: "within-limit" },
  "lib::TABLE": { verdict: "imported", reason: "referenced" },
  // Of the C library.
  getppid: { verdict: "refused", reason: "no-bitcode" },
};

/** The calls in `app::run` by their line in main.rs: the callee, and what the inliner decides. */
const INLINED: Readonly<Record<number, readonly [string | null, Facts<CallRow>]>> = {
  11: ["lib::kept", { verdict: "not-inlined", remark: "NoDefinition" }],
  12: ["lib::large", { verdict: "not-inlined", remark: "NoDefinition" }],
  14: ["small_extern", { verdict: "inlined" }],
  19: ["lib::cold", { verdict: "not-inlined", remark: "TooCostly" }],
  20: ["lib::featured", { verdict: "not-inlined", remark: "NeverInline", reason: "conflicting attributes" }],
  21: ["lib::recursive", { verdict: "not-inlined", remark: "NeverInline", reason: "recursive" }],
  // Through a table of functions, and through a vtable.
  22: [null, { verdict: "not-inlined", remark: "Indirect" }],
  25: [null, { verdict: "not-inlined", remark: "Indirect" }],
  26: ["lib::area_of", { verdict: "inlined" }],
  28: ["lib::level_one", { verdict: "inlined" }],
  29: ["lib::foreign", { verdict: "inlined" }],
  30: ["rt::call", { verdict: "not-inlined", remark: "NoDefinition" }],
  // The body of an async function.
  31: ["app::twice", { verdict: "not-inlined", remark: "NeverInline", reason: "noinline function attribute" }],
};

/** The line of the loop in `app::squares`. */
const SQUARES_LOOP = (CALLS["app/src/main.rs"] ?? "").split("\n").findIndex((line) => line.includes("for value in values")) + 1;

/** Functions that rustc compiles into every crate that calls them, where they are inlined before LTO. */
const INLINED_BEFORE = ["lib::always", "lib::marked", "lib::generic", "lib::apply"];

function assertFacts<T extends object>(row: T | undefined, facts: Facts<T>, what: string): asserts row is T {
  assert.ok(row, what);
  for (const [name, value] of Object.entries(facts)) assert.equal(row[name as keyof T], value, `${what}: ${name}`);
}

function assertAllEqual({ checked, notAvailable }: CallsReport): void {
  assert.deepEqual(notAvailable, []);
  assert.ok(checked.code.equal > 0);
  assert.equal(checked.code.different, 0);
  assert.equal(checked.importLists.different, 0);
  assert.ok(checked.located.calls / checked.located.of > 0.99, `${checked.located.calls} of ${checked.located.of} calls are located`);
  assert.ok(checked.locatedRemarks.of > 0);
  assert.equal(checked.locatedRemarks.calls, checked.locatedRemarks.of, "every remark has a place");
}

describe("calls", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let cli: TestCli;
  let unit = "";
  let report: CallsReport;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-calls-"));
    cli = new TestCli(join(scratch, "store"));
    ({ unit } = await copyCaptures(BUILD, cli.store));
    report = await cli.report<CallsReport>(["calls", unit, "--check"]);
  });

  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  it("agrees with LLVM on every import, every refusal, and the code", () => {
    assertAllEqual(report);
    assert.equal(report.checked.failures?.different, 0);
    assert.ok(report.checked.failures.equal > 100);
  });

  it("has the reason for every import that the source gives", () => {
    const imports = report.imports.filter(({ importer }) => importer.startsWith("app"));
    for (const [callee, facts] of Object.entries(IMPORTS)) {
      assertFacts(
        imports.find((row) => row.callee === callee),
        facts,
        callee,
      );
    }
  });

  it("exports what was not inlined, not imported and imported in vain as SARIF", async () => {
    const file = join(scratch, "calls.sarif");
    const same = await cli.report<CallsReport>(["calls", unit, "--sarif", file]);
    assert.deepEqual(same.calls, report.calls);
    const log = JSON.parse(await readFile(file, "utf8")) as SarifLog;
    assert.equal(log.version, "2.1.0");
    const [{ tool, results, originalUriBaseIds }] = log.runs;
    const count = (prefix: string): number => results.filter(({ ruleId }) => ruleId.startsWith(prefix)).length;
    assert.equal(count("not-inlined/"), report.calls.filter(({ verdict }) => verdict === "not-inlined").length);
    assert.equal(count("not-imported/"), report.imports.filter(({ verdict }) => verdict === "refused").length);
    const fates = await cli.report<FateReport>(["fate", unit]);
    assert.equal(count("imported-in-vain"), fates.inVain.length);
    for (const { ruleId, ruleIndex, message, locations } of results) {
      assert.equal(tool.driver.rules[ruleIndex]?.id, ruleId);
      assert.doesNotMatch(message.text, /`/);
      assert.ok(locations[0].logicalLocations[0].fullyQualifiedName !== "");
    }
    assert.equal(new Set(tool.driver.rules.map(({ id }) => id)).size, tool.driver.rules.length);
    const tooCostly = tool.driver.rules.find(({ id }) => id === "not-inlined/TooCostly");
    assert.equal(tooCostly?.shortDescription.text, "A call was not inlined: it costs more than the inliner's threshold.");
    // #[inline(never)] of a dependency, and a call whose callee is too costly.
    assert.ok(results.some(({ ruleId, message }) => ruleId === "not-imported/no-inline" && message.text.includes("lib::kept")));
    const cold = results.find(({ ruleId, message }) => ruleId === "not-inlined/TooCostly" && message.text.includes("lib::cold"));
    const { artifactLocation, region } = cold?.locations[0].physicalLocation ?? assert.fail("the call has no place");
    assert.equal(region.startLine, 19);
    assert.match(artifactLocation.uri, /app\/src\/main\.rs$/);
    assert.ok(artifactLocation.uriBaseId === undefined || originalUriBaseIds?.[artifactLocation.uriBaseId]?.uri?.endsWith("/") === true);
  });

  it("names the calls over which a limit was lowered", () => {
    const row = report.imports.find(({ callee, importer }) => callee === "level_three" && importer.startsWith("app"));
    assert.deepEqual(
      row?.chain.map(({ caller, limit }) => [caller, limit]),
      [
        ["app::run", 100],
        ["lib::level_one", 70],
      ],
    );
  });

  it("has the verdict on every call at its line", () => {
    const calls = report.calls.filter(({ caller, inlinedAt }) => caller === "app::run" && inlinedAt.length === 0);
    for (const [line, [callee, facts]] of Object.entries(INLINED)) {
      const row = calls.find(({ at, callee: name }) => at?.line === Number(line) && name === callee);
      assertFacts(row, facts, `${callee ?? "a pointer"} at line ${line}`);
      assert.match(row.at?.file ?? "", /app\/src\/main\.rs$/);
    }
  });

  it("counts the calls of a function without a line table, and names the call over which it was inlined", () => {
    const row = report.calls.find(
      ({ caller, remark, inlinedAt }) => caller === "app::run" && remark === "Indirect" && inlinedAt.length > 0,
    );
    assert.deepEqual(row?.ordinal, { function: "lib::area_of", call: 1 });
    assert.equal(row.at, null);
    assert.deepEqual(
      row.inlinedAt.map((place) => [place.function, place.at?.line]),
      [["app::run", 26]],
    );
  });

  it("tells what was inlined before LTO, and into what", async () => {
    for (const name of INLINED_BEFORE) {
      const { inlinedBefore } = await cli.report<CallsReport>(["calls", unit, name, "--imports-only"]);
      assert.deepEqual(inlinedBefore, ["app::run"], name);
    }
  });

  it("names what uses a function that nothing calls: a table, or the module's assembly", async () => {
    const usersOf = async (name: string): Promise<string[]> => {
      const { uses } = await cli.report<CallsReport>(["calls", unit, name, "--imports-only"]);
      return uses.filter(({ role }) => role === "defined").flatMap(({ usedBy }) => usedBy);
    };
    assert.deepEqual(await usersOf("lib::pointed"), ["lib::TABLE"]);
    assert.deepEqual(await usersOf("rt_target"), ["module asm"]);
    const { uses } = await cli.report<CallsReport>(["calls", unit, "rt_trampoline", "--imports-only"]);
    assert.deepEqual(
      uses.map(({ kind, role }) => [kind, role]),
      [
        ["assembly", "defined"],
        ["function", "referenced"],
      ],
    );
  });

  it("says it in sentences, with what would change it", async () => {
    const { stdout, code } = await cli.run(["calls", unit, "level_three"]);
    assert.equal(code, 0);
    assert.match(
      stdout,
      /`level_three` was not imported into `app::run`'s unit \(app-cgu\.0\): \d+ instructions, the limit at level 1 is 70 \(100 → 70\) via `app::run` → `lib::level_one`\./,
    );
    assert.match(stdout, /help: The smallest limit that it fits into is `-C llvm-args=-import-instr-limit=\d+`/);
    const cold = await cli.run(["calls", unit, "lib::cold"]);
    assert.match(cold.stdout, /not inlined at \/\S*main\.rs:19:\d+: cost \d+ > threshold \d+ \(by \d+\)/);
  });

  it("gives a limit that does import the function", async () => {
    const refused = report.imports.find(({ callee, importer }) => callee === "level_three" && importer.startsWith("app"));
    const limit = /-import-instr-limit=\d+/.exec(refused?.help.join() ?? "")?.[0] ?? "";
    const args = ["calls", unit, "level_three", "--imports-only", "--llvm-arg", limit];
    const { imports } = await cli.report<CallsReport>(args);
    assert.equal(imports.find(({ importer }) => importer.startsWith("app"))?.verdict, "imported");
  });

  it("follows other thresholds, and says where LLVM follows other rules", async () => {
    const lower = ["--llvm-arg", "-import-instr-limit=30", "--llvm-arg", "-import-instr-evolution-factor=0.9"];
    const changed = await cli.report<CallsReport>(["calls", unit, "--imports-only", "--check", ...lower]);
    assert.equal(changed.limits?.instructions, 30);
    assert.equal(changed.checked.importLists.different, 0);
    assert.equal(changed.checked.failures?.different, 0);
    const forced = await cli.report<CallsReport>(["calls", unit, "--imports-only", "--llvm-arg", "-force-import-all"], 1);
    assert.ok(forced.checked.importLists.different > 0);
    assert.equal(forced.notAvailable.length, forced.checked.importLists.different);
  });

  it("keeps the decisions: a second look makes nothing", async () => {
    const again = await cli.report<CallsReport>(["calls", unit]);
    assert.deepEqual(again.calls, report.calls);
    const { stdout } = await cli.run(["store", "--check"]);
    assert.match(stdout, /no problems|0 problems|nothing is wrong/i);
  });

  it("explains one module", async () => {
    const one = await cli.report<CallsReport>(["calls", unit, "--module", "app-cgu.0"]);
    assert.ok(one.calls.length > 0);
    for (const { module } of one.calls) assert.match(module, /^app/);
    for (const { importer } of one.imports) assert.match(importer, /^app/);
  });

  it("prints what the other passes say, which the code after them shows", async () => {
    const vectorized = ["remarks", unit, "app::squares", "--pass", "loop-vectorize"];
    const { remarks, totals, notAvailable } = await cli.report<RemarksReport>([...vectorized, "--kind", "passed"]);
    assert.deepEqual(notAvailable, []);
    const [row] = remarks;
    assert.equal(remarks.length, 1);
    assert.equal(row?.name, "Vectorized");
    // The loop is written in the iterator of slices.
    const written = row.inlinedAt.at(-1);
    assert.equal(written?.function, "app::squares");
    assert.match(written.at?.file ?? "", /app\/src\/main\.rs$/);
    assert.equal(written.at?.line, SQUARES_LOOP);
    assert.deepEqual(totals, [{ pass: "loop-vectorize", name: "Vectorized", kind: "passed", remarks: row.times }]);
    const { stdout: code } = await cli.run(["show", unit, row.module, "--stage", "pm", "--function", row.symbol]);
    assert.match(code, /<\d+ x i32>/);
    const { stdout } = await cli.run(vectorized);
    assert.match(stdout, /passed {4}loop-vectorize: vectorized loop .* at .*main\.rs:/);
  });

  it("lists the passes that say something, where none has the name", async () => {
    const error = await cli.error(["remarks", unit, "--pass", "vectorize"], 3);
    assert.equal(error.name, "NothingToInspect");
    assert.match(error.help ?? "", /loop-vectorize/);
    const all = await cli.report<RemarksReport>(["remarks", unit]);
    assert.ok(all.totals.length > 5);
    assert.ok(all.remarks.every(({ pass }) => pass !== "inline"));
  });

  /** What an edit of a function costs is what `explain --if-changed` predicts, and the help of its decisions says so. */
  async function assertEdits(demo: string, { edits, imports, calls, checked }: CallsReport, isFat: boolean): Promise<void> {
    const helped = [...imports, ...calls].filter(({ help }) => help.some((one) => one.startsWith("An edit of ")));
    if (isFat) {
      assert.deepEqual([edits, helped], [[], []]);
      return;
    }
    const [edit = assert.fail("no decision names a function to edit")] = edits;
    const { ifChanged } = await cli.report<IfChangedReport>(["explain", demo, "--if-changed", edit.symbol]);
    assert.deepEqual(
      [edit.defining, edit.importing, edit.cacheable],
      [ifChanged?.itself.length, ifChanged?.importers.length, ifChanged?.cacheable],
    );
    assert.equal(edit.of, checked.importLists.equal);
    assert.ok(helped.length > 0);
    const { stdout } = await cli.run(["calls", demo, edit.symbol]);
    assert.match(
      stdout,
      /help: An edit of `\S+`'s body re-compiles \d+ of \d+ modules, (?:\d+|none) of which rustc could otherwise re-use: 1 that defines it(?: and \d+ that imports? from there)?\. This follows from the imports of this build; copies that an attribute adds are not counted\.$/m,
    );
  }

  it("explains thin LTO, thin-local LTO and fat LTO of the demo", async () => {
    for (const build of [DEMO_THIN, DEMO_LOCAL, DEMO_FAT]) {
      const { unit: demo } = await copyCaptures(build, cli.store);
      const explained = await cli.report<CallsReport>(["calls", demo, ...(build === DEMO_FAT ? [] : ["--check"])]);
      assertAllEqual(explained);
      assert.equal(explained.limits === null, build === DEMO_FAT);
      assert.equal(explained.checked.failures?.different ?? 0, 0);
      await assertEdits(demo, explained, build === DEMO_FAT);
      if (build !== DEMO_FAT) continue;
      const { functions, inVain } = await cli.report<FateReport>(["fate", demo]);
      assert.ok(functions.length > 0);
      assert.deepEqual(inVain, []);
    }
  });

  it("refuses a function that nothing knows", async () => {
    const error = await cli.error(["calls", unit, "no_such_function"], 3);
    assert.equal(error.name, "UnknownFunction");
    assert.match(error.help ?? "", /line tables/);
  });
});

describe("calls of an older LLVM", { skip: skipWithoutRust }, () => {
  it("agrees with LLVM 19 on imports, refusals and code", async (context) => {
    const toolchain = await findMatrixToolchain("debian-1.85");
    if (typeof toolchain === "string") {
      context.skip(toolchain);
      return;
    }
    const scratch = await mkdtemp(join(tmpdir(), "lto-inspector-calls-19-"));
    try {
      const cli = new TestCli(join(scratch, "store"));
      const workspace = await layOut(CALLS, join(scratch, "work"));
      const env = toolchain.environment;
      const { stdout, stderr } = await cli.run(["capture", workspace], { env });
      const unit = stdout.trim().split("\n").at(-1) ?? "";
      assert.notEqual(unit, "", stderr);
      const report = await cli.report<CallsReport>(["calls", unit, "--check"], 0, { env });
      assertAllEqual(report);
      assert.equal(report.checked.failures?.different, 0);
      const row = report.imports.find(({ callee, importer }) => callee === "lib::kept" && importer.startsWith("app"));
      assert.equal(row?.reason, "no-inline");
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  });
});
