import assert from "node:assert/strict";
import * as vscode from "vscode";
import { describe, it } from "../../support/vscode/in-host.js";
import { COMMANDS } from "../../../src/client/ids.js";
import { extension, servers } from "./extension.js";

const MOST_MILLIS = 150;

describe("activation", () => {
  it("waits for something to do", () => {
    assert.equal(extension().isActive, false, "in a folder without Cargo.toml");
  });

  it(`takes less than ${MOST_MILLIS} ms, and starts nothing`, async () => {
    const started = performance.now();
    await extension().activate();
    const millis = performance.now() - started;
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
