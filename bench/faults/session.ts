/** Many requests in one server, like a window that is open for a day: its resources must not grow with the number of requests. */
import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { formatStageUri, NO_FILTERS, type Subject } from "../../src/protocol/uris.js";
import type { RequestName } from "../../src/protocol/requests/all.js";
import { THIN_STAGES } from "../../src/protocol/stages.js";
import { TestServer } from "../../test/support/server.js";
import { judgeReport } from "./disk/judge.js";
import { makeCorpus, type Corpus } from "./disk/corpus.js";
import { reportOfAnswer } from "./disk/sample.js";
import { count, countsText, failuresText, minutes, seedOf, type Failure, type PartContext, type PartResult } from "./part.js";
import { childrenOf, usageOf } from "./processes.js";
import { Random } from "./random.js";

/** The server's resources are measured after these shares of the requests. */
const LOOKS = [1 / 6, 1 / 2, 1];

/** The store's quota in gigabytes, in addition to the latest captures: less than the session's runs would take. */
const QUOTA = 0.2;

interface Look {
  readonly requests: number;
  /** Memory of the server and of its engines, in bytes. */
  readonly server: number;
  readonly engines: number;
  readonly files: number;
  readonly store: ReadonlyMap<string, number>;
}

interface Asked {
  readonly name: RequestName | "document";
  readonly params: object;
}

export async function longSession(number: number, context: PartContext): Promise<PartResult> {
  const corpus = await makeCorpus(context);
  const begun = performance.now();
  const server = await TestServer.start({
    store: corpus.store,
    folders: [corpus.workspace],
    settings: { store: { path: "", quota: QUOTA } },
  });
  const modules = await modulesOf(server, corpus);
  const counts = new Map<string, number>();
  const failures: Failure[] = [];
  const looks: Look[] = [];
  for (let index = 0; index < number; index += 1) {
    const asked = requestOf(new Random(seedOf(context.seed, index)), corpus, modules);
    count(counts, asked.name);
    const problem = await ask(server, asked, context.limit * 4);
    if (problem !== undefined) failures.push({ index, what: `${asked.name}: ${problem}` });
    if (LOOKS.some((share) => index + 1 === Math.round(share * number))) looks.push(await look(server, corpus, index + 1));
  }
  await server.stop().catch(() => server.process.kill("SIGKILL"));
  failures.push(...growth(looks));
  const text = [
    `${number} requests in one server in ${minutes((performance.now() - begun) / 1000)} (${countsText(counts)}): ${failures.length} failures.`,
    "",
    ...table(looks),
    ...failuresText(failures),
  ];
  return { text, failures };
}

async function modulesOf(server: TestServer, { run }: Corpus): Promise<readonly string[]> {
  const { rows } = await server.ask("modules", { subject: { run }, offset: 0, limit: 200 });
  return rows.map(({ name }) => name);
}

/** The requests of a window: mostly lists and rows, sometimes a run, a verification, an explanation, a search. */
function requestOf(random: Random, { run, unit, workspace }: Corpus, modules: readonly string[]): Asked {
  const subject: Subject = random.below(3) === 0 ? { unit } : { run };
  const module = random.pick(modules);
  const [offset, limit] = [random.below(40), 50];
  const [from, to] = [random.pick(THIN_STAGES), random.pick(THIN_STAGES)];
  const filters = { ...NO_FILTERS, demangle: random.below(2) === 0, stableNumbering: random.below(2) === 0 };
  const choices: readonly Asked[] = [
    { name: "units", params: { offset: 0, limit, all: true } },
    { name: "runs", params: { offset: 0, limit } },
    { name: "groups", params: { subject } },
    { name: "modules", params: { subject, offset, limit } },
    { name: "stages", params: { subject, module, changes: true } },
    { name: "functions", params: { subject, module, stage: from, offset, limit } },
    { name: "changedFunctions", params: { subject, module, from, to, offset, limit } },
    { name: "compare", params: { subject, module, from, to, filters, offset: 0, limit } },
    { name: "document", params: { uri: formatStageUri({ subject, module, stage: from, function: null, filters }) } },
    { name: "timeline", params: { run, bars: 500 } },
    { name: "stageTotals", params: { run } },
    { name: "causes", params: { subject, offset: 0, limit } },
    { name: "explain", params: { subject, module, filters } },
    { name: "decisive", params: { subject, module } },
    { name: "find", params: { subject, symbol: random.pick(["main", "core", "fmt", "bar"]), stage: from, limit: 100, filters } },
    { name: "stageFile", params: { subject, module, stage: to } },
    { name: "thin", params: { source: { unit } } },
    { name: "thin", params: { source: { unit }, analyzeOnly: true } },
    { name: "verify", params: { unit } },
    { name: "plan", params: { folder: `file://${workspace}` } },
    { name: "refresh", params: {} },
    { name: "store", params: {} },
  ];
  return random.pick(choices);
}

