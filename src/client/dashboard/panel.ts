/** The dashboard's panel: one at a time; it passes the webview's questions on and tells it which run is shown. */
import * as vscode from "vscode";
import type { DashboardCommand, ToExtension, ToWebview, WithoutRun } from "../../protocol/dashboard.js";
import { isWithoutCargo, onCargoFoldersChanged } from "../cargo-home.js";
import { compareStages, openStage, stagesOfModule } from "../documents/compare.js";
import type { Explanations } from "../documents/explanations.js";
import { reportOf, showFailure } from "../failure.js";
import { COMMANDS, DASHBOARD_VIEW_TYPE } from "../ids.js";
import { Scope } from "../scope.js";
import type { Server } from "../server.js";
import type { Shown } from "../shown.js";
import { dashboardHtml } from "./html.js";
import { messageFrom } from "./messages.js";

/** What the page's buttons run. */
const PAGE_COMMANDS: Readonly<Record<DashboardCommand, string>> = {
  ...COMMANDS,
  openFolder: "workbench.action.files.openFolder",
  manageTrust: "workbench.trust.manage",
};

export class Dashboard implements vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #server: Server;
  readonly #shown: Shown;
  readonly #explanations: Explanations;
  readonly #log: vscode.LogOutputChannel;
  #panel: vscode.WebviewPanel | undefined;
  #scope = new Scope();

  constructor(parts: {
    readonly extensionUri: vscode.Uri;
    readonly server: Server;
    readonly shown: Shown;
    readonly explanations: Explanations;
    readonly log: vscode.LogOutputChannel;
  }) {
    const { extensionUri, server, shown, explanations, log } = parts;
    this.#extensionUri = extensionUri;
    this.#server = server;
    this.#shown = shown;
    this.#explanations = explanations;
    this.#log = log;
  }

  /** Opens the panel, or brings it to the front. */
  open(): void {
    if (this.#panel !== undefined) {
      this.#panel.reveal();
      return;
    }
    this.adopt(vscode.window.createWebviewPanel(DASHBOARD_VIEW_TYPE, "LTO Dashboard", vscode.ViewColumn.Active));
  }

  /** Takes over a panel: a new one, or one that VS Code kept over a reload of the window. */
  adopt(panel: vscode.WebviewPanel): void {
    this.#scope.dispose();
    this.#scope = new Scope();
    this.#panel = panel;
    panel.iconPath = new vscode.ThemeIcon("dashboard");
    panel.webview.options = { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(this.#extensionUri, "dist", "webview")] };
    this.#scope.add(panel.webview.onDidReceiveMessage((message: unknown) => void this.#receive(messageFrom(message))));
    this.#scope.add(
      this.#shown.onChanged(() => {
        this.#show();
      }),
    );
    this.#scope.add(
      onCargoFoldersChanged(() => {
        if (this.#shown.run === null) this.#show();
      }),
    );
    this.#scope.add(
      this.#server.onChanged(({ runs }) => {
        if (runs) this.#post({ type: "changed" });
      }),
    );
    this.#scope.add(vscode.workspace.onDidGrantWorkspaceTrust(() => void this.#restore()));
    panel.onDidDispose(() => {
      this.#closed(panel);
    });
    panel.webview.html = dashboardHtml(panel.webview, this.#extensionUri);
  }

  dispose(): void {
    this.#panel?.dispose();
    this.#scope.dispose();
  }

  #closed(panel: vscode.WebviewPanel): void {
    if (this.#panel !== panel) return;
    this.#panel = undefined;
    this.#scope.dispose();
  }

  /** Shows the run of last time; in Restricted Mode none, until trust is granted. */
  async #restore(): Promise<void> {
    await this.#shown.restore().catch((error: unknown) => {
      this.#log.warn(String(error));
    });
    this.#show();
  }

  #show(): void {
    const { run } = this.#shown;
    this.#post(run === null ? { type: "empty", because: withoutRun() } : { type: "show", run });
  }

  #post(message: ToWebview): void {
    void this.#panel?.webview.postMessage(message);
  }

  async #receive(message: ToExtension | undefined): Promise<void> {
    switch (message?.type) {
      case "ready":
        await this.#restore();
        break;
      case "ask":
        await this.#answer(message);
        break;
      case "open":
        await this.#open(message).catch((error: unknown) => showFailure(error, this.#log));
        break;
      case "explain":
        await this.#explanations.open({ run: message.run }, message.module).catch((error: unknown) => showFailure(error, this.#log));
        break;
      case "command":
        await vscode.commands.executeCommand(PAGE_COMMANDS[message.command]);
        break;
      case undefined:
        this.#log.warn("The dashboard sent a message of an unknown form.");
        break;
    }
  }

  async #answer({ id, name, params }: ToExtension & { readonly type: "ask" }): Promise<void> {
    try {
      const result = await this.#server.pass(name, params);
      this.#post({ type: "answer", id, result });
    } catch (error) {
      this.#post({ type: "failure", id, report: reportOf(error) });
    }
  }

  async #open({ run, module, stage }: ToExtension & { readonly type: "open" }): Promise<void> {
    const stages = await stagesOfModule(this.#server, { run }, module);
    const to = stage ?? stages.at(-1);
    const from = to === undefined ? undefined : stages[stages.indexOf(to) - 1];
    if (to === undefined) return;
    if (from === undefined) await openStage({ run }, module, to, null);
    else await compareStages(this.#server, { subject: { run }, module, from, to });
  }
}

function withoutRun(): WithoutRun {
  if (!vscode.workspace.isTrusted) return "restricted";
  return isWithoutCargo() ? "no-cargo" : "no-run";
}

/** Brings the dashboard back after a reload of the window. */
export class DashboardSerializer implements vscode.WebviewPanelSerializer {
  readonly #dashboard: Dashboard;

  constructor(dashboard: Dashboard) {
    this.#dashboard = dashboard;
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.#dashboard.adopt(panel);
    return Promise.resolve();
  }
}
