/** `fat UNIT|PATHS…`: rustc's `run_fat` (links all modules into one and optimises it). */
import type { Command } from "commander";
import { spelled } from "../protocol/words.js";
import { PIPELINES } from "../protocol/pipelines.js";
import type { Cli } from "./context.js";
import { ltoCommand } from "./lto-command.js";

export function fatCommand(cli: Cli): Command {
  return ltoCommand(cli, {
    name: "fat",
    description: `run fat LTO on a captured unit or plain files (.bc .o .rcgu.o .rlib .a): all modules linked into the base module, and its ${spelled(PIPELINES.fat.stages.length)} stages`,
    out: "also write the stages to this folder as <base module>.<stage>.bc, with the report",
    analyze: "only choose the base module and list the modules to link into it; make no stages",
  });
}
