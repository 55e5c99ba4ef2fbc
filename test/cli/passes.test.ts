/** `passes` and `profile` on a module whose functions raise one question each, answered also by LLVM's `opt -print-changed`. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { FunctionPassesReport, ModulePassesReport } from "../../src/protocol/passes.js";
import type { ProfileReport } from "../../src/protocol/profile.js";
import { explainPasses } from "../../src/core/explain/passes/explain-passes.js";
import type { PassesOptions } from "../../src/core/explain/passes/options.js";
import { closeCore, createCore, type CoreContext } from "../../src/core/engine/core-context.js";
import { PRODUCERS } from "../../src/core/producers/registry.js";
import { OpenUnits, type ReplayedBuild } from "../../src/core/replay/open-units.js";
import { TestCli } from "../support/cli.js";
import { runTool, skipWithout } from "../support/llvm-tools.js";
import { APP_IR, CONFIG_IR, PASS_QUESTIONS, QUESTIONS_IR, type PassQuestion } from "../support/pass-questions.js";

const ANY: PassesOptions = {
  ...{ module: "questions", function: null, pass: null, kind: null, changed: true, check: false, text: null, at: null, blame: false },
  ...{ filters: {}, demangle: false, against: null },
};

describe("passes", { skip: skipWithout("opt-22") }, () => {
  let scratch = "";
  let file = "";
  let cli: TestCli;
  let core: CoreContext;
  let units: OpenUnits;
  let build: ReplayedBuild;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-passes-"));
    cli = new TestCli(join(scratch, "store"));
    file = join(scratch, "questions.bc");
    for (const [name, text] of Object.entries({ questions: QUESTIONS_IR, app: APP_IR, config: CONFIG_IR })) {
      await writeFile(join(scratch, `${name}.ll`), text);
      runTool("opt-22", ["-thinlto-bc", `${name}.ll`, "-o", `${name}.bc`], scratch);
    }
    core = createCore({ storeRoot: cli.store });
    units = new OpenUnits(core);
    build = { source: PRODUCERS.filesSource({ paths: [file] }), llvm: "system", overrides: {} };
  });

  after(async () => {
    units.forget();
    await closeCore(core);
    await rm(scratch, { recursive: true, force: true });
  });

  const ofFunction = async (name: string, options: Partial<PassesOptions> = {}): Promise<FunctionPassesReport> => {
    const report = await explainPasses(units.use, build, { ...ANY, ...options, function: name });
    return report.function === null ? assert.fail() : report;
  };

  for (const { which, function: name, text, change, pass } of PASS_QUESTIONS) {
    it(`says which pass ${which}`, async () => {
      const { list } = await ofFunction(name, { text });
      const answers = list.filter(({ lines = { added: [], removed: [] } }) => {
        const more = Math.sign(lines.added.length - lines.removed.length);
        return more === { added: 1, moved: 0, removed: -1 }[change];
      });
      assert.equal(answers[0]?.pass, pass, JSON.stringify(list, null, 2));
    });
  }

  it("says which pass folded a load of another module's constant, which the import brought", async () => {
    const source = PRODUCERS.filesSource({ paths: [join(scratch, "app.bc"), join(scratch, "config.bc")] });
    const options = { ...ANY, module: "app", function: "limit", text: " load " };
    const report = await explainPasses(units.use, { ...build, source }, options);
    assert.ok(report.function !== null);
    assert.deepEqual(
      report.list.map(({ pass, lines }) => [pass, lines?.removed.length, lines?.added.length]),
      [["IPSCCPPass", 1, 0]],
    );
  });

  it("agrees with LLVM's own print of what passes change", () => {
    const changed = printedByOpt(scratch);
    for (const { which, function: name, text, change, pass, notPrinted } of PASS_QUESTIONS) {
      if (notPrinted !== true) assert.equal(firstWith(changed, name, text, change), pass, which);
    }
  });

  it("shows what a run changed, and which run made each line", async () => {
    const { list } = await ofFunction("promoted");
    const run = list.find(({ pass }) => pass === "PromotePass")?.run ?? assert.fail();
    const { at, blame } = await ofFunction("promoted", { at: run, blame: true });
    assert.equal(at?.pass, "PromotePass");
    assert.match(at.patch, /^-.*alloca i32/m);
    assert.ok(blame !== null);
    assert.equal(blame.find(({ line }) => line.includes(" phi "))?.run, run);
    assert.equal(blame.find(({ line }) => line.includes("call i32 @outside"))?.run, null);
    await assert.rejects(ofFunction("promoted", { at: run + 1 }), /did not change promoted/);
    await assert.rejects(ofFunction("nosuch"), /No pass ran on a function named nosuch/);
  });

  it("names the first pass that decided otherwise under another setting", async () => {
    const other = { build: { ...build, overrides: { llvmArgs: ["-inline-threshold=-1000"] } }, module: null };
    const { against } = await ofFunction("inlined", { against: other });
    assert.equal(against?.first?.pass, "InlinerPass");
    assert.deepEqual([against.first.here.changed, against.first.there.changed], [true, false]);
    assert.match(against.first.patch, /^-.*call fastcc i32 @callee/m);
    assert.equal((await ofFunction("returns", { against: other })).against?.first, null);
  });

  it("prints the same, and lists passes and functions by time", async () => {
    const args = ["passes", file, "questions", "--llvm", "system"];
    const module = await cli.report<ModulePassesReport>([...args, "--check"]);
    assert.deepEqual(module.missed, []);
    assert.ok(module.passes.some(({ pass, changed }) => pass === "IPSCCPPass" && changed === 1));
    assert.ok(module.sums.runs > 500 && module.sums.millis <= module.millis);
    assert.deepEqual(
      module.passes.map(({ millis }) => millis),
      module.passes.map(({ millis }) => millis).sort((left, right) => right - left),
    );
    await cli.report<FunctionPassesReport>([...args, "--function", "promoted", "--blame", "--text", "alloca"]);
    const { stdout } = await cli.run([...args, "--function", "promoted", "--text", "alloca"]);
    assert.match(stdout, /PromotePass\n {4}- +%\w+ = alloca i32/);
    assert.equal((await cli.error([...args, "--blame"], 2)).name, "Usage");
  });

  it("adds up to the time of the run in a profile, and exports it", async () => {
    const [trace, folded] = [join(scratch, "trace.json"), join(scratch, "folded.txt")];
    const report = await cli.report<ProfileReport>(["profile", file, "--llvm", "system", "--trace", trace, "--folded", folded]);
    const stages = report.modules[0]?.stages.reduce((sum, { millis }) => sum + millis, 0) ?? 0;
    assert.ok(Math.abs(stages - report.attributedMillis) < 1e-6);
    const { traceEvents } = JSON.parse(await readFile(trace, "utf8")) as { readonly traceEvents: readonly { readonly name: string }[] };
    assert.ok(traceEvents.filter(({ name }) => name === "InstCombinePass").length > 10);
    assert.match(await readFile(folded, "utf8"), /^questions.bc;questions.bc;Optimize \(pm\);LoopVectorizePass;vectorised \d+$/m);
  });
});

/** A function's text after a pass. */
interface Printed {
  readonly pass: string;
  readonly text: string;
}

