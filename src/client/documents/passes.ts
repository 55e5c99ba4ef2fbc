/** Pages of passes, which are loaded later. */
import * as vscode from "vscode";
import type { PassFunction } from "../../protocol/requests/passes.js";
import { reportOf, showFailure } from "../failure.js";
import { loadSession } from "../later.js";
import type { PassPages, PassTools } from "../passes/pages.js";
import type { Server } from "../server.js";
import { currentFilters } from "./filters.js";

export interface PassesParts {
  readonly extensionUri: vscode.Uri;
  readonly server: Server;
  readonly log: vscode.LogOutputChannel;
}

export class Passes implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #parts: PassesParts;
  #pages: PassPages | undefined;

  constructor(parts: PassesParts) {
    this.#parts = parts;
  }

  /** Shows the passes on a function. @throws the server's error, before anything is opened */
  async open(of: PassFunction): Promise<void> {
    await (await this.#loaded()).open(of);
  }

  /** Takes over a page that VS Code restored. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    (await this.#loaded()).adopt(panel, state);
  }

  dispose(): void {
    this.#pages?.dispose();
  }

  async #loaded(): Promise<PassPages> {
    const { PassPages } = await loadSession();
    return (this.#pages ??= new PassPages(this.#tools()));
  }

  #tools(): PassTools {
    const { extensionUri, server, log } = this.#parts;
    return {
      extensionUri,
      view: (of) => server.askWithProgress(vscode.l10n.t("Tracing passes"), "functionPasses", of),
      ask: server.ask.bind(server),
      filters: currentFilters,
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
