/** `discover [PATH]`: the units in a workspace's build outputs, and why some are incomplete. */
import { Command } from "commander";
import { PRODUCERS } from "../core/producers/registry.js";
import type { DiscoverReport, Discovery, FoundUnit } from "../protocol/discovery.js";
import { runToolchainOption, withJson, type Cli, type Colors, type CommandOptions, type LookingFlags } from "./context.js";
import { warningLines } from "./render/llvm-lines.js";
import { counted } from "../protocol/words.js";

export function discoverCommand(cli: Cli): Command {
  const command = new Command("discover")
    .description("list the units in a workspace's build outputs and in the store, and say why a unit is incomplete")
    .argument("[path]", "a workspace, a session directory, or a folder with rustc's stage files", ".")
    .addOption(runToolchainOption());
  return withJson(command).action((path: string, flags: CommandOptions & LookingFlags) =>
    cli.run(flags, `Looking for units in ${path}`, async (invocation) => {
      const found = await PRODUCERS.discover({
        folder: path,
        store: invocation.core.layout.root,
        runToolchain: flags.runToolchain,
        signal: invocation.signal,
      });
      const { notRun } = found;
      if (notRun !== undefined) invocation.note(...warningLines([`${notRun.message} ${notRun.help ?? ""}`], invocation.colors));
      const report: DiscoverReport = { schema: 1, command: "discover", ...found };
      return { report, lines: discoveryLines(found, invocation.colors) };
    }),
  );
}

function discoveryLines(found: Discovery, colors: Colors): string[] {
  const where =
    found.workspace === null ? [] : [`${colors.bold(found.workspace)}  target directory ${found.targetDirectory ?? "unknown"}`, ""];
  if (found.units.length === 0) return [...where, "Nothing was found. Run `lto-inspector capture` in the workspace."];
  return [...where, ...found.units.flatMap((unit) => unitLines(unit, colors))];
}

function unitLines(unit: FoundUnit, colors: Colors): string[] {
  const details = [
    unit.kind,
    unit.profile === null ? "" : `profile ${unit.profile}`,
    unit.mode ?? "",
    unit.modules === 0 ? "" : counted(unit.modules, "module"),
    unit.notLinked === undefined ? "" : colors.yellow("not linked"),
  ];
  const line = `${unit.complete ? colors.green("complete  ") : colors.yellow("incomplete")}  ${colors.bold(unit.name)}  ${details.filter((part) => part !== "").join(" · ")}`;
  const apart = unit.toldApart ?? [];
  const why = unit.incompleteBecause;
  return [
    line,
    `            ${unit.unit}${apart.length === 0 ? "" : `  ${colors.dim(apart.join(" · "))}`}`,
    ...(unit.notLinked === undefined ? [] : [`            ${unit.notLinked.message}`]),
    ...(why === undefined ? [] : [`            ${why.message}${why.help === undefined ? "" : ` ${colors.dim(why.help)}`}`]),
  ];
}