/** @returns what is wrong with the answer */
async function ask({ connection }: TestServer, { name, params }: Asked, limit: number): Promise<string | undefined> {
  const method = name === "document" ? "workspace/textDocumentContent" : `lto/${name}`;
  const answered = connection.sendRequest(method, params).then(
    () => undefined,
    (error: unknown) => {
      const report = reportOfAnswer(error);
      return report === undefined ? String(error) : judgeReport(report, undefined).bad;
    },
  );
  return Promise.race([answered, sleep(limit * 1000, `no answer within ${limit} s`, { ref: false })]);
}

async function look(server: TestServer, { store }: Corpus, requests: number): Promise<Look> {
  const pid = server.process.pid ?? 0;
  const own = await usageOf(pid);
  const engines = await Promise.all((await childrenOf(pid)).map(usageOf));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    requests,
    server: own.resident,
    engines: sum(engines.map(({ resident }) => resident)),
    files: own.files + sum(engines.map(({ files }) => files)),
    store: await sizesOf(store),
  };
}

/** Bytes on disk by folder; hard links count once. */
async function sizesOf(store: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const part of await fs.readdir(store)) {
    const entries = await fs.readdir(path.join(store, part), { recursive: true, withFileTypes: true }).catch(() => []);
    const seen = new Map<number, number>();
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const found = await fs.stat(path.join(entry.parentPath, entry.name)).catch(() => undefined);
      if (found !== undefined) seen.set(found.ino, found.size);
    }
    sizes.set(
      part,
      [...seen.values()].reduce((total, size) => total + size, 0),
    );
  }
  return sizes;
}

const MEGABYTE = 1e6;

/** How much more an idle server may hold at the end than in the middle, when caches are already full. */
const ROOM = { memory: 60 * MEGABYTE, files: 5, store: 5 * MEGABYTE };

function growth(looks: readonly Look[]): Failure[] {
  const [last, middle] = [looks.at(-1), looks.at(-2)];
  if (last === undefined || middle === undefined) return [];
  const failures: Failure[] = [];
  const grew = (what: string, before: number, after: number, room: number): void => {
    if (after > before + room) failures.push({ index: last.requests, what: `${what} grew from ${before} to ${after}` });
  };
  grew("the memory of server and engines", middle.server + middle.engines, last.server + last.engines, ROOM.memory);
  grew("the number of open files", middle.files, last.files, ROOM.files);
  const removable = (one: Look): number => ["blobs", "stages", "runs"].reduce((total, part) => total + (one.store.get(part) ?? 0), 0);
  grew("what the quota limits in the store", Math.max(removable(middle), QUOTA * 1e9), removable(last), ROOM.store);
  return failures;
}

function table(looks: readonly Look[]): string[] {
  const parts = [...new Set(looks.flatMap(({ store }) => [...store.keys()]))].toSorted();
  const megabytes = (bytes: number): string => `${(bytes / MEGABYTE).toFixed(0)} MB`;
  const row = ({ requests, server, engines, files, store }: Look): string =>
    `| ${[requests, megabytes(server), megabytes(engines), files, ...parts.map((part) => megabytes(store.get(part) ?? 0))].join(" | ")} |`;
  const heading = ["requests", "server", "engines", "open files", ...parts];
  return [`| ${heading.join(" | ")} |`, `|${" --- |".repeat(heading.length)}`, ...looks.map(row), ""];
}
