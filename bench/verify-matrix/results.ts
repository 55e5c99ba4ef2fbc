/** Results of the matrix: one JSON file per cell, and a table over all of them. */
import fs from "node:fs/promises";
import path from "node:path";
import { RESULTS } from "../lib/paths.js";
import { CONFIGURATIONS } from "./configurations.js";
import type { Configuration } from "./configurations.js";
import { problemsOf } from "./run-one.js";
import type { StepResult } from "./run-one.js";

export interface CellResult {
  readonly project: string;
  readonly toolchain: string;
  readonly rustc: string;
  readonly configuration: Configuration;
  /** ISO 8601. */
  readonly finishedAt: string;
  readonly steps: readonly StepResult[];
}

const FOLDER = path.join(RESULTS, "verify-matrix");

function cellFile(project: string, toolchain: string, configuration: string): string {
  return path.join(FOLDER, `${project}.${toolchain}.${configuration}.json`);
}

/** An earlier result of a cell. @returns undefined if there is none by this rustc */
export async function readCell(project: string, toolchain: string, configuration: string, rustc: string): Promise<CellResult | undefined> {
  try {
    const result = JSON.parse(await fs.readFile(cellFile(project, toolchain, configuration), "utf8")) as CellResult;
    return result.rustc === rustc ? result : undefined;
  } catch {
    return undefined;
  }
}

export async function writeCell(result: CellResult): Promise<void> {
  const file = cellFile(result.project, result.toolchain, result.configuration.id);
  await fs.mkdir(FOLDER, { recursive: true });
  await fs.writeFile(`${file}.new`, `${JSON.stringify(result, null, 1)}\n`);
  await fs.rename(`${file}.new`, file);
}

/** The problems of a cell, one line each; empty: everything that was compared is equal. */
export function cellProblems(result: CellResult): string[] {
  return result.steps.flatMap(({ step, report, failure }) => {
    const problems = report === null ? [] : problemsOf(report);
    return [...(failure === null ? [] : [failure]), ...problems].map((problem) => `${step}: ${problem}`);
  });
}

interface Figures {
  readonly modules: number;
  readonly identical: number;
  readonly compared: number;
  readonly reusedFiles: number;
}

/** The stage files of one report, over all stages. */
function stageFigures(report: NonNullable<StepResult["report"]>): Figures {
  const all = Object.values(report.stages);
  const sum = (kind: keyof (typeof all)[number]): number => all.reduce((total, counts) => total + counts[kind], 0);
  const identical = sum("identical");
  const compared = identical + sum("sameText") + sum("different") + sum("absent");
  const { equal, different } = report.decisions;
  return { modules: report.linked?.ours ?? equal + different, identical, compared, reusedFiles: sum("reusedByRustc") };
}

const HEAD = [
  "project",
  "toolchain",
  "configuration",
  "build",
  "modules",
  "stage files identical",
  "objects identical",
  "output",
  "keys equal",
  "decisions equal",
  "re-used / re-compiled",
  "preserved",
  "verdict",
];

function row(result: CellResult, { step, report, failure }: StepResult): string[] {
  const names = [result.project, result.toolchain, result.configuration.id, step];
  if (report === null) return [...names, ...Array.from({ length: HEAD.length - names.length - 1 }, () => ""), "failed"];
  const { modules, identical, compared } = stageFigures(report);
  const { keys, decisions, preservedSymbols } = report;
  const equal = failure === null && problemsOf(report).length === 0;
  return [
    ...names,
    String(modules),
    `${identical} of ${compared}`,
    objectsOf(report),
    outputOf(report),
    result.configuration.incremental ? `${keys.equal} of ${keys.equal + keys.different}` : "(none)",
    `${decisions.equal} of ${modules}`,
    `${decisions.reused} / ${decisions.recompiled}`,
    `${preservedSymbols.ours}`,
    equal ? "equal" : "**differs**",
  ];
}

/** Empty: a result from before objects were compared. */
function objectsOf({ objects }: NonNullable<StepResult["report"]>): string {
  if (objects === undefined) return "";
  return `${objects.identical} of ${objects.identical + objects.different + objects.absent}`;
}

/** Empty: nothing to compare, as for an archive. */
function outputOf({ binary }: NonNullable<StepResult["report"]>): string {
  if (binary === undefined || binary.identical === null) return "";
  return binary.identical ? "identical" : "**differs**";
}

/** A Markdown table with a row for each verification. */
export function table(results: readonly CellResult[]): string {
  const rows = results.flatMap((result) => result.steps.map((step) => row(result, step)));
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(HEAD), line(HEAD.map(() => "---")), ...rows.map(line)].join("\n");
}

/** All results so far, of this run and earlier ones, in the order of the matrix. */
async function allCells(): Promise<CellResult[]> {
  const names = (await fs.readdir(FOLDER)).filter((name) => name.endsWith(".json"));
  const cells = await Promise.all(names.map(async (name) => JSON.parse(await fs.readFile(path.join(FOLDER, name), "utf8")) as CellResult));
  const order = (cell: CellResult): number => CONFIGURATIONS.findIndex(({ id }) => id === cell.configuration.id);
  const place = ({ project, toolchain }: CellResult): string => `${project} ${toolchain}`;
  return cells.sort((left, right) => (place(left) === place(right) ? order(left) - order(right) : place(left).localeCompare(place(right))));
}

/** Writes the table of all results, and its data, beside the cells. */
export async function writeSummary(): Promise<string> {
  const results = await allCells();
  const compilers = [...new Set(results.map(({ toolchain, rustc }) => `* ${toolchain}: ${rustc}`))].join("\n");
  const file = path.join(RESULTS, "verify-matrix.md");
  await fs.mkdir(RESULTS, { recursive: true });
  await fs.writeFile(file, `# verify matrix\n\n${compilers}\n\n${table(results)}\n`);
  await fs.writeFile(path.join(RESULTS, "verify-matrix.json"), `${JSON.stringify(results, null, 1)}\n`);
  return file;
}
