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

describe("an explanation", () => {
  it("that fails opens no page", async () => {
    const place = { kind: "module", subject: { run: "20200101T000000-00000000" }, row: { name: "module" } };
    await vscode.commands.executeCommand(COMMANDS.explain, place);
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    assert.deepEqual(
      tabs.filter(({ input }) => input instanceof vscode.TabInputWebview),
      [],
    );
  });
});

describe("documents", () => {
  it("of a comparison, opened by address, say why there is none", async () => {
    const query = "20200101T000000-00000000/20200101T000000-00000001";
    const uri = vscode.Uri.from({ scheme: EXPLANATION_SCHEME, path: "/Runs.md", query });
    await assert.rejects(async () => vscode.workspace.openTextDocument(uri), /There is no run 20200101T000000-00000000 in the store/);
    await assert.rejects(async () => vscode.workspace.openTextDocument(uri.with({ query: "one" })), /does not name two runs/);
  });

  it("of a stage that does not exist say so", async () => {
    const uri = vscode.Uri.parse("lto-stage:/run/20200101T000000-00000000/module/title.ll?thin-lto-input");
    await assert.rejects(async () => vscode.workspace.openTextDocument(uri), /There is no run 20200101T000000-00000000 in the store/);
  });
});
