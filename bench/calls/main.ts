/**
 * calls: whether import and inline decisions are LLVM's, and what they cost, on examples/rust, ripgrep 13 and published programs, with thin LTO and incremental
 * compilation.
 *
 * For each toolchain and project: captures it, makes the last stage of every module (the plain run), asks for the decisions, and asks again. Then compares
 * import lists and refusals with LLVM's again under other limits. Fails if any comparison shows a difference, or a target is missed.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { closeCore, createCore, type CoreContext } from "../../src/core/engine/core-context.js";
import { explainCalls, isChecked, type CallsOptions } from "../../src/core/explain/calls/explain-calls.js";
import { importsOf } from "../../src/core/explain/calls/import-rows.js";
import { PRODUCERS } from "../../src/core/producers/registry.js";
import { runLto } from "../../src/core/replay/lto-run.js";
import { openUnit } from "../../src/core/replay/open.js";
import type { UnitSource } from "../../src/core/replay/producer.js";
import { loadUnit } from "../../src/core/store/captures.js";
import { filesIn } from "../../src/core/store/store-files.js";
import type { CallsReport, Compared } from "../../src/protocol/calls.js";
import { pipelineOf } from "../../src/protocol/pipelines.js";
import { tagsOf } from "../../src/protocol/stages.js";
import { CLI, WORK } from "../lib/paths.js";
import { BenchFailure } from "../lib/failure.js";
import { mustRun } from "../lib/run.js";
import { median } from "../lib/statistics.js";
import { PROJECTS, type Project } from "../verify-matrix/projects.js";
import { findMatrixToolchain, TOOLCHAIN_NAMES, type MatrixToolchain } from "../verify-matrix/toolchains.js";
import { askedByWindow, type WindowFigures } from "./window.js";

export const CALLS_USAGE = `usage: npm run bench -- calls [options]

  --toolchain NAME   only this one (${TOOLCHAIN_NAMES.join(", ")}; repeatable; default: stable and debian-1.85)
  --project NAME     only this one (${PROJECTS.map(({ name }) => name).join(", ")}; repeatable; default: all)
  --help             print this help

Exits with 1 if a decision is not LLVM's, or a target is missed.`;

/** The ledger compared with a plain run, import reasons in seconds, the store in bytes, and an answer for a window in milliseconds. */
const LIMITS = { ledger: 1.35, imports: 0.1, bytes: 60e6, answer: 100 };

/** Limits for imports besides LLVM's own. */
const OTHER_LIMITS = ["-import-instr-limit=30", "-import-instr-evolution-factor=0.9"];

const BUILD = { CARGO_PROFILE_RELEASE_LTO: "thin", CARGO_PROFILE_RELEASE_INCREMENTAL: "true" } as const;

/** @returns the exit code: 1 if a comparison shows a difference or a target is missed */
export async function benchCalls(args: readonly string[], signal: AbortSignal): Promise<number> {
  const options = { toolchain: { type: "string", multiple: true }, project: { type: "string", multiple: true } } as const;
  const { values } = parseArgs({ args: [...args], options });
  let failed = false;
  for (const name of values.toolchain ?? ["stable", "debian-1.85"]) {
    const toolchain = await findMatrixToolchain(TOOLCHAIN_NAMES.find((known) => known === name) ?? unknown(name, TOOLCHAIN_NAMES));
    if (typeof toolchain === "string") {
      console.log(`${name}: skipped: ${toolchain}`);
      continue;
    }
    for (const project of values.project?.map(projectNamed) ?? PROJECTS) {
      failed = !(await measured(toolchain, project, signal)) || failed;
    }
  }
  return failed ? 1 : 0;
}

function projectNamed(name: string): Project {
  return (
    PROJECTS.find((project) => project.name === name) ??
    unknown(
      name,
      PROJECTS.map((project) => project.name),
    )
  );
}

function unknown(name: string, known: readonly string[]): never {
  throw new BenchFailure(`${name} is none of ${known.join(", ")}.`, CALLS_USAGE);
}

async function measured(toolchain: MatrixToolchain, project: Project, signal: AbortSignal): Promise<boolean> {
  const folder = path.join(WORK, "calls");
  const store = path.join(folder, "store");
  await fs.rm(folder, { recursive: true, force: true });
  await fs.mkdir(folder, { recursive: true });
  const workspace = await project.prepare(path.join(folder, "workspace"), toolchain);
  const select = project.targets.program?.select ?? [];
  const ended = await mustRun(`Capturing ${project.name}`, process.execPath, [CLI, "capture", workspace, ...select], {
    env: { ...toolchain.environment, ...project.variables, ...BUILD, LTO_INSPECTOR_STORE: store },
    signal,
  });
  const unit = await loadUnit(store, ended.stdout.trimEnd().split("\n").at(-1) ?? "");
  const core = createCore({ storeRoot: store });
  try {
    console.log(`\n${project.name}, rustc ${toolchain.described.release}, LLVM ${toolchain.described.llvmVersion}`);
    const isGood = await new Measurement(core, PRODUCERS.sourceOf(unit), signal).run();
    return windowLines(await askedByWindow(store, workspace, unit.id)) && isGood;
  } finally {
    await closeCore(core);
  }
}

