import assert from "node:assert/strict";
import * as vscode from "vscode";
import { describe, eventually, it } from "../../support/vscode/in-host.js";
import { COMMANDS } from "../../../src/client/ids.js";
import { extension, servers } from "./extension.js";

describe("the server", () => {
  it("is not there before something is asked", async () => {
    await eventually("activation by Cargo.toml", () => extension().isActive);
    assert.deepEqual(servers(), []);
  });

  it("starts with the first question, once", async () => {
    await Promise.all([vscode.commands.executeCommand(COMMANDS.refresh), vscode.commands.executeCommand(COMMANDS.refresh)]);
    assert.equal(servers().length, 1);
  });

  it("is another one after a restart", async () => {
    const [before] = servers();
    await vscode.commands.executeCommand(COMMANDS.restartServer);
    const after = servers();
    assert.equal(after.length, 1);
    assert.notEqual(after[0], before);
  });

  it("is started again when it is killed, and answers", async () => {
    const [before = 0] = servers();
    process.kill(before, "SIGKILL");
    await eventually("another server", () => servers().some((pid) => pid !== before));
    await vscode.commands.executeCommand(COMMANDS.refresh);
    assert.equal(servers().length, 1);
  });
});

describe("documents", () => {
  it("of stages are LLVM IR; one that does not exist says why", async () => {
    const uri = vscode.Uri.parse("lto-stage:/run/20200101T000000-00000000/module/title.ll?thin-lto-input");
    await vscode.commands.executeCommand(COMMANDS.refresh);
    const document = await vscode.workspace.openTextDocument(uri);
    assert.equal(document.languageId, "llvm");
    assert.match(document.getText(), /20200101T000000-00000000/);
  });
});
