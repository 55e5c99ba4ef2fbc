/**
 * speed: the cost of a run, compared with llvm-lto2, with rustc's own LTO, and by number of modules. One run of the bench uses the same inputs
 * (ripgrep 13, `lto = "thin"`, incremental) and the same number of threads for all.
 */
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { BenchFailure } from "../lib/failure.js";
import { CLI, RESULTS, WORK } from "../lib/paths.js";
import { measure } from "../lib/measured.js";
import { repeat, seconds, spread, type Spread } from "../lib/statistics.js";
import { TOOLCHAIN_NAMES, type ToolchainName } from "../verify-matrix/toolchains.js";
import { familyFolder } from "./family.js";
import { coldThin, thinRun, warm } from "./figures.js";
import { prepareLto2, runLto2, type Lto2Inputs } from "./llvm-lto2.js";
import { plot, type Point } from "./plot.js";
import { rustcLto } from "./rustc-phase.js";
import { deleteForgotten, prepareSubject, type Subject } from "./subject.js";
import { coldWithObjects } from "./with-objects.js";

export const SPEED_USAGE = `usage: npm run bench -- speed [options]

  --times N          measurements of each figure (default: 3); the table has medians
  --threads N        threads of everything that is measured (default: 2)
  --toolchain NAME   system (Debian's rustc-web, whose libLLVM llvm-lto2 shares; default), stable or nightly
  --family N,N,…     sizes of generated programs in modules (default: 10,100,1000,5000; none: skip them)
  --no-others        skip llvm-lto2, rustc and comparisons with them
  --cli FILE         the built command line (default: dist/cli.js)
  --help             print this help`;

interface Options {
  readonly times: number;
  readonly threads: number;
  readonly toolchain: ToolchainName;
  readonly family: readonly number[];
  readonly others: boolean;
  readonly cli: string;
}

/** One line of the table. */
interface Row {
  readonly figure: string;
  readonly measured: string;
  /** The value to compare with the limit; null: there is none. */
  readonly value: number | null;
  readonly atMost?: number;
  readonly atLeast?: number;
}

function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      times: { type: "string", default: "3" },
      threads: { type: "string", default: "2" },
      toolchain: { type: "string", default: "system" },
      family: { type: "string", default: "10,100,1000,5000" },
      others: { type: "boolean", default: true },
      cli: { type: "string", default: CLI },
    },
  });
  const toolchain = TOOLCHAIN_NAMES.find((name) => name === values.toolchain);
  if (toolchain === undefined) throw new BenchFailure(`There is no toolchain ${values.toolchain}.`, SPEED_USAGE);
  const family = values.family === "none" ? [] : values.family.split(",").map(Number);
  return {
    times: Number(values.times),
    threads: Number(values.threads),
    toolchain,
    family,
    others: values.others,
    cli: path.resolve(values.cli),
  };
}

