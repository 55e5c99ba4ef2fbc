/** The dashboard's panel: one at a time; it forwards the webview's requests and notifies it of the shown run. */
import * as vscode from "vscode";
import type { DashboardCommand, DashboardRequest, ToExtension, WithoutRun } from "../../protocol/dashboard.js";
import type { LtoErrorReport } from "../../protocol/errors.js";
import { isWithoutCargo, onCargoFoldersChanged } from "../cargo-home.js";
import { compareStages, openStage, stagesOfModule } from "../documents/compare.js";
import type { Explanations } from "../documents/explanations.js";
import { reportOf, showFailure } from "../failure.js";
import { COMMANDS, DASHBOARD_VIEW_TYPE } from "../ids.js";
import { loadSession } from "../later.js";
import { Scope } from "../scope.js";
import type { Server } from "../server.js";
import type { ShownRun } from "../shown-run.js";
import type { PageConnection, DashboardListener } from "./connection.js";

/** What the page's buttons run. */
const PAGE_COMMANDS: Readonly<Record<DashboardCommand, string>> = {
  ...COMMANDS,
  openFolder: "workbench.action.files.openFolder",
  manageTrust: "workbench.trust.manage",
};

export class Dashboard implements vscode.Disposable, DashboardListener {
  readonly #extensionUri: vscode.Uri;
  readonly #server: Server;
  readonly #shown: ShownRun;
  readonly #explanations: Explanations;
  readonly #log: vscode.LogOutputChannel;
  #panel: vscode.WebviewPanel | undefined;
  #page: PageConnection | undefined;
  #scope = new Scope();

  constructor(parts: {
    readonly extensionUri: vscode.Uri;
    readonly server: Server;
    readonly shown: ShownRun;
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
    this.adopt(vscode.window.createWebviewPanel(DASHBOARD_VIEW_TYPE, vscode.l10n.t("LTO Dashboard"), vscode.ViewColumn.Active));
  }

  /** Takes over a panel: a new one, or one that VS Code restored after the window was reloaded. */
  adopt(panel: vscode.WebviewPanel): void {
    this.#scope.dispose();
    this.#scope = new Scope();
    this.#panel = panel;
    this.#page = undefined;
    panel.iconPath = new vscode.ThemeIcon("dashboard");
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
        if (runs) this.#page?.tell({ type: "changed" });
      }),
    );
    this.#scope.add(vscode.workspace.onDidGrantWorkspaceTrust(() => void this.#restore()));
    panel.onDidDispose(() => {
      this.#closed(panel);
    });
    this.#load(panel, this.#scope).catch((error: unknown) => showFailure(error, this.#log));
  }

  dispose(): void {
    this.#panel?.dispose();
    this.#scope.dispose();
  }

  /** Loads the page once something listens to it. */
  async #load(panel: vscode.WebviewPanel, scope: Scope): Promise<void> {
    const { PageConnection, showPage } = await loadSession();
    // It was closed or replaced in the meantime.
    if (this.#scope !== scope || this.#panel !== panel) return;
    this.#page = scope.add(new PageConnection(panel.webview, this));
    showPage(panel.webview, this.#extensionUri, { name: "dashboard", title: vscode.l10n.t("LTO Dashboard") });
  }

  #closed(panel: vscode.WebviewPanel): void {
    if (this.#panel !== panel) return;
    this.#panel = undefined;
    this.#page = undefined;
    this.#scope.dispose();
  }

  /** Shows the last run; in Restricted Mode, only after trust is granted. */
  async #restore(): Promise<void> {
    await this.#shown.restore().catch((error: unknown) => {
      this.#log.warn(String(error));
    });
    this.#show();
  }

  #show(): void {
    const { run } = this.#shown;
    this.#page?.tell(run === null ? { type: "empty", because: withoutRun() } : { type: "show", run });
  }

  answer(name: DashboardRequest, params: unknown, token: vscode.CancellationToken): Promise<unknown> {
    return this.#server.pass(name, params, token);
  }

  reportOf(error: unknown): LtoErrorReport {
    return reportOf(error);
  }

  told(message: ToExtension): void {
    this.#act(message).catch((error: unknown) => showFailure(error, this.#log));
  }

  refused(why: string): void {
    this.#log.warn(`The dashboard: ${why}`);
  }

  async #act(message: ToExtension): Promise<void> {
    switch (message.type) {
      case "ready":
        await this.#restore();
        break;
      case "open":
        await this.#open(message);
        break;
      case "explain":
        await this.#explanations.open({ run: message.run }, message.module);
        break;
      case "function":
        await vscode.commands.executeCommand(COMMANDS.showFunction, { run: message.run, symbol: message.symbol });
        break;
      case "command":
        await vscode.commands.executeCommand(PAGE_COMMANDS[message.command]);
        break;
    }
  }

  async #open({ run, module, stage }: ToExtension & { readonly type: "open" }): Promise<void> {
    const stages = await stagesOfModule(this.#server, { run }, module);
    const to = stage ?? stages.at(-1);
    const from = to === undefined ? undefined : stages[stages.indexOf(to) - 1];
    if (to === undefined) return;
    if (from === undefined) await openStage(this.#server, { subject: { run }, module, stage: to, function: null });
    else await compareStages(this.#server, { subject: { run }, module, from, to });
  }
}

function withoutRun(): WithoutRun {
  if (!vscode.workspace.isTrusted) return "restricted";
  return isWithoutCargo() ? "no-cargo" : "no-run";
}

/** Restores the dashboard after the window is reloaded. */
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
