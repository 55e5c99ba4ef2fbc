/** advise: what eight settings of ripgrep 13 cost beyond their builds and replays, and verdicts on programs whose difference is known. */
import { spawn, type ChildProcess } from "node:child_process";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import type { AdviseReport } from "../../src/protocol/advise.js";
import { BenchFailure } from "../lib/failure.js";
import { CLI, RESULTS, WORK } from "../lib/paths.js";
import { mustRun } from "../lib/run.js";
import { ripgrepWorkspace } from "../ripgrep/workspace.js";
import { findMatrixToolchain, TOOLCHAIN_NAMES, type MatrixToolchain } from "../verify-matrix/toolchains.js";
import { KNOWN, knownWorkspace } from "./known.js";

export const ADVISE_USAGE = `usage: npm run bench -- advise [options]

  --project NAME     ripgrep, known, or both (default)
  --toolchain NAME   stable (default), nightly, system or debian-1.85
  --help             print this help

Exits with 1 if a verdict is wrong, a replay's output is not that of its build, or ripgrep takes more than 1.3 times the sum of its parts.`;

/** Of the whole, by the sum of builds, replays and links. */
const LIMIT = 1.3;

/** @returns the exit code */
export async function benchAdvise(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { project: { type: "string", default: "both" }, toolchain: { type: "string", default: "stable" } },
  });
  const name = TOOLCHAIN_NAMES.find((known) => known === values.toolchain);
  if (name === undefined) throw new BenchFailure(`There is no toolchain ${values.toolchain}.`, ADVISE_USAGE);
  const toolchain = await findMatrixToolchain(name);
  if (typeof toolchain === "string") throw new BenchFailure(toolchain, "Name another with --toolchain.");
  const lines: string[] = [];
  let isRight = true;
  for (const part of [ripgrep, known]) {
    if (values.project !== "both" && values.project !== part.name) continue;
    const done = await part(toolchain);
    lines.push(...done.lines);
    isRight &&= done.isRight;
  }
  await fs.mkdir(RESULTS, { recursive: true });
  await fs.writeFile(path.join(RESULTS, "advise.md"), `${lines.join("\n")}\n`);
  console.log(lines.join("\n"));
  return isRight ? 0 : 1;
}

interface Part {
  readonly lines: readonly string[];
  readonly isRight: boolean;
}

async function ripgrep(toolchain: MatrixToolchain): Promise<Part> {
  const inspector = await Inspector.of("ripgrep", toolchain);
  const workspace = await ripgrepWorkspace(toolchain.cargo, toolchain.environment);
  const unit = await inspector.capture(workspace, ["--bin", "rg", "--lto", "thin"]);
  const begun = performance.now();
  const report = await inspector.advise(unit, []);
  const total = performance.now() - begun;
  // What was measured for an earlier row is needed once.
  const parts = report.settings.flatMap(({ kept, buildMillis, ltoMillis, linkMillis }) => [
    buildMillis ?? 0,
    ...(kept ? [] : [ltoMillis ?? 0, linkMillis ?? 0]),
  ]);
  const sum = parts.reduce((one, other) => one + other, 0);
  const ratio = total / sum;
  const wrong = report.settings.filter(({ identical }) => identical === false);
  const others = await withArguments(report, workspace, toolchain);
  return {
    lines: [
      ...rows(report),
      `ripgrep: ${report.settings.length} settings in ${(total / 1000).toFixed(1)} s, ${ratio.toFixed(2)} times the sum of builds, replays and links (limit: ${LIMIT})`,
      `ripgrep: replays with another output than their build: ${wrong.map(({ name }) => name).join(", ") || "none"}`,
      ...others.map(({ name, isEqual }) => `ripgrep: the output with ${name} is ${isEqual ? "" : "NOT "}rustc's own with these arguments`),
      ...report.failed.map(({ name, error }) => `ripgrep: ${name} failed: ${error.message}`),
    ],
    isRight: ratio <= LIMIT && wrong.length === 0 && others.every(({ isEqual }) => isEqual) && report.failed.length === 0,
  };
}

