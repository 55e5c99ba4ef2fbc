/**
 * Captures that are killed at a random moment. The next capture has to work at once, nothing that the killed one started may keep running, and the
 * environment that the wrapper recorded must not stay on disk.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { applyEdit, revertEdit } from "../lib/edit.js";
import { BenchFailure } from "../lib/failure.js";
import { EXAMPLE } from "../verify-matrix/projects.js";
import { findMatrixToolchain } from "../verify-matrix/toolchains.js";
import { casesOf, count, countsText, failuresText, minutes, seedOf, type Failure, type PartContext, type PartResult } from "./part.js";
import { kill, leftAfter, processesWith, type FoundProcess } from "./processes.js";
import { lastLines, runProgram, type Ended } from "./program.js";
import { Random } from "./random.js";

/** Which program of a build is killed. */
const VICTIMS = [
  "capture",
  "capture",
  "capture",
  "capture",
  "everything at once",
  "cargo",
  "supervisor",
  "rustc wrapper",
  "rustc",
] as const;
type Victim = (typeof VICTIMS)[number];

/** The phase: anywhere in the build, or after Cargo has ended, while the capture keeps files. */
type Moment = "build" | "snapshot";

/** A killed process is gone at once; a compiler that was not ended keeps working for seconds. */
const GONE_WITHIN_MILLIS = 2000;

/** How often the following capture is also compared with rustc's files. */
const CASES_BETWEEN_VERIFICATIONS = 10;

interface Scene {
  readonly cli: string;
  readonly workspace: string;
  readonly store: string;
  readonly env: NodeJS.ProcessEnv;
  readonly limit: number;
  readonly seed: number;
  /** Milliseconds of a capture that is not killed: with an empty store, and after an edit. */
  readonly usual: { readonly cold: number; readonly warm: number };
  edited: boolean;
}

interface Case {
  readonly index: number;
  readonly cold: boolean;
  readonly victim: Victim;
  readonly moment: Moment;
  /** From the start, or from the end of Cargo's work. */
  readonly afterMillis: number;
  /** The next capture starts at once; otherwise the store is checked first. */
  readonly atOnce: boolean;
}

export async function captures(cases: number, context: PartContext): Promise<PartResult> {
  const scene = await prepare(context);
  const begun = performance.now();
  const failures: Failure[] = [];
  const victims = new Map<string, number>();
  const kinds = new Map<string, number>();
  let done = 0;
  for (const index of casesOf(cases, context)) {
    const one = caseOf(scene, index);
    const { killed, problems } = await attempt(scene, one);
    count(victims, killed ?? "nothing (it had ended)");
    for (const problem of problems) count(kinds, problem.kind);
    const { cold, moment, afterMillis } = one;
    const where = `${cold ? "cold" : "after an edit"}, ${killed ?? "nothing"} killed ${Math.round(afterMillis)} ms into the ${moment}`;
    failures.push(...problems.map(({ kind, what }) => ({ index, what: `${kind} (${where}): ${what}` })));
    done += 1;
    if (done % 10 === 0) console.log(`faults: ${done} killed captures, ${failures.length} failures`);
  }
  const seconds = (performance.now() - begun) / 1000;
  const text = [
    `${done} kills of captures in ${minutes(seconds)} (killed: ${countsText(victims)}): ${failures.length} failures.`,
    ...(kinds.size === 0 ? [] : [`Failures by kind: ${countsText(kinds)}.`]),
    ...failuresText(failures),
  ];
  return { text, failures };
}

function caseOf({ usual, seed }: Scene, index: number): Case {
  const random = new Random(seedOf(seed, index));
  const cold = random.below(3) === 0;
  const victim = random.pick(VICTIMS);
  // After Cargo has ended, none of its programs is left to kill.
  const snapshot = random.below(3) === 0 && (victim === "capture" || victim === "everything at once");
  const moment = snapshot ? "snapshot" : "build";
  const length = moment === "build" ? (cold ? usual.cold : usual.warm) : SNAPSHOT_MILLIS;
  return { index, cold, moment, victim, afterMillis: random.below(length), atOnce: random.below(2) === 0 };
}

/** About how long the work after Cargo takes. */
const SNAPSHOT_MILLIS = 700;

async function prepare({ cli, work, limit, seed }: PartContext): Promise<Scene> {
  const toolchain = await findMatrixToolchain("stable");
  if (typeof toolchain === "string") throw new BenchFailure(toolchain, "Install Rust 1.95 or newer.");
  const workspace = await EXAMPLE.prepare(path.join(work, "workspace"), toolchain);
  const store = path.join(work, "store");
  const env = { ...toolchain.environment, LTO_INSPECTOR_STORE: store };
  const scene: Scene = { cli, workspace, store, env, limit, seed, usual: { cold: 0, warm: 0 }, edited: false };
  const cold = (await captured(scene, "prepare")).millis;
  await edit(scene);
  const warm = (await captured(scene, "prepare")).millis;
  return { ...scene, usual: { cold, warm } };
}

async function captured(scene: Scene, label: string): Promise<Ended> {
  const ended = await capture(scene, secretOf(scene, label));
  if (ended.code === 0) return ended;
  throw new BenchFailure(`An undisturbed capture failed: ${lastLines(ended.stderr, 5)}`, "Look at it.");
}

/** Changes the program, so that its next build compiles and links it. */
async function edit(scene: Scene): Promise<void> {
  const change = EXAMPLE.targets.program?.edit;
  if (change === undefined) throw new BenchFailure("The example has no edit.", "Look at bench/verify-matrix/projects.ts.");
  await (scene.edited ? revertEdit : applyEdit)(scene.workspace, change);
  scene.edited = !scene.edited;
}