/** @returns the exit code: 0, even if a limit is missed; the table says so */
export async function speed(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  const work = path.join(WORK, "speed");
  const subject = await prepareSubject(path.join(WORK, "stores", `speed-${options.toolchain}`), options.cli, options.toolchain);
  const told = (rows: readonly Row[]): readonly Row[] => {
    for (const row of rows) console.log(rowText(row));
    return rows;
  };
  const others = options.others ? told(await againstOthers(subject, work, options)) : [];
  const rows = [...others, ...told(await ownFigures(subject, options))];
  const points = await familyPoints(subject, work, options);
  await deleteForgotten(subject);
  await report(subject, options, rows, points);
  return 0;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

type Round = Awaited<ReturnType<typeof measureAll>>;

/** In turn, so that the machine's other work affects all of them. */
async function measureAll(subject: Subject, lto2: Lto2Inputs, work: string, threads: number) {
  return {
    objects: await coldWithObjects(subject, threads),
    lto2: await runLto2(lto2, work, threads),
    rustc: await rustcLto(subject, work, threads),
    all: await coldThin(subject, threads, "all"),
    none: await coldThin(subject, threads, "none"),
    one: await coldThin(subject, 1, "all"),
  };
}

async function againstOthers(subject: Subject, work: string, { times, threads }: Options): Promise<Row[]> {
  const lto2 = await prepareLto2(subject, work);
  // Builds dependencies once; only the final crate is measured.
  await rustcLto(subject, work, threads);
  const rounds = await repeat(times, async (index) => {
    console.log(`speed: round ${index + 1} of ${times}`);
    return measureAll(subject, lto2, work, threads);
  });
  return [...likeWithLike(rounds), ...stagesAlone(rounds)];
}

const ratio = (left: Spread, right: Spread): number => left.median / right.median;

/** All stages and objects by everyone. The time of other processes counts in wall time; processor time hardly depends on them. */
function likeWithLike(rounds: readonly Round[]): Row[] {
  const of = (value: (round: Round) => number): Spread => spread(rounds.map(value));
  const wall = of((round) => round.objects.seconds);
  const cpu = of((round) => round.objects.cpuSeconds);
  const compared = (figure: string, ours: Spread, theirs: Spread, atMost?: number): Row => ({
    ...{ figure, measured: seconds(theirs), value: ratio(ours, theirs) },
    ...(atMost === undefined ? {} : { atMost }),
  });
  const lto2 = "compared with `llvm-lto2 run -save-temps`";
  const rustc = "compared with rustc's own LTO and code generation with `-C save-temps`";
  const peak = of((round) => round.objects.enginePeakBytes);
  const toolPeak = of((round) => round.lto2.processPeakBytes);
  return [
    { figure: "all stages and objects", measured: `${seconds(wall)}, processor time ${seconds(cpu)}`, value: null },
    compared(
      `… ${lto2}`,
      wall,
      of((round) => round.lto2.seconds),
      0.95,
    ),
    compared(
      `… ${lto2}, processor time`,
      cpu,
      of((round) => round.lto2.cpuSeconds),
    ),
    compared(
      `… ${rustc}`,
      wall,
      of((round) => round.rustc.seconds),
      1,
    ),
    compared(
      `… ${rustc}, processor time`,
      cpu,
      of((round) => round.rustc.cpuSeconds),
    ),
    compared(
      "code generation, sum of the workers' time, compared with rustc's in the same build",
      of((round) => round.objects.codegenSeconds),
      of((round) => round.rustc.codegenSeconds),
      1.1,
    ),
    {
      figure: "peak memory of the engine, compared with llvm-lto2's",
      measured: `${megabytes(peak.median)}, ${megabytes(toolPeak.median)}`,
      value: ratio(peak, toolPeak),
      atMost: 1,
    },
  ];
}

function stagesAlone(rounds: readonly Round[]): Row[] {
  const all = spread(rounds.map((round) => round.all.seconds));
  const none = spread(rounds.map((round) => round.none.seconds));
  const one = spread(rounds.map((round) => round.one.seconds));
  return [
    { figure: "all stages saved, without objects", measured: seconds(all), value: null },
    { figure: "… compared with saving no stage", measured: seconds(none), value: ratio(all, none), atMost: 1.05 },
    { figure: "scaling from 1 to 2 threads", measured: `1 thread: ${seconds(one)}`, value: ratio(one, all), atLeast: 1.8 },
  ];
}

async function ownFigures(subject: Subject, { times, threads }: Options): Promise<Row[]> {
  const only = ["--threads", String(threads)];
  const analyze = spread(
    (await repeat(times, async () => thinRun(subject, subject.before, [...only, "--analyze"]))).map((run) => run.seconds),
  );
  const warmed = await warm(subject, times);
  const edits = await repeat(times, async () => {
    const full = await coldThin(subject, threads, "all");
    const again = await thinRun(subject, subject.before, only);
    const edited = await thinRun(subject, subject.after, only);
    return { full: full.seconds, again: again.seconds, edited };
  });
  const full = spread(edits.map((edit) => edit.full));
  const again = spread(edits.map((edit) => edit.again));
  const edited = spread(edits.map((edit) => edit.edited.seconds));
  const made = edits[0] === undefined ? 0 : edits[0].edited.modules - edits[0].edited.fromStore;
  return [
    { figure: "`--analyze`, cold", measured: seconds(analyze), value: analyze.median, atMost: 0.4 },
    { figure: "analysis, warm", measured: `${warmed.analyze.toFixed(3)} s`, value: warmed.analyze, atMost: 0.15 },
    { figure: "run again, unchanged", measured: seconds(again), value: again.median, atMost: 0.6 },
    { figure: `after one edited body (${made} modules made)`, measured: seconds(edited), value: edited.median / full.median, atMost: 0.1 },
    {
      figure: "one module's six stages on demand, without its passes",
      measured: `${warmed.onDemand.toFixed(3)} s`,
      value: warmed.onDemand,
      atMost: 0.1,
    },
  ];
}

async function familyPoints(subject: Subject, work: string, { family, threads }: Options): Promise<Point[]> {
  const points: Point[] = [];
  const stores = path.join(work, "family-stores");
  await fs.rm(stores, { recursive: true, force: true });
  for (const modules of family) {
    console.log(`speed: ${modules} generated modules`);
    const folder = await familyFolder(work, modules);
    // Deleted after all measurements; see forgetStages.
    const store = path.join(stores, String(modules));
    const env = { ...subject.toolchain.environment, LTO_INSPECTOR_STORE: store };
    const files = (await fs.readdir(folder)).filter((name) => name.endsWith(".bc")).map((name) => path.join(folder, name));
    const args = [
      "thin",
      ...files,
      "--preserve",
      "main",
      "--llvm",
      "system",
      "--threads",
      String(threads),
      "--json",
      path.join(work, "family.json"),
    ];
    points.push({ modules, seconds: (await measure(process.execPath, [subject.cli, ...args], { env })).seconds });
  }
  await fs.rm(stores, { recursive: true, force: true });
  return points;
}

function verdict({ value, atMost, atLeast }: Row): string[] {
  if (value === null) return ["", "", ""];
  const limit = atMost ?? atLeast;
  if (limit === undefined) return [value.toFixed(2), "", ""];
  const met = atMost === undefined ? value >= limit : value <= limit;
  return [value.toFixed(2), `${atMost === undefined ? "at least" : "at most"} ${limit}`, met ? "met" : "**missed**"];
}

function rowText(row: Row): string {
  return `| ${[row.figure, row.measured, ...verdict(row)].join(" | ")} |`;
}

async function report(subject: Subject, options: Options, rows: readonly Row[], points: readonly Point[]): Promise<void> {
  const { toolchain } = subject;
  const table = ["| figure | measured | value | limit | |", "| --- | --- | --- | --- | --- |", ...rows.map(rowText)];
  const perModule = points.map(
    ({ modules, seconds: took }) => `| ${modules} | ${took.toFixed(2)} s | ${((took * 1000) / modules).toFixed(1)} ms |`,
  );
  const text = [
    "# speed",
    "",
    `ripgrep 13, \`lto = "thin"\`, incremental, ${subject.manifest.localModules.length} local modules; rustc ${toolchain.described.release}, LLVM ${toolchain.described.llvmVersion};`,
    `${options.threads} threads on ${os.cpus()[0]?.model ?? "an unknown processor"} (${os.availableParallelism()} cores); ${options.times} measurements, median (least–most); load before ${os.loadavg()[0]?.toFixed(1) ?? "?"}.`,
    "",
    ...table,
    "",
    ...(points.length === 0 ? [] : ["| generated modules | all stages saved | per module |", "| --- | --- | --- |", ...perModule, ""]),
  ].join("\n");
  await fs.mkdir(RESULTS, { recursive: true });
  await fs.writeFile(path.join(RESULTS, "speed.md"), text);
  if (points.length > 1) await fs.writeFile(path.join(RESULTS, "speed-family.svg"), plot(points));
  console.log(`\n${text}\nwritten to ${path.relative(process.cwd(), path.join(RESULTS, "speed.md"))}`);
}
