/**
 * The test runner inside the extension host: `describe`, `it` and hooks like those of node:test. node:test itself cannot be used: it exits with its
 * process, and the extension host must keep running.
 */
import fs from "node:fs";
import { PATIENCE_MILLIS } from "../patience.js";
import { STATISTICS_FILE } from "./statistics.js";
import type { Statistics, TestResult } from "./statistics.js";

export interface TestContext {
  /** Ends the test here, without a failure. */
  skip(reason: string): never;
}

export interface TestOptions {
  /** Milliseconds; for this runner's own test, in which a test hangs. */
  readonly timeout?: number;
}

type Body = (context: TestContext) => void | Promise<void>;
type Hook = () => void | Promise<void>;
type HookKind = "before" | "after" | "beforeEach" | "afterEach";

interface Test {
  readonly name: string;
  readonly body: Body;
  readonly timeout: number;
}

interface Suite {
  readonly name: string;
  readonly parent: Suite | null;
  readonly children: (Suite | Test)[];
  readonly hooks: Record<HookKind, Hook[]>;
}

class Skipped extends Error {}

function newSuite(name: string, parent: Suite | null): Suite {
  return { name, parent, children: [], hooks: { before: [], after: [], beforeEach: [], afterEach: [] } };
}

const root = newSuite("", null);
let current = root;

/** Groups tests. */
export function describe(name: string, body: () => void): void {
  const suite = newSuite(name, current);
  current.children.push(suite);
  current = suite;
  try {
    body();
  } finally {
    current = suite.parent ?? root;
  }
}

/** Longer than any single wait, whose own error says more. */
const TEST_MILLIS = 2 * PATIENCE_MILLIS;

/** Declares a test. */
export function it(name: string, body: Body, { timeout = TEST_MILLIS }: TestOptions = {}): void {
  current.children.push({ name, body, timeout });
}

/** Runs once before the tests of the enclosing suite; if it fails, so do they. */
export function before(hook: Hook): void {
  current.hooks.before.push(hook);
}

/** Runs once after the tests of the enclosing suite. */
export function after(hook: Hook): void {
  current.hooks.after.push(hook);
}

/** Runs before each test of the enclosing suite and its nested suites. */
export function beforeEach(hook: Hook): void {
  current.hooks.beforeEach.push(hook);
}

/** Runs after each test of the enclosing suite and its nested suites, even if the test failed. */
export function afterEach(hook: Hook): void {
  current.hooks.afterEach.push(hook);
}

/** Waits until a condition holds, because VS Code updates most of what it shows later. */
export async function eventually<T>(
  what: string,
  probe: () => T | undefined | false | null | Promise<T | undefined | false | null>,
): Promise<T> {
  const end = Date.now() + PATIENCE_MILLIS;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false && found !== null) return found;
    if (Date.now() > end) throw new Error(`there is still no ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function isSuite(child: Suite | Test): child is Suite {
  return "children" in child;
}

function testsIn(suite: Suite): number {
  return suite.children.reduce((sum, child) => sum + (isSuite(child) ? testsIn(child) : 1), 0);
}

async function limited(work: () => void | Promise<void>, timeout: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${timeout} ms`)), timeout);
  });
  try {
    // Wrapped, so that an error that `work` throws synchronously is a rejection too.
    await Promise.race([(async () => work())(), late]);
  } finally {
    clearTimeout(timer);
  }
}

function explain(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** The outermost name is empty. */
function nameOf(suites: readonly Suite[], last: string): string {
  return [...suites.map(({ name }) => name), last].filter(Boolean).join(" › ");
}

class Runner {
  private readonly results: TestResult[] = [];
  private readonly save: (statistics: Statistics) => void;
  private registered = testsIn(root);

  constructor(save: (statistics: Statistics) => void) {
    this.save = save;
  }

  private report(complete: boolean): void {
    this.save({ registered: this.registered, complete, results: this.results });
  }

  private add(result: TestResult): void {
    this.results.push(result);
    this.report(false);
  }

  private async runTest(test: Test, suites: readonly Suite[]): Promise<void> {
    const started = performance.now();
    let outcome: Pick<TestResult, "outcome" | "reason"> = { outcome: "passed" };
    const context: TestContext = {
      skip: (reason) => {
        throw new Skipped(reason);
      },
    };
    const guarded = async (work: () => void | Promise<void>): Promise<void> => {
      try {
        await limited(work, test.timeout);
      } catch (error) {
        if (error instanceof Skipped) outcome = { outcome: "skipped", reason: error.message };
        else outcome = { outcome: "failed", reason: explain(error) };
      }
    };
    await guarded(async () => {
      for (const hook of suites.flatMap(({ hooks }) => hooks.beforeEach)) await hook();
      await test.body(context);
    });
    for (const hook of suites.toReversed().flatMap(({ hooks }) => hooks.afterEach)) await guarded(hook);
    this.add({ name: nameOf(suites, test.name), millis: Math.round(performance.now() - started), ...outcome });
  }

  private failAll(suites: readonly Suite[], reason: string): void {
    for (const child of suites.at(-1)?.children ?? []) {
      if (isSuite(child)) this.failAll([...suites, child], reason);
      else this.add({ name: nameOf(suites, child.name), outcome: "failed", millis: 0, reason });
    }
  }

  /** @returns why a hook failed; null if none did */
  private async runHooks(hooks: readonly Hook[]): Promise<string | null> {
    try {
      for (const hook of hooks) await limited(hook, PATIENCE_MILLIS);
      return null;
    } catch (error) {
      return explain(error);
    }
  }

  private async runSuite(suites: readonly Suite[], suite: Suite): Promise<void> {
    const failure = await this.runHooks(suite.hooks.before);
    if (failure !== null) this.failAll(suites, `before: ${failure}`);
    for (const child of failure === null ? suite.children : []) {
      if (isSuite(child)) await this.runSuite([...suites, child], child);
      else await this.runTest(child, suites);
    }
    const late = await this.runHooks(suite.hooks.after);
    if (late === null) return;
    this.registered += 1;
    this.add({ name: nameOf(suites, "after"), outcome: "failed", millis: 0, reason: late });
  }

  /** @returns how many tests failed */
  async run(): Promise<number> {
    this.report(false);
    await this.runSuite([root], root);
    this.report(true);
    return this.results.filter(({ outcome }) => outcome === "failed").length;
  }
}

/**
 * Runs everything that was declared; VS Code calls this. Writes the statistics after every test.
 *
 * @throws if a test failed, so that VS Code reports it too
 */
export async function run(): Promise<void> {
  const file = process.env[STATISTICS_FILE];
  if (file === undefined) throw new Error(`${STATISTICS_FILE} is not set`);
  const failed = await new Runner((statistics) => {
    fs.writeFileSync(`${file}.tmp`, JSON.stringify(statistics));
    fs.renameSync(`${file}.tmp`, file);
  }).run();
  if (failed > 0) throw new Error(`${failed} tests failed`);
}