const SECRET = "FAULTS_SECRET_TOKEN";

function secretOf({ seed }: Scene, label: string): string {
  return `faults-secret-${seed}-${label}`;
}

function capture(
  { cli, workspace, env, limit }: Scene,
  secret: string,
  options: { readonly onStart?: (pid: number) => void; readonly onStderr?: (text: string) => void } = {},
): Promise<Ended> {
  const args = ["-n", "10", process.execPath, cli, "capture", workspace, "--package", "textstats"];
  // `nice` execs the program, so the killed process is the capture itself.
  return runProgram("nice", args, {
    env: { ...env, [SECRET]: secret },
    limit: limit * 10,
    onStart: (child) => options.onStart?.(child.pid ?? 0),
    ...(options.onStderr === undefined ? {} : { onStderr: options.onStderr }),
  });
}

interface Problem {
  readonly kind: string;
  readonly what: string;
}

async function attempt(scene: Scene, one: Case): Promise<{ killed: string | undefined; problems: Problem[] }> {
  if (one.cold) await fs.rm(scene.store, { recursive: true, force: true, maxRetries: 5 });
  else await edit(scene);
  const secret = secretOf(scene, `${one.index}-killed`);
  const killed = await startAndKill(scene, one, secret);
  const problems: Problem[] = [];
  if (!one.atOnce) {
    problems.push(...(await leftRunning(secret)));
    problems.push(...(await recordsLeft(scene, "before the next capture")));
  }
  const nextSecret = secretOf(scene, `${one.index}-next`);
  const next = await capture(scene, nextSecret);
  if (next.hung) problems.push({ kind: "the next capture hangs", what: lastLines(next.stderr) });
  else if (next.code !== 0) {
    problems.push({ kind: "refused afterwards", what: `exit code ${String(next.code)}: ${lastLines(next.stderr)}` });
  }
  if (one.atOnce) problems.push(...(await leftRunning(secret)));
  problems.push(...(await leftRunning(nextSecret)));
  problems.push(...(await recordsLeft(scene, "after the next capture")));
  problems.push(...(await halfMade(scene)));
  if (next.code === 0) problems.push(...(await wrong(scene, one, next)));
  return { killed, problems };
}

/** @returns what was killed; undefined: the capture had already ended */
async function startAndKill(scene: Scene, one: Case, secret: string): Promise<string | undefined> {
  let pid = 0;
  let built: (() => void) | undefined;
  const cargoEnded = new Promise<void>((resolve) => (built = resolve));
  const ended = capture(scene, secret, {
    onStart: (started) => (pid = started),
    onStderr: (text) => {
      if (/\bFinished\b/.test(text)) built?.();
    },
  });
  const over = ended.then(() => true);
  const due = one.moment === "build" ? sleep(one.afterMillis, false) : cargoEnded.then(() => sleep(one.afterMillis, false));
  if (await Promise.race([over, due])) return undefined;
  const killed = await killVictim(one.victim, pid, secret);
  await ended;
  return killed;
}

async function killVictim(victim: Victim, pid: number, secret: string): Promise<string | undefined> {
  if (victim === "everything at once") {
    const all = await processesWith(`${SECRET}=${secret}`);
    return all.map((found) => kill(found.pid)).includes(true) ? victim : undefined;
  }
  const fits = (command: string): boolean => {
    if (victim === "rustc wrapper") return command.includes("rustc-wrapper");
    // The command line of a wrapper or supervisor also names the other programs.
    const program = path.basename(command.split(" ")[0] ?? "");
    return program === (victim === "supervisor" ? "lto-inspector-supervise" : victim);
  };
  const other = victim === "capture" ? undefined : (await processesWith(`${SECRET}=${secret}`)).find(({ command }) => fits(command));
  if (other !== undefined && kill(other.pid)) return victim;
  return kill(pid) ? "capture" : undefined;
}

async function leftRunning(secret: string): Promise<Problem[]> {
  const left = await leftAfter(`${SECRET}=${secret}`, GONE_WITHIN_MILLIS);
  for (const { pid } of left) kill(pid);
  return left.map(({ command }: FoundProcess) => ({ kind: "left running", what: command.slice(0, 160) }));
}

/** Files of the store that contain the environment. */
async function recordsLeft({ store, seed }: Scene, when: string): Promise<Problem[]> {
  const found = await runProgram("grep", ["-rlaF", `faults-secret-${seed}-`, store], { env: process.env });
  const files = found.stdout.split("\n").filter(Boolean);
  return files.map((file) => ({ kind: `a record with the environment ${when}`, what: path.relative(store, file) }));
}

/** Unfinished files with temporary names, except those of Cargo and rustc in the target folder. */
async function halfMade({ store }: Scene): Promise<Problem[]> {
  const names = await fs.readdir(store, { recursive: true });
  const left = names.filter((name) => name.endsWith(".tmp") && !/^targets\/[^/]+\/target\//.test(name));
  return left.map((name) => ({ kind: "an unfinished file after the next capture", what: name }));
}

/** Whether the following capture is complete. */
async function wrong(scene: Scene, { index }: Case, { stdout }: Ended): Promise<Problem[]> {
  const unit = stdout.trim().split("\n").at(-1) ?? "";
  const often = index % CASES_BETWEEN_VERIFICATIONS !== 0;
  const args = [scene.cli, ...(often ? ["thin", unit, "--analyze"] : ["verify", unit])];
  const ended = await runProgram("nice", ["-n", "10", process.execPath, ...args], { env: scene.env, limit: scene.limit * 10 });
  const right = ended.code === 0 && (often || ended.stdout.includes("VERIFIED"));
  return right ? [] : [{ kind: "the next capture is wrong", what: lastLines(ended.stderr + ended.stdout) }];
}
