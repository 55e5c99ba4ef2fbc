/** `capture [PATH]`: builds with Cargo in a separate target directory and keeps everything that a faithful replay needs. */
import { Command, Option } from "commander";
import type { CaptureProgress } from "../core/producers/captures.js";
import { PRODUCERS } from "../core/producers/registry.js";
import { ProgressWriter } from "../core/store/capture-progress.js";
import { keepQuota } from "../core/store/quota.js";
import { storeQuota } from "../core/store/store-inventory.js";
import { keepCaptured } from "../core/explain/rebuild/keep-captured.js";
import { EXIT, exitCodeOf } from "../protocol/error-table.js";
import type { LtoErrorReport } from "../protocol/errors.js";
import { ALL_PIPELINES, pipelineOf } from "../protocol/pipelines.js";
import { formatCaptureRef } from "../protocol/refs.js";
import type { CapturedUnitReport, CaptureReport } from "../protocol/reports.js";
import type { LtoMode } from "../protocol/stages.js";
import type { UnitManifest } from "../protocol/units.js";
import { collect, errorLines, withJson, type Cli, type Colors, type CommandOptions, type Outcome, type Invocation } from "./context.js";
import { deviationLines, outsideLines, warningLines } from "./render/llvm-lines.js";
import { counted } from "../protocol/words.js";

interface CaptureFlags extends CommandOptions {
  readonly profile?: string;
  readonly package?: string[];
  readonly lib?: boolean;
  readonly bin?: string[];
  readonly example?: string[];
  readonly test?: string[];
  readonly bench?: string[];
  readonly lto?: LtoMode;
  readonly incremental?: boolean;
  readonly lineTables?: true;
  readonly toolchain?: string;
  readonly progress?: string;
}

export function captureCommand(cli: Cli): Command {
  const command = new Command("capture")
    .description("build a workspace with Cargo in a separate target directory, and keep everything that a faithful replay of LTO needs")
    .argument("[path]", "a folder with a Cargo package or workspace", ".")
    .usage("[options] [path] [-- cargo arguments]")
    .option("--profile <profile>", "the Cargo profile", "release")
    .option("-p, --package <name>", "only this package (repeatable)", collect)
    .option("--lib", "only the library of the package")
    .option("--bin <name>", "only this program (repeatable)", collect)
    .option("--example <name>", "only this example (repeatable)", collect)
    .option("--test <name>", "only this test (repeatable)", collect)
    .option("--bench <name>", "only this bench (repeatable)", collect)
    .addOption(
      new Option("--lto <mode>", "use this LTO instead of the profile's (a deviation)").choices(ALL_PIPELINES.map(({ name }) => name)),
    )
    .option("--incremental", "build incrementally, whatever the profile says (a deviation)")
    .option("--no-incremental", "do not build incrementally, whatever the profile says (a deviation)")
    .option("--line-tables", "build with line tables if the profile has none, so that calls and remarks have lines (a deviation)")
    .option("--toolchain <name>", "a rustup toolchain, or the path of a rustc")
    .addOption(new Option("--progress <file>", "write progress to a file, for the window that started the capture").hideHelp())
    .addHelpText(
      "after",
      "\nPrints one unit id per line on stdout, the primary one last.\nUnit tests: `lto-inspector capture -- --tests`; an integration test: `--test NAME`.",
    );
  return withJson(command).action((path: string, flags: CaptureFlags) =>
    cli.run(flags, `Capturing ${path}`, async (invocation) => {
      const captures = await PRODUCERS.captureMaker(path);
      const follower = new Follower(flags.progress);
      const { units, failure } = await captures.capture({
        folder: path,
        store: invocation.core.layout.root,
        profile: flags.profile,
        packages: flags.package,
        lib: flags.lib,
        bins: flags.bin,
        examples: flags.example,
        tests: flags.test,
        benches: flags.bench,
        lto: flags.lto,
        incremental: flags.incremental,
        lineTables: flags.lineTables,
        toolchain: flags.toolchain,
        cargoArgs: cli.cargoArguments,
        signal: invocation.signal,
        onProgress: (progress) => {
          const { phase, message, ended } = progress;
          follower.tell(progress);
          if (ended !== undefined) return;
          if (phase === "build") invocation.note(message);
          else invocation.progress(`capture: ${message}`);
        },
      });
      // The window that follows does this later, while it shows the decisions (src/server/adapters/keep-later.ts).
      if (flags.progress === undefined) await keepAll(units, invocation);
      for (const unit of units) invocation.note(...unitLines(unit, invocation));
      invocation.note(...nextSteps(units));
      // Cargo's output was already printed during the build.
      if (failure !== undefined) invocation.note(...errorLines(failureOf(failure, units), invocation.colors));
      return { ...outcome(units, failure), lines: units.map((unit) => unit.id) };
    }),
  );
}

/** Keeps what later explanations need of the units, and the store below its quota. */
async function keepAll(units: readonly UnitManifest[], invocation: Invocation): Promise<void> {
  const { core, colors, signal } = invocation;
  invocation.progress("capture: keeping data to explain later builds");
  const warnings = await keepCaptured(core, units, signal);
  for (const line of warningLines(warnings, colors)) invocation.note(line);
  await keepQuota(core.layout, storeQuota(), Infinity, signal);
}

/** Tells the window that started the capture, if one did. */
class Follower {
  readonly #writer: ProgressWriter | undefined;
  #ended: { readonly done: number; readonly total: number | null } = { done: 0, total: null };

