/** `doctor [PATH]`: the toolchains found, the libLLVM that each would load, the addon, problems and how to fix them. */
import { Command } from "commander";
import { examine } from "../core/views/doctor.js";
import { EXIT } from "../protocol/error-table.js";
import type { DoctorReport, EngineReport, LoadedLibrary, ToolchainReport } from "../protocol/reports.js";
import { errorLines, runToolchainOption, withJson, type Cli, type Colors, type CommandOptions, type LookingFlags } from "./context.js";

export function doctorCommand(cli: Cli): Command {
  const command = new Command("doctor")
    .description("show the toolchains found, the libLLVM that each would load, the native engine, and what to fix")
    .argument("[path]", "a workspace folder; the report marks the toolchain that Cargo uses there", ".")
    .addOption(runToolchainOption());
  return withJson(command).action((path: string, flags: CommandOptions & LookingFlags) =>
    cli.run(flags, "Examining this machine", async (invocation) => {
      invocation.progress("doctor: loading each libLLVM");
      const report = await examine(invocation.core, path, { runToolchain: flags.runToolchain, signal: invocation.signal });
      return { report, lines: doctorLines(report, invocation.colors), exit: report.usable ? EXIT.done : EXIT.differs };
    }),
  );
}

function doctorLines(report: DoctorReport, colors: Colors): string[] {
  const lines = [
    `Node ${report.node}`,
    ...(report.engines.length === 0 ? ["Engine: not found"] : report.engines.map((engine) => engineLine(engine, colors))),
    `Store: ${report.store.root}${report.store.exists ? "" : " (empty)"}`,
    "",
  ];
  for (const toolchain of report.toolchains) lines.push(...toolchainLines(toolchain, colors));
  lines.push(`${colors.bold("System's libLLVM")} (--llvm system)`, ...libraryLines(report.systemLibrary), "");
  if (report.problems.length === 0) lines.push(colors.green("No problems found."));
  for (const problem of report.problems) lines.push(...errorLines(problem, colors));
  return lines;
}

function engineLine({ series, rustc, addon, usedBy, build }: EngineReport, colors: Colors): string {
  const title = `Engine for LLVM ${series} (rustc ${rustc}): `;
  if (addon !== null) return title + addon;
  const how = build === null ? "" : `; \`${build}\` builds it`;
  return `${title}${colors.yellow("missing")}, used by rustc ${usedBy.join(", ")}${how}`;
}

function toolchainLines({ toolchain, usedHere, library, problem }: ToolchainReport, colors: Colors): string[] {
  const title = `${colors.bold(`rustc ${toolchain.release}`)}  LLVM ${toolchain.llvmVersion}${usedHere ? colors.green("  used here") : ""}`;
  const why = problem === null ? [] : [`  ${colors.yellow("cannot be used")}: ${problem.message}`];
  return [title, `  ${toolchain.rustc}`, ...(problem === null ? libraryLines(library) : why), ""];
}

function libraryLines(library: LoadedLibrary | null): string[] {
  if (library === null) return ["  none"];
  const revision = library.revision === "" ? "revision not recorded" : `revision ${library.revision}`;
  return [`  ${library.path}`, `  loaded: LLVM ${library.version}, ${revision}`];
}
