import assert from "node:assert/strict";
import * as vscode from "vscode";
import { describe, eventually, it } from "../../support/vscode/in-host.js";
import { COMMANDS } from "../../../src/client/ids.js";
import { extension, servers } from "./extension.js";

describe("in Restricted Mode", () => {
  it("the extension is active and no command executes anything", async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    await eventually("activation", () => extension().isActive);
    for (const command of [COMMANDS.runThin, COMMANDS.capture, COMMANDS.refresh, COMMANDS.selectLlvm]) {
      await vscode.commands.executeCommand(command);
    }
    assert.deepEqual(servers(), []);
    assert.equal(vscode.tasks.taskExecutions.length, 0);
  });
});