  /** @param file undefined: nobody follows */
  constructor(file: string | undefined) {
    this.#writer = file === undefined ? undefined : new ProgressWriter(file);
  }

  tell({ phase, message, ended }: CaptureProgress): void {
    // Cargo's own output is in the terminal.
    if (phase === "build" && ended === undefined) return;
    this.#ended = ended ?? this.#ended;
    this.step(message);
  }

  step(message: string): void {
    this.#writer?.tell({ message, ...this.#ended });
  }
}

/** The next commands for the primary unit. */
function nextSteps(units: readonly UnitManifest[]): string[] {
  const primary = units.at(-1);
  if (primary?.complete !== true) return [];
  const { command, keys } = pipelineOf(primary.mode);
  const steps = [
    [`${command} ${primary.id}`, "make every stage"],
    [`verify ${primary.id}`, "compare them with rustc's"],
    ...(primary.incremental && keys ? [[`explain ${primary.id}`, "after the next capture: why modules were re-compiled"]] : []),
  ];
  return ["", "Next:", ...steps.map(([command = "", what = ""]) => `  lto-inspector ${command}  ${what}`)];
}

/** The failure without Cargo's output, and with what was kept of the build: rustc may have failed before it wrote any stage. */
function failureOf({ output: _, ...failure }: LtoErrorReport, units: readonly UnitManifest[]): LtoErrorReport {
  const kept = units.filter(({ notLinked, rustcStages }) => notLinked !== undefined && Object.keys(rustcStages).length > 0);
  const cause = units.find(({ incompleteBecause }) => incompleteBecause?.name === "NoBitcode")?.incompleteBecause;
  const help = kept[0]?.notLinked?.help ?? cause?.help;
  if (help === undefined) return failure;
  if (kept.length === 0) return { ...failure, help };
  const names = kept.map(({ name }) => name).join(", ");
  return { ...failure, message: `${failure.message} The stages of ${names} were kept, marked as not linked.`, help };
}

function outcome(units: readonly UnitManifest[], failure: LtoErrorReport | undefined): Pick<Outcome, "report" | "exit"> {
  if (failure !== undefined && units.length === 0) return { report: { error: failure }, exit: exitCodeOf(failure.name) };
  const report: CaptureReport = {
    ...{ schema: 1, command: "capture", units: units.map(unitReport) },
    ...(failure === undefined ? {} : { error: failure }),
  };
  const complete = units.filter((unit) => unit.complete).length;
  const exit = complete === units.length ? EXIT.done : complete === 0 ? EXIT.unusableInput : EXIT.differs;
  return { report, exit: failure === undefined ? exit : exitCodeOf(failure.name) };
}

export function unitReport(unit: UnitManifest): CapturedUnitReport {
  const verdicts = unit.decisions === null ? null : Object.values(unit.decisions.verdicts);
  return {
    id: unit.id,
    capture: unit.capture,
    name: unit.name,
    crateName: unit.crateName,
    packageName: unit.packageName,
    crateTypes: unit.crateTypes,
    profile: unit.profile,
    mode: unit.mode,
    incremental: unit.incremental,
    workspace: unit.workspace,
    toolchain: unit.toolchain,
    deviations: unit.deviations,
    complete: unit.complete,
    ...(unit.incompleteBecause === undefined ? {} : { incompleteBecause: unit.incompleteBecause }),
    ...(unit.notLinked === undefined ? {} : { notLinked: unit.notLinked }),
    localModules: unit.localModules.length,
    upstreamCrates: unit.upstream.length,
    ...(unit.outsideLto === undefined ? {} : { outsideLto: unit.outsideLto.map(({ crate }) => crate) }),
    reused: verdicts === null ? null : verdicts.filter((verdict) => verdict === "re-used").length,
    recompiled: verdicts === null ? null : verdicts.filter((verdict) => verdict === "re-compiled").length,
    outputBytes: unit.outputBytes,
    warnings: unit.warnings,
  };
}

/** Why nothing can be replayed, and what to do about it. A failed build is reported at the end instead. */
function incompleteLines({ incompleteBecause: because, notLinked }: UnitManifest, colors: Colors): string[] {
  const [line = ""] = warningLines([`incomplete: ${because?.message ?? "no bitcode was left"}`], colors);
  return [`  ${line}`, ...(because?.help === undefined || notLinked !== undefined ? [] : [`    ${colors.bold("help")}: ${because.help}`])];
}

function unitLines(unit: UnitManifest, { colors }: Invocation): string[] {
  const report = unitReport(unit);
  const first = unit.incremental && unit.decisions?.previousKeys === null;
  const decided =
    report.reused === null || report.reused + (report.recompiled ?? 0) === 0
      ? ""
      : first
        ? "; first build"
        : `; rustc re-used ${report.reused} and re-compiled ${report.recompiled ?? 0}`;
  return [
    `${colors.bold(unit.name)}  profile ${unit.profile} · ${unit.mode}${unit.incremental ? " · incremental" : ""}  ${formatCaptureRef(unit)}`,
    `  ${counted(unit.localModules.length, "local CGU")}, ${counted(unit.upstream.length, "upstream crate")}${decided}`,
    ...outsideLines(report.outsideLto ?? []).map((line) => `  ${line}`),
    ...(unit.complete ? [] : incompleteLines(unit, colors)),
    ...(unit.notLinked === undefined ? [] : [`  ${colors.yellow("not linked")}: ${unit.notLinked.message}`]),
    ...deviationLines(unit.deviations, colors).map((line) => `  ${line}`),
    ...warningLines(unit.warnings, colors).map((line) => `  ${line}`),
  ];
}
