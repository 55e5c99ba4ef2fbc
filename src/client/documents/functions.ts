/** Pages of functions, which are loaded later. */
import * as vscode from "vscode";
import type { ExplainedCalls } from "../calls/explained-calls.js";
import { reportOf, showFailure } from "../failure.js";
import type { FunctionPages, FunctionTools } from "../function/pages.js";
import { COMMANDS } from "../ids.js";
import { loadSession } from "../later.js";
import type { Server } from "../server.js";
import { compareStages, openStage } from "./compare.js";

export interface FunctionsParts {
  readonly extensionUri: vscode.Uri;
  readonly server: Server;
  readonly calls: ExplainedCalls;
  readonly log: vscode.LogOutputChannel;
}

export class Functions implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #parts: FunctionsParts;
  #pages: FunctionPages | undefined;

  constructor(parts: FunctionsParts) {
    this.#parts = parts;
  }

  /** Shows a function of a run. @throws the server's error, before anything is opened */
  async open(run: string, symbol: string): Promise<void> {
    await (await this.#loaded()).open({ run, symbol });
  }

  /** Takes over a page that VS Code restored. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    (await this.#loaded()).adopt(panel, state);
  }

  dispose(): void {
    this.#pages?.dispose();
  }

  async #loaded(): Promise<FunctionPages> {
    const { FunctionPages } = await loadSession();
    return (this.#pages ??= new FunctionPages(this.#tools()));
  }

  #tools(): FunctionTools {
    const { extensionUri, server, calls, log } = this.#parts;
    return {
      extensionUri,
      view: (place) => calls.known(place.run, () => server.ask("functionView", place)),
      stages: (copy) => server.ask("functionStages", copy),
      remarks: (place) => server.askWithProgress(vscode.l10n.t("Looking for remarks"), "functionRemarks", place),
      openStage: (choice) => openStage(server, choice),
      openDiff: (choice) => compareStages(server, choice),
      openIr: (run, shown) => calls.openIr(run, shown),
      showPasses: async (of) => {
        await vscode.commands.executeCommand(COMMANDS.showPasses, { kind: "symbol", ...of });
      },
      showAssembly: async (place) => {
        await vscode.commands.executeCommand(COMMANDS.showAssembly, { kind: "symbol", ...place });
      },
      reportOf,
      showFailure: (error) => void showFailure(error, log),
      warn: (text) => {
        log.warn(text);
      },
      showLog: () => {
        log.show();
      },
    };
  }
}