/** Builds what was replayed with other arguments of LLVM with Cargo, and these arguments only in the command line of the last crate. */
async function withArguments(
  { settings }: AdviseReport,
  workspace: string,
  { cargo, environment }: MatrixToolchain,
): Promise<{ readonly name: string; readonly isEqual: boolean }[]> {
  const folder = path.join(WORK, "advise", "rustc");
  const found: { name: string; isEqual: boolean }[] = [];
  for (const { name, llvmArgs, output } of settings) {
    if (llvmArgs.length === 0) continue;
    const wrapper = path.join(folder, "wrapper");
    const words = llvmArgs.map((argument) => `-Cllvm-args=${argument}`).join(" ");
    await fs.mkdir(folder, { recursive: true });
    await fs.writeFile(wrapper, `#!/bin/sh\ncase " $* " in *" --crate-name rg "*) exec "$@" ${words};; *) exec "$@";; esac\n`, {
      mode: 0o755,
    });
    const target = path.join(folder, "target");
    await fs.rm(target, { recursive: true, force: true });
    const own = { CARGO_TARGET_DIR: target, CARGO_PROFILE_RELEASE_LTO: "thin", RUSTC_WRAPPER: wrapper };
    await mustRun(`Building ripgrep with ${name}`, cargo, ["build", "--release", "--bin", "rg"], {
      ...{ cwd: workspace, env: { ...process.env, ...environment, ...own } },
    });
    const isEqual = (await fs.readFile(path.join(target, "release", "rg"))).equals(await fs.readFile(output));
    found.push({ name, isEqual });
  }
  return found;
}

async function known(toolchain: MatrixToolchain): Promise<Part> {
  const inspector = await Inspector.of("known", toolchain);
  const unit = await inspector.capture(await knownWorkspace(path.join(WORK, "advise", "known")), []);
  const settings = KNOWN.flatMap(({ setting }) => ["--set", setting]);
  const lines: string[] = [];
  let isRight = true;
  for (const load of [0, os.availableParallelism()]) {
    const busy = Array.from({ length: load }, busyProcess);
    try {
      const report = await inspector.advise(unit, [...settings, "--bench", "{}", "--rounds", "40"]);
      lines.push(`known, with ${load} busy processes beside it:`, ...rows(report));
      // Beside a load it may be too noisy to tell, but no verdict may turn.
      const allowed = load === 0 ? [] : ["too-noisy"];
      isRight &&= KNOWN.every(({ verdict }, index) => [verdict, ...allowed].includes(report.settings[index + 1]?.benchmark?.verdict ?? ""));
    } finally {
      for (const one of busy) one.kill("SIGKILL");
    }
  }
  return { lines, isRight };
}

function busyProcess(): ChildProcess {
  return spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" });
}

function rows({ settings }: AdviseReport): string[] {
  return settings.map(({ name, by, fileBytes, textBytes, ltoMillis, buildMillis, benchmark }) => {
    const times = [buildMillis, ltoMillis].map((one) => (one === null ? "—" : `${(one / 1000).toFixed(2)} s`));
    const run =
      benchmark === null ? "" : `; ${benchmark.medianMillis?.toFixed(0) ?? "—"} ms: ${benchmark.verdict} ${range(benchmark.ratio)}`;
    return `  ${name} (${by}): build ${times[0] ?? ""}, LTO ${times[1] ?? ""}; ${fileBytes} bytes, code ${textBytes}${run}`;
  });
}

function range(ratio: readonly [number, number] | null): string {
  return ratio === null ? "" : `(${ratio.map((one) => one.toFixed(3)).join("–")})`;
}

/** The command line with a store that was empty. */
class Inspector {
  readonly #env: NodeJS.ProcessEnv;

  private constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  static async of(name: string, { environment }: MatrixToolchain): Promise<Inspector> {
    const store = path.join(WORK, "stores", `advise-${name}`);
    await fs.rm(store, { recursive: true, force: true });
    return new Inspector({ ...process.env, ...environment, LTO_INSPECTOR_STORE: store });
  }

  async capture(workspace: string, options: readonly string[]): Promise<string> {
    const { stdout } = await mustRun(`Capturing ${workspace}`, process.execPath, [CLI, "capture", workspace, ...options], {
      env: this.#env,
    });
    return stdout.trim().split("\n").at(-1) ?? "";
  }

  async advise(unit: string, options: readonly string[]): Promise<AdviseReport> {
    const args = [CLI, "advise", unit, ...options, "--json", "-"];
    const { stdout } = await mustRun(`Comparing settings of ${unit}`, process.execPath, args, { env: this.#env });
    return JSON.parse(stdout) as AdviseReport;
  }
}