function windowLines({ files, functions, rows, decisions }: WindowFigures): boolean {
  const line = (what: string, times: readonly number[], of: string): boolean => {
    const most = Math.max(...times);
    const isGood = most <= LIMITS.answer;
    const figure = `${median(times).toFixed(0)} ms, at most ${most.toFixed(0)} (limit: ${LIMITS.answer} ms), ${of}`;
    console.log(`  ${what.padEnd(16)} ${figure}${isGood ? "" : "  MISSED"}`);
    return isGood;
  };
  const lenses = line("lenses, hovers", files, `${files.length} files with ${functions} functions`);
  return line("Calls view", rows, `${rows.length} lists of ${decisions} decisions`) && lenses;
}

class Measurement {
  readonly #core: CoreContext;
  readonly #source: UnitSource;
  readonly #signal: AbortSignal;
  #good = true;

  constructor(core: CoreContext, source: UnitSource, signal: AbortSignal) {
    this.#core = core;
    this.#source = source;
    this.#signal = signal;
  }

  async run(): Promise<boolean> {
    const imports = await this.#imports();
    const analysis = await seconds(() => this.#opened(() => Promise.resolve()));
    const plain = (await seconds(() => this.#plainRun())) - analysis;
    const before = await this.#bytes();
    let report: CallsReport | undefined;
    const ledger = (await seconds(async () => (report = await this.#explain({})))) - analysis;
    const bytes = (await this.#bytes()) - before;
    const again = (await seconds(() => this.#explain({}))) - analysis;
    const other = { importsOnly: true, check: true };
    const limits = [await this.#explain(other), await this.#explain({ ...other, overrides: { llvmArgs: OTHER_LIMITS } })];
    if (report === undefined) throw new BenchFailure("Nothing was explained.", "This is a bug in the bench.");
    this.#comparisons([report, ...limits]);
    this.#line("import reasons", `${imports.toFixed(3)} s`, imports <= LIMITS.imports, `limit: ${LIMITS.imports} s`);
    const ratio = ledger / plain;
    this.#line(
      "ledger",
      `${ledger.toFixed(2)} s, plain run ${plain.toFixed(2)} s: ${ratio.toFixed(2)}×`,
      ratio <= LIMITS.ledger,
      `limit: ${LIMITS.ledger}×`,
    );
    this.#line("a second look", `${Math.max(0, again).toFixed(2)} s after the analysis`, true);
    this.#line("in the store", `${(bytes / 1e6).toFixed(1)} MB`, bytes <= LIMITS.bytes, `limit: ${LIMITS.bytes / 1e6} MB`);
    return this.#good;
  }

  #comparisons(reports: readonly CallsReport[]): void {
    for (const { checked, limits } of reports) {
      const under = `under a limit of ${limits?.instructions ?? 0}, factor ${limits?.evolution.toFixed(1) ?? ""}`;
      this.#line("import lists", `${spelled(checked.importLists)} ${under}`, checked.importLists.different === 0);
      if (checked.failures !== null) this.#line("refusals", `${spelled(checked.failures)} ${under}`, checked.failures.different === 0);
    }
    const [report] = reports;
    if (report === undefined) return;
    const { code, located, locatedRemarks: remarks } = report.checked;
    this.#line("code", `${spelled(code)} functions`, isChecked(report.checked));
    this.#line("remarks located", `${remarks.calls} of ${remarks.of}`, remarks.calls === remarks.of);
    const share = ((100 * located.calls) / located.of).toFixed(2);
    this.#line("all calls", `${located.calls} of ${located.of} located (${share} %)`, true);
  }

  #line(what: string, figure: string, isGood: boolean, limit = ""): void {
    this.#good &&= isGood;
    console.log(`  ${what.padEnd(16)} ${figure}${limit === "" ? "" : ` (${limit})`}${isGood ? "" : "  MISSED"}`);
  }

  /** Seconds for the reasons of all imports in an analysed unit. */
  async #imports(): Promise<number> {
    return this.#opened(async (open) => {
      // The names of symbols are read once per unit.
      await importsOf(open, this.#signal);
      return seconds(() => importsOf(open, this.#signal));
    });
  }

  async #opened<T>(work: (open: Awaited<ReturnType<typeof openUnit>>) => Promise<T>): Promise<T> {
    const open = await openUnit(this.#core, this.#source, { llvm: "auto", overrides: {}, keysFile: null }, this.#signal);
    try {
      return await work(open);
    } finally {
      await open.close();
    }
  }

  async #plainRun(): Promise<void> {
    const last = tagsOf(pipelineOf(this.#source.unit.mode)).slice(-1);
    const options = { llvm: "auto", overrides: {}, out: null, saveTemps: last, only: null, analyzeOnly: false };
    await runLto(this.#core, this.#source, options, { signal: this.#signal });
  }

  #explain(options: Partial<CallsOptions>): Promise<CallsReport> {
    const all = { llvm: "auto", function: null, module: null, ...options };
    return explainCalls(this.#core, this.#source, all, { signal: this.#signal });
  }

  async #bytes(): Promise<number> {
    const { blobs, stages } = await this.#core.work.layout();
    const files = [...(await filesIn(blobs)), ...(await filesIn(stages))];
    return files.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

function spelled({ equal, different }: Compared): string {
  return `${equal} of ${equal + different} equal`;
}
