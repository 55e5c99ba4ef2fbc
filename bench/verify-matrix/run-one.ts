/** One cell of the matrix: capture, verify, edit one function's body, capture, verify. */
import fs from "node:fs/promises";
import path from "node:path";
import type { VerifyReport } from "../../src/protocol/runs.js";
import { applyEdit, revertEdit } from "../lib/edit.js";
import { CLI } from "../lib/paths.js";
import { runTimed } from "../lib/run.js";
import type { TimedResult } from "../lib/run.js";
import { cargoVariables } from "./configurations.js";
import type { Configuration } from "./configurations.js";
import type { Target } from "./projects.js";
import type { MatrixToolchain } from "./toolchains.js";

export interface Cell {
  readonly workspace: string;
  readonly target: Target;
  /** Additional environment variables for Cargo. */
  readonly variables?: NodeJS.ProcessEnv;
  readonly toolchain: MatrixToolchain;
  readonly configuration: Configuration;
  /** The cell's own folder; removed afterwards unless `keep` is set. */
  readonly store: string;
  readonly keep?: boolean;
  /** Run at low priority. */
  readonly nice?: boolean;
  readonly signal?: AbortSignal;
  /** The built command line; default: dist/cli.js. */
  readonly cli?: string;
}

export interface StepResult {
  readonly step: "first build" | "after the edit";
  readonly captureSeconds: number;
  readonly verifySeconds: number;
  /** null: there is no report. */
  readonly report: VerifyReport | null;
  /** What went wrong, in the program's own message. */
  readonly failure: string | null;
}

/**
 * Runs one cell. A capture or a verification that fails is part of the result.
 *
 * @throws BenchFailure if the edit does not fit the workspace
 */
export async function runCell(cell: Cell): Promise<StepResult[]> {
  await removeStore(cell);
  await fs.mkdir(cell.store, { recursive: true });
  try {
    const first = await captureAndVerify(cell, "first build");
    if (first.failure !== null) return [first];
    await applyEdit(cell.workspace, cell.target.edit);
    try {
      return [first, await captureAndVerify(cell, "after the edit")];
    } finally {
      await revertEdit(cell.workspace, cell.target.edit);
    }
  } finally {
    if (cell.keep !== true) await removeStore(cell);
  }
}

/** Programs that were asked to end may still be writing. */
async function removeStore({ store }: Cell): Promise<void> {
  await fs.rm(store, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 });
}

async function captureAndVerify(cell: Cell, step: StepResult["step"]): Promise<StepResult> {
  const capture = await inspector(cell, ["capture", cell.workspace, ...cell.target.select]);
  // One unit a line, the primary one last.
  const unit = capture.stdout.trimEnd().split("\n").at(-1) ?? "";
  const failed = { step, captureSeconds: capture.seconds, verifySeconds: 0, report: null };
  if (capture.code !== 0) return { ...failed, failure: said("capture", capture) };
  const file = path.join(cell.store, "verify.json");
  const verify = await inspector(cell, ["verify", unit, "--json", file]);
  const report = await readReport(file);
  const done = { ...failed, verifySeconds: verify.seconds };
  if (report === null) return { ...done, failure: said(`verify ${unit}`, verify) };
  // Equal text in different bytes counts as a difference here, but not in `verify`.
  const strange = verify.code !== 0 && (verify.code !== 1 || problemsOf(report).length === 0);
  return { ...done, report, failure: strange ? said(`verify ${unit}`, verify) : null };
}

async function inspector(cell: Cell, args: readonly string[]): Promise<TimedResult> {
  return runTimed(process.execPath, [cell.cli ?? CLI, ...args], {
    env: {
      ...cell.toolchain.environment,
      ...cell.variables,
      ...cargoVariables(cell.configuration),
      LTO_INSPECTOR_STORE: cell.store,
    },
    nice: cell.nice ?? false,
    signal: cell.signal,
  });
}

async function readReport(file: string): Promise<VerifyReport | null> {
  const text = await fs.readFile(file, "utf8").catch(() => null);
  if (text === null) return null;
  const parsed = JSON.parse(text) as VerifyReport | { readonly error: unknown };
  return "error" in parsed ? null : parsed;
}

function said(command: string, { code, stderr }: TimedResult): string {
  return `\`${command}\` ended with ${code ?? "a signal"}:\n${stderr.trimEnd().split("\n").slice(-20).join("\n")}`;
}

/** Every difference between a replay and rustc, one line each; empty: they are equal. */
export function problemsOf(report: VerifyReport): string[] {
  const problems = report.different.map(({ module, stage, why }) => `${[module, stage].filter((word) => word !== "").join(" ")}: ${why}`);
  for (const [stage, counts] of Object.entries(report.stages)) {
    for (const kind of ["sameText", "different", "absent"] as const) {
      if (counts[kind] > 0) problems.push(`${stage}: ${counts[kind]} ${kind}`);
    }
  }
  const { objects } = report;
  if (objects === undefined) problems.push("objects: not compared");
  else if (objects.different + objects.absent > 0) problems.push(`objects: ${objects.different} different, ${objects.absent} absent`);
  if (report.keys.different > 0) problems.push(`keys: ${report.keys.different} different`);
  if (report.decisions.different > 0) problems.push(`decisions: ${report.decisions.different} different`);
  const { rustc, ours } = report.preservedSymbols;
  if (rustc !== ours) problems.push(`preserved symbols: rustc ${rustc ?? "says nothing"}, ours ${ours}`);
  return problems;
}
