/**
 * Attempts to run code of a workspace when it is only inspected, on the command line and in a window in Restricted Mode; and code of a capture's
 * folder when the capture is replayed.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { ON_LOOKING, plant, textsOf, whatRan, type Attempt } from "../../test/support/attempts.js";
import { ON_REPLAYING } from "../../test/support/capture-attempts.js";
import { runInHost } from "../../test/support/vscode/host.js";
import { BenchFailure } from "../lib/failure.js";
import { failuresText, minutes, type Failure, type PartContext, type PartResult } from "./part.js";
import { runProgram } from "./program.js";
import { captureHello, replay, REPLAYING_COMMANDS } from "./replays.js";

/** Commands that only inspect; none of them may build. */
const LOOKING: readonly (readonly string[])[] = [
  ["discover", "."],
  ["doctor", "."],
  ["thin", "."],
  ["explain", "."],
  ["verify", "."],
  ["find", ".", "main"],
  ["show", ".", "main"],
];

/** Runs the first attempts of both tables. @param most how many */
export async function codeOfWorkspaces(most: number, context: PartContext): Promise<PartResult> {
  const begun = performance.now();
  const attempts = ON_LOOKING.slice(0, most).map((attempt, index) => ({ attempt, index }));
  const chosen = attempts.filter(({ index }) => context.only?.includes(index) !== false);
  const failures: Failure[] = [];
  const note = (index: number, { name }: { readonly name: string }, [ran, stuck]: [readonly string[], readonly string[]]): void => {
    if (ran.length > 0) failures.push({ index, what: `command line: ${name}: ${ran.join(", ")} ran` });
    failures.push(...stuck.map((what) => ({ index, what: `${name}: ${what}` })));
  };
  for (const { attempt, index } of chosen) note(index, attempt, await byCommandLine(attempt, index, context));
  const replays = ON_REPLAYING.slice(0, Math.max(0, most - ON_LOOKING.length))
    .map((attempt, at) => ({ attempt, index: ON_LOOKING.length + at }))
    .filter(({ index }) => context.only?.includes(index) !== false);
  const captured = replays.length > 0 ? await captureHello(context) : "";
  for (const { attempt, index } of replays) note(index, attempt, await replay(attempt, index, captured, context));
  const windows = chosen.filter(({ attempt }) => fitsAWindow(attempt));
  for (const { attempt, index } of windows) {
    const problems = await inRestrictedWindow(attempt);
    failures.push(...problems.map((what) => ({ index, what: `restricted window: ${attempt.name}: ${what}` })));
  }
  const text = [
    `${chosen.length} attempts by the command line (${LOOKING.length} commands each), ${windows.length} in restricted windows and ${replays.length} on captures (${REPLAYING_COMMANDS} commands each) in ${minutes((performance.now() - begun) / 1000)}: ${failures.length} succeeded.`,
    ...failuresText(failures),
  ];
  return { text, failures };
}

/** @returns the programs that ran, and commands that did not end */
async function byCommandLine(attempt: Attempt, index: number, { cli, work, limit }: PartContext): Promise<[string[], string[]]> {
  const parent = path.join(work, String(index));
  const workspace = path.join(parent, "workspace");
  await fs.mkdir(workspace, { recursive: true });
  await plant(attempt, workspace);
  const env = { ...process.env, LTO_INSPECTOR_STORE: path.join(work, "store"), XDG_STATE_HOME: path.join(work, "state") };
  const stuck: string[] = [];
  for (const args of LOOKING) {
    const { hung } = await runProgram(process.execPath, [cli, ...args], {
      env: attempt.env?.(workspace, env) ?? env,
      cwd: path.join(workspace, attempt.folder ?? ""),
      limit,
    });
    if (hung) stuck.push(`\`${args.join(" ")}\` does not end within ${limit} s`);
  }
  return [await whatRan(parent), stuck];
}

/** Whether a window can try it: its workspace is created from texts, and the suite makes the toolchain's programs executable. */
function fitsAWindow({ programs = [], libraries = [], env, worldWritable = [] }: Attempt): boolean {
  return libraries.length === 0 && env === undefined && worldWritable.length === 0 && programs.every((name) => name.startsWith("tc/"));
}

/** The suite starts every command, view and request and a restored dashboard, and checks after each what ran. */
async function inRestrictedWindow(attempt: Attempt): Promise<string[]> {
  const toolchain = ON_LOOKING.find(({ programs }) => programs?.includes("tc/bin/cargo") === true);
  const workspace = textsOf(
    toolchain === undefined ? [attempt] : [{ name: "", programs: toolchain.programs ?? [] }, attempt],
    "${workspace}",
  );
  const { results, problem } = await runInHost({ suites: ["test/host/suites/restricted.ts"], workspace, askTrust: true });
  if (results.length === 0) throw new BenchFailure(`The window: ${problem ?? "no results"}`, "Run `npm run test:host`, which sets it up.");
  return results.filter(({ outcome }) => outcome === "failed").map(({ name, reason }) => `${name}: ${(reason ?? "").slice(0, 200)}`);
}
