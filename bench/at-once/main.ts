/**
 * at-once: what the user waits for after a build of ripgrep 13, measured over the server's protocol as the window uses it: from the end of rustc to decisions,
 * opening stages while the replay runs behind, explanations, sizes and assembly.
 */
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { formatStageUri, NO_FILTERS } from "../../src/protocol/uris.js";
import { loadUnit } from "../../src/core/store/captures.js";
import { stagesOf } from "../../src/protocol/stages.js";
import { runTask } from "../../test/support/captured.js";
import { TestServer } from "../../test/support/server.js";
import { applyEdit, revertEdit } from "../lib/edit.js";
import { BenchFailure } from "../lib/failure.js";
import { RESULTS, WORK } from "../lib/paths.js";
import { seconds, spread } from "../lib/statistics.js";
import { RIPGREP_EDIT, ripgrepWorkspace } from "../ripgrep/workspace.js";
import { CARGO_SETTINGS } from "../speed/subject.js";
import { findMatrixToolchain, TOOLCHAIN_NAMES } from "../verify-matrix/toolchains.js";
import { assemblyTimes, type AssemblyTimes } from "./assembly.js";

export const AT_ONCE_USAGE = `usage: npm run bench -- at-once [options]

  --times N          edits, each with a build (default: 3)
  --toolchain NAME   stable (default), nightly, system or debian-1.85
  --help             print this help

Exits with 1 if a run was left unverified.`;

/** Most rows of one request. */
const ALL = { offset: 0, limit: 1000 };

/** Modules of a run whose stages are opened, spread evenly over all. */
const OPENED_MODULES = 40;

interface Round {
  readonly decisions: number;
  readonly opened: readonly number[];
  readonly explained: readonly number[];
  readonly verified: number;
  /** The sizes of the linked output and of the one before. */
  readonly sizes: number;
}

/** @returns the exit code: 1 if a run was left unverified */
export async function atOnce(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { times: { type: "string", default: "3" }, toolchain: { type: "string", default: "stable" } },
  });
  const name = TOOLCHAIN_NAMES.find((known) => known === values.toolchain);
  if (name === undefined) throw new BenchFailure(`There is no toolchain ${values.toolchain}.`, AT_ONCE_USAGE);
  const toolchain = await findMatrixToolchain(name);
  if (typeof toolchain === "string") throw new BenchFailure(toolchain, "Name another with --toolchain.");
  const workspace = await ripgrepWorkspace(toolchain.cargo, toolchain.environment);
  const store = path.join(WORK, "stores", "at-once");
  await fs.rm(store, { recursive: true, force: true });
  // The capture is a program of its own and inherits the environment of this one.
  Object.assign(process.env, toolchain.environment, CARGO_SETTINGS);
  const server = await TestServer.start({ store, folders: [workspace] });
  const rounds: Round[] = [];
  let assembly: AssemblyTimes;
  try {
    console.log("at-once: the first build");
    await round(server, workspace, store);
    for (let index = 0; index < Number(values.times); index += 1) {
      console.log(`at-once: edit ${index + 1} of ${values.times}`);
      await applyEdit(workspace, RIPGREP_EDIT);
      const edited = await round(server, workspace, store).finally(() => revertEdit(workspace, RIPGREP_EDIT));
      rounds.push(edited);
      await round(server, workspace, store);
    }
    console.log("at-once: assembly");
    assembly = await assemblyTimes(server, store);
  } finally {
    await server.stop();
  }
  const text = report(rounds, assembly, toolchain.described.release);
  await fs.mkdir(RESULTS, { recursive: true });
  await fs.writeFile(path.join(RESULTS, "at-once.md"), text);
  console.log(text);
  return 0;
}

