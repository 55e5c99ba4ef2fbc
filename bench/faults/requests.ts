/** Fuzzed requests: whatever a client sends, the server answers with a user-facing message and keeps working. */
import { setTimeout as sleep } from "node:timers/promises";
import { CancellationTokenSource } from "vscode-languageserver/node";
import { TestServer } from "../../test/support/server.js";
import { makeCorpus, type Corpus } from "./disk/corpus.js";
import type { Json } from "./disk/mutate.js";
import { fuzzed, fuzzedNotification, judgeAnswer, type Fuzzed } from "./fuzzed-request.js";
import { casesOf, count, countsTable, failuresText, minutes, type Failure, type PartContext, type PartResult } from "./part.js";

/** Concurrent requests. */
const AT_ONCE = 6;

/** After so many cases, a plain request must have the same answer as at the beginning. */
const CASES_BETWEEN_CHECKS = 120;

export async function fuzzedRequests(number: number, context: PartContext): Promise<PartResult> {
  const corpus = await makeCorpus(context);
  const begun = performance.now();
  const outcomes = new Map<string, number>();
  const failures: Failure[] = [];
  const cases = casesOf(number, context);
  let session = await Session.start(corpus, context.limit);
  for (let from = 0; from < cases.length; from += AT_ONCE) {
    const batch = cases.slice(from, from + AT_ONCE).map((index) => fuzzed(index, context.seed, corpus));
    await session.notify(fuzzedNotification(from, context.seed));
    const answers = await Promise.all(batch.map((one) => session.send(one)));
    for (const [at, answer] of answers.entries()) {
      count(outcomes, answer.outcome);
      const { index, method, params } = batch[at] ?? { index: from, method: "", params: null };
      if (answer.bad !== undefined) failures.push({ index, what: `${method} ${shown(params)}: ${answer.bad}` });
    }
    const done = from + batch.length;
    if (from % CASES_BETWEEN_CHECKS === 0 || done === cases.length) {
      const problem = await session.check();
      if (problem !== undefined) {
        failures.push({ index: batch.at(-1)?.index ?? from, what: `after it: ${problem}` });
        await session.stop();
        session = await Session.start(corpus, context.limit);
      }
    }
    if (done % 600 === 0) console.log(`faults: ${done} of ${cases.length} fuzzed requests, ${failures.length} failures`);
  }
  failures.push(...session.complaints().map((line) => ({ index: cases.length, what: `in the server's log: ${line}` })));
  await session.stop();
  const text = [
    `${cases.length} fuzzed requests in ${minutes((performance.now() - begun) / 1000)}, ${AT_ONCE} at once with a fuzzed notification before them: ${failures.length} failures.`,
    "",
    ...countsTable("answer", "requests", outcomes),
    ...failuresText(failures),
  ];
  return { text, failures };
}

function shown(params: Json): string {
  const text = JSON.stringify(params);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

class Session {
  readonly #server: TestServer;
  readonly #limit: number;
  readonly #runs: number;

  private constructor(server: TestServer, limit: number, runs: number) {
    this.#server = server;
    this.#limit = limit;
    this.#runs = runs;
  }

  static async start({ store, workspace }: Corpus, limit: number): Promise<Session> {
    const server = await TestServer.start({ store, folders: [workspace] });
    const { total } = await server.ask("units", { offset: 0, limit: 1, all: true });
    return new Session(server, limit, total);
  }

  async send({ method, params, cancelAfter }: Fuzzed): Promise<{ outcome: string; bad?: string }> {
    const cancel = new CancellationTokenSource();
    if (cancelAfter !== undefined) setTimeout(() => cancel.cancel(), cancelAfter);
    const answered = this.#server.connection.sendRequest(method, params, cancel.token).then(
      () => ({ outcome: "a result" }),
      (error: unknown) => judgeAnswer(error),
    );
    // Runs and verifications take longer.
    const late = { outcome: `no answer within ${this.#limit * 4} s`, bad: `no answer within ${this.#limit * 4} s` };
    return Promise.race([answered, sleep(this.#limit * 4000, late, { ref: false })]);
  }

  /** Ignores a notification that cannot be sent. */
  async notify({ method, params }: { readonly method: string; readonly params: Json }): Promise<void> {
    await this.#server.connection.sendNotification(method, params).catch(() => undefined);
  }

  /** @returns how the server has changed */
  async check(): Promise<string | undefined> {
    if (this.#server.process.exitCode !== null || this.#server.process.signalCode !== null) return "the server has ended";
    const plain = this.#server.ask("units", { offset: 0, limit: 1, all: true }).then(
      ({ total }) => (total === this.#runs ? undefined : `${total} units instead of ${this.#runs}`),
      (error: unknown) => String(error),
    );
    return Promise.race([plain, sleep(this.#limit * 1000, `a plain request is not answered within ${this.#limit} s`, { ref: false })]);
  }

  complaints(): string[] {
    const lines = this.#server.log.join("").split("\n");
    return lines.filter((line) => /TypeError|RangeError|Unhandled|unhandled/.test(line)).slice(0, 20);
  }

  async stop(): Promise<void> {
    await Promise.race([this.#server.stop(), sleep(this.#limit * 1000, undefined, { ref: false })]).catch(() => undefined);
    this.#server.process.kill("SIGKILL");
  }
}
