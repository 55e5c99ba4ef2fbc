import assert from "node:assert/strict";
import * as vscode from "vscode";
import { describe, it } from "../../support/vscode/in-host.js";
import { COMMANDS } from "../../../src/client/ids.js";
import { extension, servers } from "./extension.js";

/** Ten times what is asked for, which bench/extension measures on a quiet machine: here it only must not have become another kind of work. */
const MOST_MILLIS = 1500;

/** Milliseconds of work by this thread so far, which unlike the time that passes does not depend on what else the machine does. */
function worked(): number {
  const { threadCpuUsage } = process as { threadCpuUsage?: () => NodeJS.CpuUsage };
  const { user, system } = (threadCpuUsage ?? process.cpuUsage).call(process);
  return (user + system) / 1000;
}

/** Waits until the extension host, which has just started, has nothing else to do. */
async function whenQuiet(): Promise<void> {
  let before = worked();
  for (let looks = 0; looks < 50; looks++) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    const now = worked();
    if (now - before <= 15) return;
    before = now;
  }
}

describe("activation", () => {
  it("waits for something to do", () => {
    assert.equal(extension().isActive, false, "in a folder without Cargo.toml");
  });

  it(`is less than ${MOST_MILLIS} ms of work, and starts nothing`, async () => {
    await whenQuiet();
    const before = worked();
    await extension().activate();
    const millis = worked() - before;
    assert.deepEqual(servers(), []);
    assert.ok(millis < MOST_MILLIS, `${Math.round(millis)} ms`);
  });

  it("registers every command", async () => {
    const all = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      Object.values(COMMANDS).filter((command) => !all.has(command)),
      [],
    );
  });
});
