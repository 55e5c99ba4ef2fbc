import assert from "node:assert/strict";
import * as vscode from "vscode";
import { describe, eventually, it } from "../../support/vscode/in-host.js";
import { COMMANDS, EXPLANATION_SCHEME } from "../../../src/client/ids.js";
import { extension, servers } from "./extension.js";

async function killAndAsk(): Promise<void> {
  const [before = 0] = servers();
  process.kill(before, "SIGKILL");
  await eventually("another server", () => servers().some((pid) => pid !== before));
  await vscode.commands.executeCommand(COMMANDS.refresh);
  await eventually("one server", () => servers().length === 1);
}

describe("the server", () => {
  it("does not run before the first request", async () => {
    await eventually("activation by Cargo.toml", () => extension().isActive);
    assert.deepEqual(servers(), []);
  });

  it("starts with the first request, once", async () => {
    await Promise.all([vscode.commands.executeCommand(COMMANDS.refresh), vscode.commands.executeCommand(COMMANDS.refresh)]);
    assert.equal(servers().length, 1);
  });

  it("is replaced by a restart", async () => {
    const [before] = servers();
    await vscode.commands.executeCommand(COMMANDS.restartServer);
    const after = servers();
    assert.equal(after.length, 1);
    assert.notEqual(after[0], before);
  });

  it("is restarted each time it is killed, and answers", async () => {
    await killAndAsk();
    await killAndAsk();
  });
});

describe("documents", () => {
  it("of an explanation: a command that fails opens nothing, and a document opened by address says why", async () => {
    const place = { kind: "module", subject: { run: "20200101T000000-00000000" }, row: { name: "module" } };
    await vscode.commands.executeCommand(COMMANDS.explain, place);
    assert.deepEqual(
      vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === EXPLANATION_SCHEME),
      [],
    );
    const query = JSON.stringify({ subject: place.subject, module: "module" });
    const uri = vscode.Uri.from({ scheme: EXPLANATION_SCHEME, path: "/Why module.md", query });
    await assert.rejects(async () => vscode.workspace.openTextDocument(uri), /There is no run 20200101T000000-00000000 in the store/);
  });

  it("of a stage that does not exist say so", async () => {
    const uri = vscode.Uri.parse("lto-stage:/run/20200101T000000-00000000/module/title.ll?thin-lto-input");
    await assert.rejects(async () => vscode.workspace.openTextDocument(uri), /There is no run 20200101T000000-00000000 in the store/);
  });
});
