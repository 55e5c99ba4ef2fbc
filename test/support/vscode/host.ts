/**
 * Tests inside VS Code's extension host: suites are bundled, run there, and their results come back through a file. They run in the VS Code
 * server from npm, or in the desktop build that VSCODE_EXECUTABLE names.
 */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import { inRoot } from "../../../scripts/lib/paths.mjs";
import { signalProcess } from "../../../scripts/lib/processes.mjs";
import { startVscodeServer } from "../../../scripts/lib/vscode-server.mjs";
import type { VscodeServer } from "../../../scripts/lib/vscode-server.mjs";
import { PATIENCE_MILLIS } from "../patience.js";
import { launchBrowser } from "./browser.js";
import { runInDesktop } from "./desktop.js";
import type { Environment, HostEnd, HostOutcome, HostRun } from "./host-run.js";
import { extensionHostsIn, strangersIn, untilGone } from "./leftovers.js";
import { newSandbox, showLogs } from "./sandbox.js";
import type { Sandbox } from "./sandbox.js";
import { bundleSuites } from "./suite-bundle.js";
import { problemOf, resultsIn, STATISTICS_FILE } from "./statistics.js";

/** @returns the file's text; empty if it does not exist yet */
function textOf(file = ""): string {
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
}

/** Waits until VS Code reports the end; gives up if the extension host has died, or if no test ends any more. */
async function untilEnded(server: VscodeServer, reported: () => boolean, progress: () => string): Promise<void> {
  let [first, told, since]: [readonly number[], string, number] = [[], "", Date.now()];
  while (!reported()) {
    await sleep(100);
    const now = progress();
    if (now !== told) [told, since] = [now, Date.now()];
    // The runner in the host ends a test after the same time.
    if (Date.now() - since > 2 * PATIENCE_MILLIS) return;
    // VS Code replaces a host that died, possibly before a busy machine checks again.
    const hosts = extensionHostsIn(server).map(({ pid }) => pid);
    if (first.length > 0 && !first.some((pid) => hosts.includes(pid))) {
      // After an orderly end, the report is still to come; otherwise it never comes.
      while (progress().includes('"complete":true') && !reported() && Date.now() - since < PATIENCE_MILLIS) await sleep(100);
      return;
    }
    if (first.length === 0) first = hosts;
  }
}

async function runInWindow(
  page: Page,
  server: VscodeServer,
  suite: string,
  sandbox: Sandbox,
  env: Environment,
  run: HostRun,
): Promise<number | null> {
  const remote = (file: string): string => `vscode-remote://localhost:${server.port}${file}`;
  const payload = [
    ["extensionDevelopmentPath", remote(inRoot(run.extension ?? ""))],
    ["extensionTestsPath", remote(suite)],
    ["enableProposedApi", ""],
  ];
  let exitCode: number | null = null;
  page.setDefaultTimeout(PATIENCE_MILLIS);
  await page.exposeFunction("codeAutomationLog", () => undefined);
  await page.exposeFunction("codeAutomationExit", (code: number) => {
    exitCode = code;
  });
  await page.goto(server.folderUrl(sandbox.workspace, { payload: JSON.stringify(payload) }));
  await untilEnded(
    server,
    () => exitCode !== null,
    () => textOf(env[STATISTICS_FILE]),
  );
  await page.close();
  return exitCode;
}

async function runInServer(suite: string, sandbox: Sandbox, env: Environment, run: HostRun): Promise<HostEnd> {
  const { settings = {}, askTrust = false } = run;
  const server = await startVscodeServer({ dataDir: sandbox.dataDir, env, settings, askTrust, testDriver: true });
  const browser = await launchBrowser();
  try {
    const exitCode = await runInWindow(await browser.newPage(), server, suite, sandbox, env, run);
    const leftovers = await untilGone(() => strangersIn(server), run.leavesBehind);
    for (const { pid } of leftovers) signalProcess(pid, "SIGKILL");
    return { exitCode, logs: showLogs(sandbox.dataDir, server.output()), leftovers: [...leftovers, ...(await server.stop())] };
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** Runs suites in their own VS Code. */
export async function runInHost(run: HostRun): Promise<HostOutcome> {
  const sandbox = newSandbox(run.workspace);
  try {
    const statistics = path.join(sandbox.folder, "statistics.json");
    const { file: suite, withSourceLines } = await bundleSuites(run.suites, path.join(sandbox.folder, "suite"));
    const env = { ...sandbox.env, ...run.env, [STATISTICS_FILE]: statistics };
    const desktop = process.env["VSCODE_EXECUTABLE"];
    const ended = desktop ? await runInDesktop(desktop, suite, sandbox, env, run) : await runInServer(suite, sandbox, env, run);
    const text = fs.existsSync(statistics) ? fs.readFileSync(statistics, "utf8") : null;
    const problem = problemOf(text, ended.exitCode);
    const results = resultsIn(text === null ? null : withSourceLines(text));
    return { results, problem: problem === null ? null : `${problem}\n${ended.logs}`, leftovers: ended.leftovers };
  } finally {
    sandbox.remove();
  }
}

/**
 * Declares one test of node:test for a run, with one nested test for each test that ran in the host.
 *
 * @param given the run, or what prepares it; a text instead of a run is the reason why it is skipped
 */
export function hostTests(name: string, given: HostRun | ((t: TestContext) => Promise<HostRun | string>)): void {
  test(name, async (t) => {
    const run = typeof given === "function" ? await given(t) : given;
    if (typeof run === "string") {
      t.skip(run);
      return;
    }
    if (run.askTrust && process.env["VSCODE_EXECUTABLE"]) {
      t.skip("@vscode/test-electron switches Workspace Trust off");
      return;
    }
    const { results, problem, leftovers } = await runInHost(run);
    for (const result of results) {
      await t.test(`${result.name} (${result.millis} ms there)`, (inner) => {
        if (result.outcome === "skipped") inner.skip(result.reason);
        if (result.outcome === "failed") assert.fail(result.reason);
      });
    }
    assert.equal(problem, null, problem ?? undefined);
    assert.deepEqual(leftovers, [], "processes that outlived VS Code");
  });
}
