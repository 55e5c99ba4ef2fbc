/** `fate` on a real build: every claim agrees with the stages before and after the passes, which are read independently. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { FunctionsResult } from "../../src/protocol/engine/ir.js";
import type { FateKind, FateReport, FateRow } from "../../src/protocol/fate.js";
import type { RunReport } from "../../src/protocol/runs.js";
import { closeCore, createCore } from "../../src/core/engine/core-context.js";
import { engineOfRun } from "../../src/core/replay/reading-engine.js";
import { CALLS } from "../support/calls-program.js";
import { skipWithoutRust, TestCli } from "../support/cli.js";
import { copyCaptures, type SharedBuild } from "../support/shared-captures.js";

const BUILD: SharedBuild = { name: "calls", program: CALLS, captures: [{ options: [] }] };

type State = "defined" | "declared" | "absent";

/** What the module has of a symbol after the passes, by fate. A merged one can live on as an alias. */
const AFTER: Readonly<Record<FateKind, readonly State[]>> = {
  kept: ["defined"],
  "kept-local": ["defined"],
  "kept-copy": ["defined"],
  dropped: ["declared", "absent"],
  "new-signature": ["defined"],
  merged: ["absent", "declared", "defined"],
  inlined: ["absent"],
  unneeded: ["absent"],
  "lost-uses": ["absent"],
};

function statesIn({ functions, globals }: FunctionsResult): Map<string, State> {
  return new Map([...functions, ...globals].map(({ name, declaration }) => [name, declaration ? "declared" : "defined"]));
}

describe("fate", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let cli: TestCli;
  let unit = "";
  let report: FateReport;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-inspector-fate-"));
    cli = new TestCli(join(scratch, "store"));
    ({ unit } = await copyCaptures(BUILD, cli.store));
    report = await cli.report<FateReport>(["fate", unit]);
  });

  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  const rowOf = (name: string, copy: FateRow["copy"]): FateRow => {
    const found = report.functions.filter((row) => row.name === name && row.copy === copy);
    assert.equal(found.length, 1, `${name}: ${found.length} rows`);
    return found[0] ?? assert.fail();
  };

  it("claims nothing that the stages do not show", async () => {
    const run = await cli.report<RunReport>(["thin", unit, "--save-temps", "import,pm"]);
    const core = createCore({ storeRoot: cli.store });
    try {
      for (const { name, stages } of run.modules) {
        const [before, end] = await Promise.all(
          stages.map(async ({ file }) => statesIn(await engineOfRun(core, run).request("functions", { file: file ?? "" }))),
        );
        const rows = report.functions.filter(({ module }) => module === name);
        assert.ok(before !== undefined && end !== undefined);
        for (const { symbol, fate } of rows) {
          assert.equal(before.get(symbol), "defined", `${symbol} before the passes`);
          const state = end.get(symbol) ?? "absent";
          assert.ok(AFTER[fate].includes(state), `${symbol} in ${name} is ${state} after the passes, not ${fate}`);
        }
        const followed = new Set(rows.map(({ symbol }) => symbol));
        const left = [...before].filter(([symbol, state]) => state === "defined" && !followed.has(symbol) && !symbol.startsWith("llvm."));
        assert.deepEqual(
          left.filter(([symbol]) => symbol !== ""),
          [],
          `definitions of ${name} without a fate`,
        );
      }
    } finally {
      await closeCore(core);
    }
  });

  it("knows the fate of functions that the source determines", () => {
    assert.equal(rowOf("app::run", "own").fate, "kept-local");
    assert.equal(rowOf("lib::kept", "own").fate, "kept");
    const copy = rowOf("lib::area_of", "imported");
    assert.equal(copy.fate, "inlined");
    assert.match(copy.from ?? "", /^lib/);
    assert.match(copy.cause, /^inlined once/);
    // Imported, but their attributes forbid it.
    assert.ok(report.inVain.some(({ name }) => name === "lib::featured"));
    assert.ok(!report.inVain.some(({ name }) => name === "lib::area_of"));
  });

  it("has a fate for every definition, and mostly a specific cause", () => {
    const { causes, of } = report.checked.specific;
    assert.equal(of, report.functions.length);
    assert.ok(causes / of > 0.9, `${causes} of ${of}`);
    assert.equal(report.checked.code.different, 0);
    const sum = Object.values(report.totals).reduce((left, right) => left + right, 0);
    assert.equal(sum, report.functions.length);
  });

  it("leads on from lost uses to a definition that is gone from the same module, or to the pass and the user", () => {
    const lost = report.functions.filter(({ fate, specific }) => fate === "lost-uses" && specific);
    assert.ok(lost.length > 0);
    for (const { name, module, cause, users } of lost) {
      const [, user] = /^\w+ removed its last use, in `(.+)`$/.exec(cause) ?? [];
      if (user !== undefined) {
        assert.ok(users.includes(user), `${name} was not used by ${user}`);
        continue;
      }
      const [, by] = /^its uses went away with `(.+)`, /.exec(cause) ?? assert.fail(`${name}: ${cause}`);
      const fates = report.functions.filter((row) => row.name === by && row.module === module).map(({ fate }) => fate);
      assert.ok(fates.length > 0 && fates.some((fate) => !fate.startsWith("kept")), `${name}: ${by} is ${fates.join(", ")}`);
    }
  });

  it("follows one function through all modules, in sentences", async () => {
    const { stdout } = await cli.run(["fate", unit, "lib::area_of"]);
    assert.match(stdout, /`lib::area_of` in lib-cgu\.0: /);
    assert.match(stdout, /`lib::area_of` in app-cgu\.0, imported from lib-cgu\.0: gone, inlined: inlined once/);
    const error = await cli.error(["fate", unit, "no_such_function"], 3);
    assert.equal(error.name, "UnknownFunction");
  });
});
