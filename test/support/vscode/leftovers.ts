/** Processes that an extension started, apart from VS Code's own. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Process } from "../../../scripts/lib/processes.mjs";
import type { VscodeServer } from "../../../scripts/lib/vscode-server.mjs";
import { PATIENCE_MILLIS } from "../patience.js";

const POLL_MILLIS = 50;

/** Whether a process runs VS Code's own code: the server, an extension host, a watcher, a bundled language server. */
function isVscodes({ command }: Process): boolean {
  return command.includes("/code-server/lib/vscode/");
}

/** Whether a process runs in a terminal; VS Code's server keeps terminals for a window that may return. */
function isInTerminal(process: Process, all: ReadonlyMap<number, Process>): boolean {
  for (let at = all.get(process.parent); at !== undefined; at = all.get(at.parent)) {
    if (at.command.includes("--type=ptyHost")) return true;
  }
  return false;
}

/** A server's descendants that are neither VS Code's own nor in a terminal: an extension's server, its engine, a compiler. */
export function strangersIn(server: Pick<VscodeServer, "processes">): readonly Process[] {
  const all = new Map(server.processes().map((process) => [process.pid, process]));
  return [...all.values()].filter((process) => !isVscodes(process) && !isInTerminal(process, all));
}

/** The extension hosts of a server: one for each window. */
export function extensionHostsIn(server: Pick<VscodeServer, "processes">): readonly Process[] {
  return server.processes().filter(({ command }) => command.includes("--type=extensionHost"));
}

/**
 * Waits for processes to exit.
 *
 * @param staying command lines of processes that will not exit, and are not awaited
 * @returns those that have not exited
 */
export async function untilGone(list: () => readonly Process[], staying: readonly string[] = []): Promise<readonly Process[]> {
  const end = Date.now() + PATIENCE_MILLIS;
  let left = list();
  while (left.some(({ command }) => !staying.includes(command)) && Date.now() < end) {
    await sleep(POLL_MILLIS);
    left = list();
  }
  return left;
}
