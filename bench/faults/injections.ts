/** Names with escape sequences in everything that commands print: into a pipe, and on a terminal with colours and progress. */
import fs from "node:fs/promises";
import path from "node:path";
import { INJECTIONS, obeyed } from "../../test/support/injections.js";
import { injectedWorkspace, printingCommands, type Printing } from "../../test/support/printing-commands.js";
import { BenchFailure } from "../lib/failure.js";
import { mustRun } from "../lib/run.js";
import { failuresText, minutes, type Failure, type PartContext, type PartResult } from "./part.js";
import { lastLines, runProgram, type Ended } from "./program.js";

const EACH = Object.entries(INJECTIONS);

/** Tries the first commands of the table. @param most how many */
export async function injections(most: number, context: PartContext): Promise<PartResult> {
  const begun = performance.now();
  const printing = await prepare(context);
  const env = environment(context);
  const commands = printingCommands(printing)
    .slice(0, most)
    .map(({ args }, index) => ({ args, index }))
    .filter(({ index }) => context.only?.includes(index) !== false);
  const failures: Failure[] = [];
  for (const { args, index } of commands) {
    const piped = await runProgram(process.execPath, [context.cli, ...args], { env: { ...env, NO_COLOR: "1" }, limit: context.limit * 10 });
    const shown = await onTerminal(context, args, env);
    for (const [where, ended, through] of [
      ["into a pipe", piped, obeyed(`${piped.stdout}${piped.stderr}`)],
      ["on a terminal", shown, raw(shown.stdout)],
    ] as const) {
      const command = JSON.stringify(args.join(" ")).slice(0, 160);
      if (ended.hung) failures.push({ index, what: `${command} ${where} does not end` });
      if (through.length > 0) failures.push({ index, what: `${command} ${where}: ${through.join(", ")}` });
    }
  }
  const text = [
    `${EACH.length} injections in each of ${commands.length} commands, into a pipe and on a terminal, in ${minutes((performance.now() - begun) / 1000)}: ${failures.length} commands printed one of them unescaped.`,
    ...failuresText(failures),
  ];
  return { text, failures };
}

/** Finds injections that were printed unescaped; colours and the progress line are the product's own. */
function raw(printed: string): string[] {
  return EACH.filter(([, text]) => printed.includes(text)).map(([name]) => name);
}

/** `script` of util-linux gives a program a terminal. */
function onTerminal({ cli, limit }: PartContext, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  const quoted = [process.execPath, cli, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  return runProgram("script", ["-qefc", quoted, "/dev/null"], { env: { ...env, FORCE_COLOR: "1" }, limit: limit * 10 });
}

function environment({ work }: PartContext): NodeJS.ProcessEnv {
  return { ...process.env, LTO_INSPECTOR_STORE: path.join(work, "store") };
}

/** The workspace with all of these names, captured twice to have something to explain, and again with fat LTO. */
async function prepare(context: PartContext): Promise<Printing> {
  const capture = async (workspace: string, ...more: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runProgram(process.execPath, [context.cli, "capture", workspace, ...more], {
      env: environment(context),
    });
    if (code !== 0) throw new BenchFailure(`The injected workspace cannot be captured: ${lastLines(stderr, 5)}`, "Look at it.");
    return stdout.trim().split("\n").at(-1) ?? "";
  };
  const workspace = await injectedWorkspace(context.work);
  await capture(workspace);
  await injectedWorkspace(context.work, 5);
  const unit = await capture(workspace);
  const fat = await capture(workspace, "--profile", "fat");
  const args = ["-O", "--crate-type=lib", "--emit=llvm-bc", "-C", "codegen-units=1", "-o", "evil.bc", "src/exported.rs"];
  await mustRun("Compiling the injected names", "rustc", args, { cwd: workspace });
  const file = path.join(workspace, "evil\nFORGED\u{1b}[2J.bc");
  await fs.copyFile(path.join(workspace, "evil.bc"), file);
  return { workspace, unit, fat, file };
}
