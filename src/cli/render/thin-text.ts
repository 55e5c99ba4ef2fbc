/** What `thin` prints: the tree of re-used and re-compiled CGUs by crate, with stages and times. */
import { shortModuleName } from "../../protocol/module-names.js";
import { countGroups, headline, headlineParts, isOfTheBuild } from "../../protocol/module-groups.js";
import { CRATE_PLACES } from "../../protocol/crate-places.js";
import type { ModuleReport, RunReport, StageReport, Verdict } from "../../protocol/runs.js";
import { stageShort } from "../../protocol/stages.js";
import type { Colors } from "../styles.js";
import { deviationLines, llvmLines, outsideLines, unitLine, warningLines } from "./llvm-lines.js";
import { bytes, counted, duration } from "../../protocol/words.js";

export function thinLines(report: RunReport, colors: Colors): string[] {
  return [
    unitLine(report.unit, colors),
    ...llvmLines(report.llvm, report.fidelity, colors),
    ...deviationLines(report.deviations, colors),
    "",
    ...crates(report.modules).flatMap(([crate, modules]) => crateLines(crate, modules, colors)),
    ...outsideLines(report.outsideLto ?? []),
    "",
    ...warningLines(report.warnings, colors),
    ...summaryLines(report, colors),
  ];
}

/** Crates of the workspace come first and the standard library's last, otherwise in the order of their first modules. */
function crates(modules: readonly ModuleReport[]): [string, ModuleReport[]][] {
  const groups = new Map<string, ModuleReport[]>();
  for (const module of modules) {
    const group = groups.get(module.crate);
    if (group === undefined) groups.set(module.crate, [module]);
    else group.push(module);
  }
  return [...groups].sort(([, left], [, right]) => placeOrder(left) - placeOrder(right));
}

/** Two crates can have one name; the user's counts. */
function placeOrder(modules: readonly ModuleReport[]): number {
  return Math.min(...modules.map(({ place = "dependency" }) => CRATE_PLACES.indexOf(place)));
}

function crateLines(crate: string, modules: readonly ModuleReport[], colors: Colors): string[] {
  const width = Math.max(...modules.map((module) => shortModuleName(module.name).length));
  const lines = modules.map((module, index) => moduleLine(module, width, index === modules.length - 1, colors));
  return [`${colors.bold(crate)}  ${counted(modules.length, "CGU")}${groupCounts(modules)}`, ...lines.flat()];
}

/** ": 3 changed, 1 never cached, 29 re-used"; empty if the headline says it of all modules. */
function groupCounts(modules: readonly ModuleReport[]): string {
  const counts = countGroups(modules);
  const parts = isOfTheBuild(counts) ? headlineParts({ failed: counts.failed ?? 0 }) : headlineParts(counts);
  return parts.length === 0 ? "" : `: ${parts.join(", ")}`;
}

/** "84 CGUs: 4 changed, 51 never cached, 29 re-used", "first build of 84 CGUs" */
function summary(modules: readonly ModuleReport[]): string {
  const counts = countGroups(modules);
  const parts = headlineParts(counts).join(", ");
  return isOfTheBuild(counts) || modules.length === 0 ? parts || headline(counts) : `${counted(modules.length, "CGU")}: ${parts}`;
}

function moduleLine(module: ModuleReport, width: number, last: boolean, colors: Colors): string[] {
  const branch = last ? "└─" : "├─";
  const name = shortModuleName(module.name).padEnd(width);
  const verdict = coloured(module.verdict, colors);
  const line = `${branch} ${name}  ${verdict}  ${colors.dim(module.reason.kind)}${origin(module)}${stagesText(module)}`;
  if (module.error === undefined) return [line];
  return [line, `${last ? "  " : "│ "}   ${colors.red(module.error.name)}: ${module.error.message}`];
}

function coloured(verdict: Verdict, colors: Colors): string {
  const padded = verdict.padEnd("re-compiled".length);
  if (verdict === "re-used") return colors.green(padded);
  return verdict === "failed" ? colors.red(padded) : colors.yellow(padded);
}

function origin(module: ModuleReport): string {
  return module.origin === "allocator" ? " (allocator)" : "";
}

/** "input 12.1 kB · rename = · … · pm 9.8 kB  34 ms": "=" means the same content as the previous stage. */
function stagesText(module: ModuleReport): string {
  if (module.stages.length === 0) return "";
  const stages = module.stages.map((stage) => `${stageShort(stage.stage)} ${stage.sameAsPrevious ? "=" : bytes(stage.bytes)}`);
  const from = module.fromStore ? "from the store" : duration(total(module.stages));
  return `  ${stages.join(" · ")}  ${from}`;
}

function total(stages: readonly StageReport[]): number {
  return stages.reduce((sum, stage) => sum + stage.millis, 0);
}

function summaryLines(report: RunReport, colors: Colors): string[] {
  const stages = report.modules.flatMap((module) => module.stages);
  const failed = report.modules.filter((module) => module.verdict === "failed").length;
  const stored = report.modules.filter((module) => module.fromStore).length;
  const lines = [`${summary(report.modules)}; ${counted(report.settings.preservedSymbols, "preserved symbol")}`];
  if (stages.length > 0) {
    const size = stages.reduce((sum, stage) => sum + stage.bytes, 0);
    const from = stored === 0 ? "" : `, those of ${counted(stored, "CGU")} from the store`;
    const peak = report.peakMemoryBytes === 0 ? "" : `; peak memory ${bytes(report.peakMemoryBytes)}`;
    lines.push(`${counted(stages.length, "stage file")}, ${bytes(size)}${from}${peak}`);
  }
  if (report.llvmOutput !== undefined) lines.push(`LLVM printed ${bytes(report.llvmOutput.bytes)}: ${report.llvmOutput.file}`);
  if (failed > 0) lines.push(colors.red(`${counted(failed, "CGU")} failed; the others are complete.`));
  return lines;
}
