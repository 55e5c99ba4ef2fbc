/** Comparisons of two builds as pages, which are loaded later. */
import type * as vscode from "vscode";
import type { ComparisonPlace } from "../../protocol/comparison-page.js";
import type { ComparisonPages, ComparisonTools } from "../comparison/pages.js";
import { reportOf, showFailure } from "../failure.js";
import { loadSession } from "../later.js";
import type { Server } from "../server.js";
import { compareStages } from "./compare.js";

/** The most functions of a row in its list; the diff of all of them pages through the others. */
const FUNCTIONS_SHOWN = 100;

export interface ComparisonsParts {
  readonly extensionUri: vscode.Uri;
  readonly server: Server;
  readonly log: vscode.LogOutputChannel;
}

export class Comparisons implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #parts: ComparisonsParts;
  #pages: ComparisonPages | undefined;

  constructor(parts: ComparisonsParts) {
    this.#parts = parts;
  }

  /** @throws the server's error, before anything is opened */
  async open(place: ComparisonPlace): Promise<void> {
    await (await this.#loaded()).open(place);
  }

  /** Takes over a page that VS Code restored. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    (await this.#loaded()).adopt(panel, state);
  }

  dispose(): void {
    this.#pages?.dispose();
  }

  async #loaded(): Promise<ComparisonPages> {
    const { ComparisonPages } = await loadSession();
    return (this.#pages ??= new ComparisonPages(this.#tools()));
  }

  #tools(): ComparisonTools {
    const { extensionUri, server, log } = this.#parts;
    return {
      extensionUri,
      compare: (choice, title) =>
        title === undefined ? server.ask("compareBuilds", choice) : server.askWithProgress(title, "compareBuilds", choice),
      functions: (place) => server.ask("changedFunctions", { ...place, offset: 0, limit: FUNCTIONS_SHOWN }),
      openDiff: (comparison) => compareStages(server, comparison),
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
