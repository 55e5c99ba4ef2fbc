import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import * as vscode from "vscode";
import { after, describe, eventually, it } from "../../support/vscode/in-host.js";
import { Dashboard, DashboardSerializer } from "../../../src/client/dashboard/panel.js";
import { Explanations } from "../../../src/client/documents/explanations.js";
import { reportOf } from "../../../src/client/failure.js";
import { COMMANDS, DASHBOARD_VIEW_TYPE, EXPLANATION_SCHEME, EXPLANATION_VIEW_TYPE } from "../../../src/client/ids.js";
import { readSettings, Server } from "../../../src/client/server.js";
import { ShownRun } from "../../../src/client/shown-run.js";
import { requests, type RequestName } from "../../../src/protocol/requests/all.js";
import { STAGE_SCHEME } from "../../../src/protocol/uris.js";
import { whatRan } from "../../support/attempts.js";
import { extension, servers } from "./extension.js";
import { Memory } from "./memory.js";

const workspace = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
const log = vscode.window.createOutputChannel("Restricted Mode", { log: true });

async function nothingRan(): Promise<void> {
  assert.deepEqual(servers(), []);
  assert.equal(vscode.tasks.taskExecutions.length, 0);
  assert.deepEqual(await whatRan(workspace), []);
}

describe("in Restricted Mode", () => {
  after(() => {
    log.dispose();
  });

  it("the extension is active in a workspace full of traps", async () => {
    for (const name of fs.readdirSync(path.join(workspace, "tc", "bin"))) fs.chmodSync(path.join(workspace, "tc", "bin", name), 0o755);
    assert.equal(vscode.workspace.isTrusted, false);
    await eventually("activation", () => extension().isActive);
    await nothingRan();
  });

  for (const [name, id] of Object.entries(COMMANDS)) {
    it(`the command ${name} executes nothing`, async () => {
      await vscode.commands.executeCommand(id);
      await nothingRan();
    });
  }

  it("views send no requests", async () => {
    for (const view of ["lto.units", "lto.cgus", "lto.runs"]) await vscode.commands.executeCommand(`${view}.focus`);
    await nothingRan();
  });

  it("every request is refused with a clear message", async () => {
    const server = new Server(extension().extensionUri.with({ path: `${extension().extensionUri.path}/dist/server.js` }).fsPath, log);
    for (const name of Object.keys(requests) as RequestName[]) {
      for (const ask of [() => server.ask(name, {}), () => server.askWithProgress(name, name, {})]) {
        const report = reportOf(
          await ask().then(
            () => assert.fail(`${name} was answered`),
            (error: unknown) => error,
          ),
        );
        assert.equal(report.name, "Untrusted");
        assert.match(report.message, /starts nothing in Restricted Mode/);
      }
    }
    await assert.rejects(server.document("lto-stage:/run/a/b/c.ll"), /Restricted Mode/);
    await assert.rejects(server.restart(), /Restricted Mode/);
    await nothingRan();
    server.dispose();
  });

  it("a restored dashboard whose page is ready starts no server", async () => {
    const server = new Server(path.join(extension().extensionPath, "dist", "server.js"), log);
    const memory = new Memory();
    await memory.update("lto.lastRun", "20200101T000000-00000000");
    const shown = new ShownRun(server, memory);
    const explanations = new Explanations({ extensionUri: extension().extensionUri, server, shown, log });
    const dashboard = new Dashboard({ extensionUri: extension().extensionUri, server, shown, explanations, log });
    const panel = vscode.window.createWebviewPanel(DASHBOARD_VIEW_TYPE, "LTO Dashboard", vscode.ViewColumn.Active);
    const said: string[] = [];
    panel.webview.onDidReceiveMessage(({ method }: { readonly method: string }) => said.push(method));
    await new DashboardSerializer(dashboard).deserializeWebviewPanel(panel);
    await eventually("the page", () => said.includes("ready"));
    await eventually("an end of what it asked for", () => server.state.kind === "idle");
    await nothingRan();
    for (const part of [dashboard, explanations, shown, server]) part.dispose();
  });

  it("a restored explanation says so, and starts no server", async () => {
    const { extensionUri } = extension();
    const server = new Server(path.join(extension().extensionPath, "dist", "server.js"), log);
    const shown = new ShownRun(server, new Memory());
    const explanations = new Explanations({ extensionUri, server, shown, log });
    const panel = vscode.window.createWebviewPanel(EXPLANATION_VIEW_TYPE, "Why module", vscode.ViewColumn.Active);
    const said: string[] = [];
    panel.webview.onDidReceiveMessage(({ method }: { readonly method: string }) => said.push(method));
    const told: string[] = [];
    const post = panel.webview.postMessage.bind(panel.webview);
    panel.webview.postMessage = (message: { readonly method: string }) => {
      told.push(message.method);
      return post(message);
    };
    const state = { subject: { run: "20200101T000000-00000000" }, module: "module", title: "Why module", unit: null };
    await explanations.deserializeWebviewPanel(panel, state);
    await eventually("the page", () => said.includes("ready") && told.length > 0);
    assert.deepEqual(told, ["restricted"]);
    assert.equal(server.state.kind, "idle");
    await nothingRan();
    for (const part of [panel, explanations, shown, server]) part.dispose();
  });

  it("documents of stages and comparisons say why they are empty", async () => {
    const stage = vscode.Uri.parse(`${STAGE_SCHEME}:/run/20200101T000000-00000000/module/title.ll?thin-lto-input`);
    await assert.rejects(async () => vscode.workspace.openTextDocument(stage), /Restricted Mode/);
    const query = "20200101T000000-00000000/20200101T000000-00000001";
    const comparison = vscode.Uri.from({ scheme: EXPLANATION_SCHEME, path: "/Runs.md", query });
    await assert.rejects(async () => vscode.workspace.openTextDocument(comparison), /Restricted Mode/);
    await nothingRan();
  });

  it("the workspace's settings name no toolchain, library, store or profile", () => {
    const { toolchain, libLLVM, profile, store } = readSettings();
    assert.deepEqual({ toolchain, libLLVM, profile, path: store?.path }, { toolchain: "", libLLVM: "auto", profile: "release", path: "" });
  });
});
