/** Comparisons of two builds as pages, which are loaded later. */
import type * as vscode from "vscode";
import type { ComparisonPlace } from "../../protocol/comparison-page.js";
import type { ComparisonPages, ComparisonTools } from "../comparison/pages.js";
import { reportOf, showFailure } from "../failure.js";
import { loadSession } from "../later.js";
import type { EditorPageTools } from "../pages/editor-pages.js";
import type { Server } from "../server.js";
import { compareStages } from "./compare.js";

/** The most functions of a row in its list; the diff of all of them pages through the others. */
const FUNCTIONS_SHOWN = 100;

export interface ComparisonsParts {
  readonly extensionUri: vscode.Uri;
  readonly server: Server;
  readonly log: vscode.LogOutputChannel;
}

/** What every page in the editor area is given of the client. */
export function pageTools({ extensionUri, log }: Pick<ComparisonsParts, "extensionUri" | "log">): EditorPageTools {
  return {
    extensionUri,
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
    const { server } = this.#parts;
    return {
      ...pageTools(this.#parts),
      compare: (choice, title) =>
        title === undefined ? server.ask("compareBuilds", choice) : server.askWithProgress(title, "compareBuilds", choice),
      functions: (place) => server.ask("changedFunctions", { ...place, offset: 0, limit: FUNCTIONS_SHOWN }),
      openDiff: (comparison) => compareStages(server, comparison),
    };
  }
}