/** Function → its texts, the first before all passes. A function that is absent from a print of the module was deleted. */
function printedByOpt(folder: string): Map<string, Printed[]> {
  const args = ["-passes=thinlto<O3>", "-print-changed=quiet", "-disable-output", "questions.bc"];
  const { stderr, status } = spawnSync("opt-22", args, { cwd: folder, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const found = new Map<string, Printed[]>(functionsOf(QUESTIONS_IR).map(([name, text]) => [name, [{ pass: "", text }]]));
  for (const part of stderr.split("*** IR Dump After ").slice(1)) {
    const pass = /^\w+/.exec(part)?.[0] ?? "";
    const texts = new Map(functionsOf(part));
    for (const [name, text] of texts) found.get(name)?.push({ pass, text });
    if (part.startsWith(`${pass} on [module]`)) for (const [name, all] of found) if (!texts.has(name)) all.push({ pass, text: "" });
  }
  return found;
}

function functionsOf(text: string): [string, string][] {
  return [...text.matchAll(/^define [^@]*@(\w+)\([^]*?^\}/gm)].map(([whole, name = ""]) => [name, whole]);
}

function firstWith(changed: ReadonlyMap<string, readonly Printed[]>, name: string, text: string, change: PassQuestion["change"]): string {
  const count = (one: Printed | undefined): number => (one?.text ?? "").split("\n").filter((line) => line.includes(text)).length;
  const all = changed.get(name) ?? [];
  return (
    all.find((one, index) => index > 0 && (change === "added" ? count(one) > count(all[index - 1]) : count(one) < count(all[index - 1])))
      ?.pass ?? "none"
  );
}
