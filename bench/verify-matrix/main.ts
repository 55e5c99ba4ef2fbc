/**
 * verify-matrix: compares replays with rustc over many build configurations, projects and toolchains.
 *
 * Each cell of the matrix builds a project in one configuration with one toolchain, verifies the replay, edits one function's body, builds and
 * verifies again. Results are kept, so that an interrupted run continues where it stopped.
 */
import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { BenchFailure } from "../lib/failure.js";
import { CLI, WORK } from "../lib/paths.js";
import { CONFIGURATIONS } from "./configurations.js";
import type { Configuration } from "./configurations.js";
import { PROJECTS } from "./projects.js";
import type { Project } from "./projects.js";
import { cellProblems, readCell, table, writeCell, writeSummary } from "./results.js";
import type { CellResult } from "./results.js";
import { runCell } from "./run-one.js";
import { findMatrixToolchain, TOOLCHAIN_NAMES } from "./toolchains.js";
import type { MatrixToolchain, ToolchainName } from "./toolchains.js";

export const VERIFY_MATRIX_USAGE = `usage: npm run bench -- verify-matrix [options] [CONFIGURATION…]

  --project NAME     example, ripgrep, hexyl, fd, exa or bore (repeatable; default: all)
  --toolchain NAME   stable, nightly (rustup), system (outside rustup, or Debian's rustc-web 1.96) or debian-1.85; the
                     tests' set-up unpacks Debian's; repeatable; default: all that are there
  --again            measure again what already has a result
  --keep             keep the stores (bench/work/stores)
  --cli FILE         the built command line (default: dist/cli.js)
  --list             print the configurations

Exits with 1 if anything differs from rustc.`;

interface Options {
  readonly projects: readonly Project[];
  readonly toolchains: readonly ToolchainName[] | undefined;
  readonly configurations: readonly Configuration[];
  readonly again: boolean;
  readonly keep: boolean;
  readonly cli: string;
  readonly signal: AbortSignal;
}

function usage(problem: string): BenchFailure {
  return new BenchFailure(problem, VERIFY_MATRIX_USAGE);
}

function readOptions(args: readonly string[], signal: AbortSignal): Options | "list" {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      project: { type: "string", multiple: true },
      toolchain: { type: "string", multiple: true },
      again: { type: "boolean", default: false },
      keep: { type: "boolean", default: false },
      cli: { type: "string", default: CLI },
      list: { type: "boolean", default: false },
    },
  });
  if (values.list) return "list";
  const projects = chosen(PROJECTS, values.project, ({ name }) => name, "project");
  const toolchains = values.toolchain === undefined ? undefined : chosen(TOOLCHAIN_NAMES, values.toolchain, (name) => name, "toolchain");
  const configurations = chosen(CONFIGURATIONS, positionals.length === 0 ? undefined : positionals, ({ id }) => id, "configuration");
  return { projects, toolchains, configurations, again: values.again, keep: values.keep, cli: path.resolve(values.cli), signal };
}

function chosen<T>(all: readonly T[], wanted: readonly string[] | undefined, nameOf: (item: T) => string, what: string): T[] {
  if (wanted === undefined) return [...all];
  for (const name of wanted) {
    if (!all.some((item) => nameOf(item) === name)) throw usage(`There is no ${what} ${name}; known: ${all.map(nameOf).join(", ")}.`);
  }
  return all.filter((item) => wanted.includes(nameOf(item)));
}

async function usableToolchains(wanted: readonly ToolchainName[] | undefined): Promise<MatrixToolchain[]> {
  const usable: MatrixToolchain[] = [];
  for (const name of wanted ?? TOOLCHAIN_NAMES) {
    const found = await findMatrixToolchain(name);
    if (typeof found !== "string") usable.push(found);
    else if (wanted === undefined) console.log(`toolchain ${name}: skipped: ${found}`);
    else throw new BenchFailure(`The toolchain ${name} cannot be used: ${found}`, "Install it, or exclude it with --toolchain.");
  }
  if (usable.length === 0) throw new BenchFailure("No toolchain can be used.", "Install Rust 1.95 or newer.");
  return usable;
}

/** A separate folder for each project and toolchain keeps unit ids and Cargo's fingerprints separate. */
async function workspaceOf(project: Project, toolchain: MatrixToolchain): Promise<string> {
  const folder = path.join(WORK, "verify-matrix", `${project.name}-${toolchain.name}`);
  await fs.rm(folder, { recursive: true, force: true });
  await fs.mkdir(path.dirname(folder), { recursive: true });
  return project.prepare(folder, toolchain);
}

async function runOrRead(
  options: Options,
  project: Project,
  toolchain: MatrixToolchain,
  configuration: Configuration,
): Promise<CellResult | undefined> {
  const target = project.targets[configuration.crate];
  if (target === undefined) return undefined;
  const { release, commitHash, llvmVersion } = toolchain.described;
  const rustc = `${release} (${commitHash?.slice(0, 9) ?? "no commit"}), LLVM ${llvmVersion}`;
  const earlier = options.again ? undefined : await readCell(project.name, toolchain.name, configuration.id, rustc);
  if (earlier !== undefined && cellProblems(earlier).length === 0) return earlier;
  const name = `${project.name} ${toolchain.name} ${configuration.id}`;
  console.log(`${name} …`);
  const store = path.join(WORK, "stores", createHash("sha256").update(name).digest("hex").slice(0, 12));
  const workspace = await workspaceOf(project, toolchain);
  const steps = await runCell({
    workspace,
    target,
    variables: project.variables ?? {},
    toolchain,
    configuration,
    store,
    keep: options.keep,
    nice: true,
    signal: options.signal,
    cli: options.cli,
  });
  const result = { project: project.name, toolchain: toolchain.name, rustc, configuration, finishedAt: new Date().toISOString(), steps };
  await writeCell(result);
  const seconds = steps
    .map(({ captureSeconds, verifySeconds }) => `${captureSeconds.toFixed(0)} + ${verifySeconds.toFixed(0)} s`)
    .join(", ");
  const problems = cellProblems(result);
  console.log(`${name}: ${problems.length === 0 ? "equal" : `${problems.length} problems`} (${seconds})`);
  for (const problem of problems.slice(0, 5)) console.log(`    ${problem.slice(0, 500)}`);
  return result;
}

/** @returns the exit code */
export async function verifyMatrix(args: readonly string[], signal: AbortSignal): Promise<number> {
  const options = readOptions(args, signal);
  if (options === "list") {
    for (const { id } of CONFIGURATIONS) console.log(id);
    return 0;
  }
  await fs.access(options.cli).catch(() => {
    throw new BenchFailure(`${options.cli} does not exist.`, "Build it: npm run build:addon && npm run build");
  });
  const toolchains = await usableToolchains(options.toolchains);
  const results: CellResult[] = [];
  for (const project of options.projects) {
    for (const toolchain of toolchains) {
      for (const configuration of options.configurations) {
        const result = await runOrRead(options, project, toolchain, configuration);
        if (result !== undefined) results.push(result);
      }
    }
  }
  console.log(`\n${table(results)}\n\nwritten to ${path.relative(process.cwd(), await writeSummary())}`);
  const different = results.filter((result) => cellProblems(result).length > 0);
  console.log(`${results.length} configurations measured, ${different.length} of them differ from rustc`);
  return different.length === 0 ? 0 : 1;
}
