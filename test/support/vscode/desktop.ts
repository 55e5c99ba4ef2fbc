/** Runs a bundled suite in the desktop build of VS Code that VSCODE_EXECUTABLE names. */
import crypto from "node:crypto";
import path from "node:path";
import { runTests } from "@vscode/test-electron";
import { inRoot } from "../../../scripts/lib/paths.mjs";
import { processesWith, signalProcess } from "../../../scripts/lib/processes.mjs";
import { writeUserSettings } from "../../../scripts/lib/vscode-server.mjs";
import type { Environment, HostEnd, HostRun } from "./host-run.js";
import { untilGone } from "./leftovers.js";
import { showLogs } from "./sandbox.js";
import type { Sandbox } from "./sandbox.js";

const MARK = "LTO_INSPECTOR_VSCODE";

/** test-electron rejects if the exit code is not 0. */
async function exitCodeOf(ended: Promise<number>): Promise<number | null> {
  try {
    return await ended;
  } catch (error) {
    return (error as { code?: number }).code ?? null;
  }
}

/**
 * Runs a suite.
 *
 * @param executable VS Code's
 * @param suite a module that exports `run`
 */
export async function runInDesktop(executable: string, suite: string, sandbox: Sandbox, env: Environment, run: HostRun): Promise<HostEnd> {
  const mark = crypto.randomUUID();
  const living = (): ReturnType<typeof processesWith> => processesWith(MARK, mark);
  const killAll = (): void => {
    for (const { pid } of living()) signalProcess(pid, "SIGKILL");
  };
  writeUserSettings(sandbox.dataDir, run.settings ?? {});
  // The runner in the host ends each test that hangs; the program that runs the tests notices everything else that hangs.
  try {
    const exitCode = await exitCodeOf(
      runTests({
        vscodeExecutablePath: executable,
        extensionDevelopmentPath: inRoot(run.extension ?? ""),
        extensionTestsPath: suite,
        // With the surrounding runner's variables, node:test would take VS Code for a test of its own.
        extensionTestsEnv: { NODE_OPTIONS: undefined, NODE_TEST_CONTEXT: undefined, ...env, [MARK]: mark },
        launchArgs: [
          sandbox.workspace,
          `--user-data-dir=${path.join(sandbox.dataDir, "user")}`,
          `--extensions-dir=${path.join(sandbox.dataDir, "ext")}`,
        ],
      }),
    );
    return { exitCode, logs: showLogs(sandbox.dataDir), leftovers: await untilGone(living, run.leavesBehind) };
  } finally {
    killAll();
  }
}
