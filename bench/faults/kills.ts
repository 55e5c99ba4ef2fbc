/** Programs that are killed at a random moment of a run; the next run must be correct to the byte. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunReport } from "../../src/protocol/runs.js";
import { TestServer } from "../../test/support/server.js";
import { BenchFailure } from "../lib/failure.js";
import { measure } from "../lib/measured.js";
import { EXAMPLE } from "../verify-matrix/projects.js";
import { findMatrixToolchain } from "../verify-matrix/toolchains.js";
import { casesOf, count, countsText, failuresText, minutes, seedOf, type Failure, type PartContext, type PartResult } from "./part.js";
import { childrenOf, commandOf, kill } from "./processes.js";
import { Random } from "./random.js";

const VICTIMS = ["command line", "engine of a command line", "server", "engine of a server"] as const;
type Victim = (typeof VICTIMS)[number];

/** An engine exits when it loses its parent; under load this may take a moment. */
const ENGINE_ENDS_MILLIS = 15_000;

/** Everything that a run has made, as one text. */
type Content = string;

interface Scene {
  readonly cli: string;
  readonly unit: string;
  readonly store: string;
  readonly env: NodeJS.ProcessEnv;
}

export async function killsPart(number: number, context: PartContext): Promise<PartResult> {
  const scene = await capture(context.cli, context.work);
  await forget(scene);
  const begun = performance.now();
  const expected = await runToItsEnd(scene);
  const usual = performance.now() - begun;
  const victims = new Map<string, number>();
  const failures: Failure[] = [];
  const cases = casesOf(number, context);
  let underWay = 0;
  const started = performance.now();
  for (const [done, index] of cases.entries()) {
    const random = new Random(seedOf(context.seed, index));
    const victim = random.pick<Victim>(VICTIMS);
    count(victims, victim);
    await forget(scene);
    const what = await killed(scene, victim, random.below(usual))
      .then((hit) => {
        if (hit) underWay += 1;
        return runToItsEnd(scene);
      })
      .then(
        (content) => (content === expected ? undefined : `${victim}: content differs from a run without a kill`),
        (error: unknown) => `${victim}: ${error instanceof Error ? error.message : String(error)}`,
      );
    if (what !== undefined) failures.push({ index, what });
    if (done % 20 === 19) console.log(`faults: ${done + 1} of ${cases.length} kills`);
  }
  const took = minutes((performance.now() - started) / 1000);
  const text = [
    `${cases.length} kills in ${took} (${countsText(victims)}; ${underWay} of them in the middle of a run): the next run was wrong ${failures.length} times.`,
    ...failuresText(failures),
  ];
  return { text, failures };
}

async function capture(cli: string, work: string): Promise<Scene> {
  const toolchain = await findMatrixToolchain("system").then(async (found) =>
    typeof found === "string" ? findMatrixToolchain("stable") : found,
  );
  if (typeof toolchain === "string") throw new BenchFailure(toolchain, "Install Rust 1.95 or newer.");
  const workspace = await EXAMPLE.prepare(path.join(work, "workspace"), toolchain);
  const store = path.join(work, "store");
  const env = { ...toolchain.environment, LTO_INSPECTOR_STORE: store };
  const { stdout } = await measure(process.execPath, [cli, "capture", workspace, "--package", "textstats", "--lto", "thin"], { env });
  return { cli, unit: stdout.trimEnd().split("\n").at(-1) ?? "", store, env };
}

async function forget({ store }: Scene): Promise<void> {
  for (const name of ["blobs", "stages", "runs"]) await fs.rm(path.join(store, name), { recursive: true, force: true, maxRetries: 5 });
}

/** @throws BenchFailure if the run or one of its modules fails */
async function runToItsEnd({ cli, unit, store, env }: Scene): Promise<Content> {
  const file = path.join(store, "report.json");
  await measure(process.execPath, [cli, "thin", unit, "--json", file], { env });
  const report = JSON.parse(await fs.readFile(file, "utf8")) as RunReport;
  const lines: string[] = [];
  for (const module of report.modules) {
    if (module.error !== undefined) throw new BenchFailure(`${module.name}: ${module.error.message}`, "Look at it.");
    for (const stage of module.stages) lines.push(await contentOf(module.name, stage.stage, stage.file, stage.bytes));
  }
  return [...lines, String(report.modules.length)].join("\n");
}

/** A blob's name is the hash of its content; the size shows whether a kill truncated it. */
async function contentOf(module: string, stage: string, file: string | null, bytes: number): Promise<string> {
  if (file === null) throw new BenchFailure(`${module} has no ${stage}.`, "Look at it.");
  const { size } = await fs.stat(file);
  if (size !== bytes) throw new BenchFailure(`${file} has ${size} bytes instead of ${bytes}.`, "Look at it.");
  return `${module} ${stage} ${path.basename(path.dirname(file))}${path.basename(file)}`;
}

/** A run in progress, of the command line or of a window's server. */
interface UnderWay {
  readonly pid: number;
  /** Resolves when the run has ended in any way. */
  readonly ended: Promise<void>;
  /** Ends everything that still runs. */
  stop(): Promise<void>;
}

function startCommand({ cli, unit, env }: Scene): UnderWay {
  const child = spawn(process.execPath, [cli, "thin", unit], { env, stdio: "ignore" });
  const ended = once(child, "close").then(() => undefined);
  return { pid: child.pid ?? 0, ended, stop: () => ended };
}

async function startInServer({ unit, store }: Scene): Promise<UnderWay> {
  const server = await TestServer.start({ store });
  const ignore = (): undefined => undefined;
  const gone = once(server.process, "exit").then(ignore);
  const answered = server.ask("thin", { source: { unit } }).then(ignore, ignore);
  const ended = Promise.race([answered, gone]);
  return { pid: server.process.pid ?? 0, ended, stop: () => server.stop().then(ignore, ignore) };
}

/**
 * Starts a run and kills one of its programs after a while.
 *
 * @returns whether the run was in progress
 * @throws BenchFailure if an engine outlives the program that started it
 */
async function killed(scene: Scene, victim: Victim, afterMillis: number): Promise<boolean> {
  const run = victim.endsWith("server") ? await startInServer(scene) : startCommand(scene);
  const over = await Promise.race([run.ended.then(() => true), sleep(afterMillis, false)]);
  const engine = await engineOf(run.pid);
  const pid = victim.startsWith("engine") ? engine : run.pid;
  const hit = !over && pid !== undefined && kill(pid);
  await run.ended;
  await run.stop();
  if (engine !== undefined) await untilGone(engine);
  return hit;
}

async function untilGone(engine: number): Promise<void> {
  const end = Date.now() + ENGINE_ENDS_MILLIS;
  while (Date.now() < end) {
    if (!(await commandOf(engine)).includes("engine-host")) return;
    await sleep(50);
  }
  throw new BenchFailure(`The engine ${engine} still runs ${ENGINE_ENDS_MILLIS / 1000} s after its program was killed.`, "Look at it.");
}

async function engineOf(parent: number): Promise<number | undefined> {
  for (const pid of await childrenOf(parent)) {
    if ((await commandOf(pid)).includes("engine-host")) return pid;
  }
  return undefined;
}
