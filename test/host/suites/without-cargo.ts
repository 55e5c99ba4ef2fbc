import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import * as vscode from "vscode";
import { after, describe, eventually, it } from "../../support/vscode/in-host.js";
import { Dashboard } from "../../../src/client/dashboard/panel.js";
import { Explanations } from "../../../src/client/documents/explanations.js";
import { DASHBOARD_VIEW_TYPE } from "../../../src/client/ids.js";
import { Scope } from "../../../src/client/scope.js";
import { Server } from "../../../src/client/server.js";
import { ShownRun } from "../../../src/client/shown-run.js";
import { UnitsTree } from "../../../src/client/trees/units.js";
import { extension } from "./extension.js";
import { Memory } from "./memory.js";

interface Told {
  readonly method: string;
  readonly params: unknown;
}

/** A dashboard, and the messages to its page. */
function openDashboard(scope: Scope): { readonly told: readonly Told[]; readonly look: () => Promise<void> } {
  const log = scope.add(vscode.window.createOutputChannel("Without Cargo", { log: true }));
  const server = scope.add(new Server(path.join(extension().extensionPath, "dist", "server.js"), log));
  const shown = scope.add(new ShownRun(server, new Memory()));
  const explanations = scope.add(new Explanations({ extensionUri: extension().extensionUri, server, shown, log }));
  const dashboard = scope.add(new Dashboard({ extensionUri: extension().extensionUri, server, shown, explanations, log }));
  const panel = vscode.window.createWebviewPanel(DASHBOARD_VIEW_TYPE, "LTO Dashboard", vscode.ViewColumn.Active);
  const told: Told[] = [];
  const post = panel.webview.postMessage.bind(panel.webview);
  panel.webview.postMessage = (message: Told) => {
    told.push({ method: message.method, params: message.params });
    return post(message);
  };
  dashboard.adopt(panel);
  const units = scope.add(new UnitsTree(server));
  const look = async (): Promise<void> => {
    await server.ask("refresh", {});
    await units.getChildren();
  };
  return { told, look };
}

describe("a dashboard without a run", () => {
  const scope = new Scope();
  after(() => {
    scope.dispose();
  });

  it("says that there is no Cargo.toml, even if no view has searched for one, and follows changes", async () => {
    const workspace = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? assert.fail("no folder is open");
    const { told, look } = openDashboard(scope);
    await eventually("an answer to the page", () => told.length > 0);
    assert.deepEqual(told.at(-1), { method: "empty", params: { because: "no-cargo" } });
    fs.writeFileSync(path.join(workspace, "Cargo.toml"), '[package]\nname = "hello"\nversion = "0.1.0"\n');
    await look();
    assert.deepEqual(told.at(-1), { method: "empty", params: { because: "no-run" } });
  });
});