async function round(server: TestServer, workspace: string, store: string): Promise<Round> {
  const { command, reportFile } = await server.ask("captureCommand", { folder: pathToFileURL(workspace).href, packages: ["ripgrep"] });
  const { code, output } = await runTask(command);
  if (code !== 0) throw new BenchFailure(`The capture failed:\n${output}`, "See Cargo's output.");
  const { primary } = await server.ask("captureResult", { reportFile, exitCode: code });
  const { run } = await server.ask("beginRun", { unit: primary });
  if (run === null) throw new BenchFailure("rustc left no record.", "Its stage files or its log are missing.");
  const subject = { run: run.id };
  await server.ask("groups", { subject });
  const { rows } = await server.ask("modules", { subject, ...ALL });
  const decisions = (Date.now() - (await rustcEnded(store, primary))) / 1000;
  const completing = server.ask("completeRun", { run: run.id });
  const from = performance.now();
  const opened: number[] = [];
  const compiled = rows.filter(({ verdict }) => verdict !== "re-used");
  for (const { name } of compiled.filter((_, index) => index % Math.ceil(compiled.length / OPENED_MODULES) === 0)) {
    for (const stage of stagesOf("thin")) {
      opened.push(await timed(() => server.text(formatStageUri({ subject, module: name, stage, function: null, filters: NO_FILTERS }))));
    }
  }
  const explained: number[] = [];
  for (const { name } of rows.filter(({ verdict, key }) => verdict === "re-compiled" && key !== null).slice(0, 50)) {
    explained.push(await timed(() => server.ask("explain", { subject, module: name, filters: NO_FILTERS }).catch(() => undefined)));
  }
  const { verification } = await completing;
  if (!verification.verified) throw new BenchFailure(`A run was left unverified: ${verification.outcome}.`, "See its differences.");
  const verified = (performance.now() - from) / 1000;
  const sizes = await timed(async () => {
    const { output } = await server.ask("sizes", { run: run.id, code: false, tiles: 1500 });
    if (output === null) throw new BenchFailure("The capture has no linked output.", "See its warnings.");
  });
  return { decisions, opened, explained, verified, sizes };
}

/** When the final crate's rustc ended, in milliseconds since 1970. */
async function rustcEnded(store: string, unit: string): Promise<number> {
  return Date.parse((await loadUnit(store, unit)).capturedAt);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
}

/** The value below which a share of all values is. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function report(rounds: readonly Round[], assembly: AssemblyTimes, release: string): string {
  const opened = rounds.flatMap((one) => one.opened);
  const explained = rounds.flatMap((one) => one.explained);
  const line = (figure: string, measured: string, value: number, limit: number): string =>
    `| ${figure} | ${measured} | at most ${limit} s | ${value <= limit ? "met" : "**missed**"} |`;
  const spreadOf = (values: readonly number[]): string =>
    `median ${quantile(values, 0.5).toFixed(3)} s, 95 %: ${quantile(values, 0.95).toFixed(3)} s, most ${Math.max(...values).toFixed(3)} s (${values.length})`;
  const sizes = spread(rounds.map((one) => one.sizes));
  const decisions = spread(rounds.map((one) => one.decisions));
  return [
    "# at-once",
    "",
    `ripgrep 13, \`lto = "thin"\`, incremental, one edited body; rustc ${release}; ${os.availableParallelism()} cores, load ${os.loadavg()[0]?.toFixed(1) ?? "?"}.`,
    "",
    "| figure | measured | limit | |",
    "| --- | --- | --- | --- |",
    line("the end of rustc to decisions", seconds(decisions), decisions.median, 1),
    line("a stage opened while the replay runs", spreadOf(opened), quantile(opened, 0.95), 0.3),
    line("an explanation", spreadOf(explained), quantile(explained, 0.95), 0.3),
    line("sizes of the linked output and of the one before", seconds(sizes), sizes.median, 0.5),
    line("a function's assembly in a module of 1,000 functions", spreadOf(assembly.others), quantile(assembly.others, 0.95), 0.3),
    `| the first one of the module, with analysis, passes and code generation | ${assembly.first.toFixed(1)} s | | |`,
    `| the replay and verification behind it | ${seconds(spread(rounds.map((one) => one.verified)))} | | |`,
    "",
  ].join("\n");
}
