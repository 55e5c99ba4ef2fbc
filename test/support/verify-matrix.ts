/**
 * Compares replays of examples/rust with rustc: every stage file, key, decision and the preserved-symbol count have to be equal, in the first build
 * and after an edit of one function's body. The whole matrix, and ripgrep, is `npm run bench -- verify-matrix`.
 */
import assert from "node:assert/strict";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { TARGET_CPU, TARGET_FEATURES } from "../../bench/verify-matrix/configurations.js";
import type { Configuration } from "../../bench/verify-matrix/configurations.js";
import { EXAMPLE } from "../../bench/verify-matrix/projects.js";
import { problemsOf, runCell } from "../../bench/verify-matrix/run-one.js";
import type { StepResult } from "../../bench/verify-matrix/run-one.js";
import { findMatrixToolchain } from "../../bench/verify-matrix/toolchains.js";
import type { MatrixToolchain, ToolchainName } from "../../bench/verify-matrix/toolchains.js";
import type { StageCounts } from "../../src/protocol/runs.js";
import { THIN_STAGES } from "../../src/protocol/stages.js";
import { assembled } from "./assembled.js";

const PLAIN: Omit<Configuration, "id" | "lto"> = {
  incremental: true,
  optLevel: "3",
  debug: 0,
  panic: "unwind",
  targetCpu: null,
  targetFeatures: null,
  crate: "program",
};

/** Every setting that affects LTO occurs at least once. */
const CONFIGURATIONS: readonly Configuration[] = [
  { ...PLAIN, id: "thin, incremental", lto: "thin" },
  { ...PLAIN, id: "thin-local, incremental", lto: "thin-local" },
  { ...PLAIN, id: "thin, opt-level s, debuginfo 2, cdylib", lto: "thin", optLevel: "s", debug: 2, crate: "cdylib" },
  { ...PLAIN, id: "thin, not incremental, opt-level 0, debuginfo 2", lto: "thin", incremental: false, optLevel: "0", debug: 2 },
  {
    ...PLAIN,
    ...{ id: "thin, panic=abort, target-cpu, target-feature, staticlib", lto: "thin", crate: "staticlib" },
    ...{ panic: "abort", targetCpu: TARGET_CPU, targetFeatures: TARGET_FEATURES },
  },
];

/** The configuration whose functions are compared as assembly too. */
const WITH_ASSEMBLY = CONFIGURATIONS[0];

const NOTHING: StageCounts = { identical: 0, sameText: 0, different: 0, absent: 0, reusedByRustc: 0 };

/** Declares the tests of one toolchain, each of a configuration. A file of its own for each lets the runner verify two at a time. */
export function verifyMatrixTests(name: ToolchainName): void {
  describe(`verify: replays equal rustc with the toolchain ${name}`, () => {
    let scratch = "";
    let toolchain: MatrixToolchain | string = "";
    before(async () => {
      scratch = await fs.mkdtemp(path.join(os.tmpdir(), "lto-inspector-matrix-"));
      toolchain = await findMatrixToolchain(name);
    });
    after(async () => {
      await fs.rm(scratch, { recursive: true, force: true });
    });
    for (const configuration of CONFIGURATIONS) {
      it(configuration.id, async (context) => {
        if (typeof toolchain === "string") context.skip(toolchain);
        else {
          const steps = await measure(scratch, name, toolchain, configuration);
          checkSteps(configuration, steps);
          if (configuration === WITH_ASSEMBLY) await checkAssembly(path.join(scratch, "store"), steps, toolchain);
        }
      });
    }
  });
}

async function measure(
  scratch: string,
  name: ToolchainName,
  toolchain: MatrixToolchain,
  configuration: Configuration,
): Promise<StepResult[]> {
  const target = EXAMPLE.targets[configuration.crate];
  assert.ok(target !== undefined, `the example has no ${configuration.crate}`);
  const workspace = await EXAMPLE.prepare(path.join(scratch, name), toolchain);
  return runCell({
    workspace,
    target,
    toolchain,
    configuration,
    store: path.join(scratch, "store"),
    keep: configuration === WITH_ASSEMBLY,
  });
}

/** Every function of every module, as the last build left it. */
async function checkAssembly(store: string, steps: readonly StepResult[], { environment }: MatrixToolchain): Promise<void> {
  const own = { ...process.env };
  // The engine runs in this process, and finds the toolchain's LLVM through it.
  Object.assign(process.env, environment);
  const { equal, others } = await assembled(store, steps.at(-1)?.report?.unit.id ?? "").finally(() => {
    process.env = own;
  });
  assert.deepEqual(others, [], "the assembly of every function is the machine code of rustc's object");
  assert.ok(equal > 500, `${equal} functions`);
}

function checkSteps(configuration: Configuration, steps: readonly StepResult[]): void {
  const reports = steps.map(({ step, report, failure }) => {
    assert.equal(failure, null, `${step}: ${failure ?? ""}`);
    assert.ok(report !== null, `${step}: no report`);
    assert.deepEqual(problemsOf(report), [], step);
    assert.ok(report.llvm.matchesProducer, step);
    return report;
  });
  const [first, edited] = reports;
  assert.ok(first !== undefined && edited !== undefined, "two builds are verified");
  const modules = first.decisions.equal;
  assert.ok(modules > 1, "LTO had several modules");
  for (const stage of THIN_STAGES) {
    assert.equal(first.stages[stage]?.identical, modules, `the first build saves ${stage} of every module`);
    const { identical, reusedByRustc }: StageCounts = edited.stages[stage] ?? NOTHING;
    assert.equal(identical + reusedByRustc, edited.decisions.equal, `after the edit, ${stage}`);
  }
  for (const { objects, decisions, binary } of [first, edited]) {
    assert.equal(binary?.identical, true, "the output made from our objects is the build's");
    assert.deepEqual(
      objects,
      { identical: decisions.equal, different: 0, absent: 0 },
      "the object of every module is rustc's, re-used or not",
    );
  }
  assert.equal(first.decisions.reused, 0);
  if (!configuration.incremental) assert.equal(edited.decisions.reused, 0);
  // The libraries are small: an edit may touch all of their codegen units.
  else if (configuration.crate === "program") assert.ok(edited.decisions.exercised, "some modules are re-used, others are re-compiled");
  assert.equal(first.keys.equal, configuration.incremental ? modules : 0, "keys are compared where rustc keeps them");
}
