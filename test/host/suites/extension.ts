/** The extension under test, from inside its host. */
import fs from "node:fs";
import * as vscode from "vscode";

export const ID = "lto-inspector.lto-inspector";

/** @throws if VS Code does not know it */
export function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension(ID);
  if (found === undefined) throw new Error(`${ID} is not there`);
  return found;
}

/** Process ids of the servers that this extension host has started. */
export function servers(): number[] {
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => isServer(pid))
    .map(Number);
}

function isServer(pid: string): boolean {
  try {
    const parent = /^PPid:\s*(\d+)$/m.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(parent) === process.pid && fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("dist/server.js");
  } catch {
    // It has exited in the meantime.
    return false;
  }
}
