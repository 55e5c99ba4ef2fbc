/** `thin UNIT|PATHS…`: rustc's `run_thin` (analysis, decisions, stages). */
import type { Command } from "commander";
import type { Cli } from "./context.js";
import { ltoCommand } from "./lto-command.js";

export function thinCommand(cli: Cli): Command {
  return ltoCommand(cli, {
    name: "thin",
    description:
      "run thin LTO on a captured unit, a session directory or plain files (.bc .o .rcgu.o .rlib .a): analysis, decisions, and the stages of every module",
    out: "also write the stages to this folder as <module>.<stage>.bc, with the new keys and the report",
    analyze: "compute only index, keys and decisions; make no stages",
  });
}
