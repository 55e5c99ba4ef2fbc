/** A sample of the mutated files through the server and the command line, as in a window and a terminal. */
import fs from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createCore } from "../../../src/core/engine/core-context.js";
import type { LtoErrorReport } from "../../../src/protocol/errors.js";
import type { RequestName } from "../../../src/protocol/requests/all.js";
import { TestServer } from "../../../test/support/server.js";
import { seedOf, type Failure, type PartContext } from "../part.js";
import { runProgram } from "../program.js";
import { Random } from "../random.js";
import type { Corpus } from "./corpus.js";
import type { Format } from "./formats.js";
import { judgeReport } from "./judge.js";
import { mutate, restore } from "./mutate.js";

export interface Sampled {
  /** Requests and commands. */
  readonly runs: number;
  readonly failures: readonly Failure[];
}

interface Scene {
  readonly corpus: Corpus;
  readonly cli: string;
  readonly limit: number;
}

export async function sample(
  format: Format,
  corpus: Corpus,
  cases: readonly number[],
  { cli, limit, seed }: PartContext,
): Promise<Sampled> {
  const core = createCore({ storeRoot: corpus.store });
  const files = await format.files(corpus, core);
  const pristine = new Map(await Promise.all(files.map(async (file) => [file, await fs.readFile(file)] as const)));
  const failures: Failure[] = [];
  let runs = 0;
  const scene = { corpus, cli, limit };
  for (const index of cases) {
    const random = new Random(seedOf(seed, index));
    const file = random.pick(files);
    const content = pristine.get(file) ?? Buffer.alloc(0);
    const how = mutate(file, content, format.kind, random);
    const named = format.anonymous === true ? undefined : file;
    for (const problem of [...(await throughServer(scene, named)), ...(await throughCommands(scene, named))]) {
      failures.push({ index, what: `${format.name}: ${how}: ${problem}` });
    }
    restore(file, content);
    runs += REQUESTS + COMMANDS;
  }
  return { runs, failures };
}

const REQUESTS = 12;
const COMMANDS = 5;

async function throughServer({ corpus, limit }: Scene, file: string | undefined): Promise<string[]> {
  const { store, workspace, unit, run } = corpus;
  const page = { offset: 0, limit: 50 };
  const ofRun = { subject: { run } };
  const ofUnit = { subject: { unit } };
  const asked: readonly (readonly [RequestName, object])[] = [
    ["units", { ...page, all: true }],
    ["unit", { unit }],
    ["runs", page],
    ["run", { run }],
    ["groups", ofRun],
    ["modules", { ...ofRun, ...page }],
    ["modules", { ...ofUnit, ...page }],
    ["timeline", { run, bars: 100 }],
    ["stageTotals", { run }],
    ["causes", { ...ofUnit, ...page }],
    ["store", {}],
    ["refresh", {}],
  ];
  const server = await TestServer.start({ store, folders: [workspace] });
  const problems: string[] = [];
  try {
    for (const [name, params] of asked) {
      const problem = await answer(server, name, params, limit, file);
      if (problem !== undefined) problems.push(`request ${name}: ${problem}`);
    }
  } finally {
    await Promise.race([server.stop(), sleep(limit * 1000)]).catch(() => undefined);
    server.process.kill("SIGKILL");
  }
  return problems;
}

/** @returns what is wrong with the answer; undefined: it is right */
export async function answer(
  server: TestServer,
  name: RequestName,
  params: object,
  limit: number,
  file: string | undefined,
): Promise<string | undefined> {
  const answered = server.connection.sendRequest(`lto/${name}`, params).then(
    () => undefined,
    (error: unknown) => {
      const report = reportOfAnswer(error);
      if (report === undefined) return String(error);
      return judgeReport(report, file).bad;
    },
  );
  return Promise.race([answered, sleep(limit * 1000, `no answer within ${limit} s`, { ref: false })]);
}

/** The report in an error of the connection; undefined: it has none, which is a fault. */
export function reportOfAnswer(error: unknown): LtoErrorReport | undefined {
  if (typeof error !== "object" || error === null || !("data" in error)) return undefined;
  const { data } = error;
  if (typeof data !== "object" || data === null || !("report" in data)) return undefined;
  return data.report as LtoErrorReport;
}

async function throughCommands({ corpus, cli, limit }: Scene, file: string | undefined): Promise<string[]> {
  const { store, workspace, unit, session } = corpus;
  const commands: readonly (readonly string[])[] = [
    ["discover", workspace],
    ["thin", unit, "--analyze"],
    ["explain", unit],
    ["store"],
    ["thin", session, "--analyze"],
  ];
  const problems: string[] = [];
  for (const args of commands) {
    const env = { ...process.env, LTO_INSPECTOR_STORE: store, NO_COLOR: "1" };
    const { code, stdout, stderr, hung } = await runProgram(process.execPath, [cli, ...args, "--json", "-"], { env, limit });
    const problem = hung ? `no answer within ${limit} s` : problemOf(code, stdout, stderr, file);
    if (problem !== undefined) problems.push(`\`${args[0] ?? ""}\`: ${problem}`);
  }
  return problems;
}

function problemOf(code: number | null, stdout: string, stderr: string, file: string | undefined): string | undefined {
  if (code === 0 || code === 1) return undefined;
  try {
    const { error } = JSON.parse(stdout) as { error: LtoErrorReport };
    return judgeReport(error, file).bad;
  } catch {
    return `exit code ${String(code)}: ${stderr.slice(-300)}`;
  }
}
