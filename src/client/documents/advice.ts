/** Comparisons of settings as pages, which are loaded later. */
import type * as vscode from "vscode";
import type { AdvicePages } from "../advice/pages.js";
import { loadSession } from "../later.js";
import { pageTools, type ComparisonsParts } from "./comparisons.js";

export class Advice implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #parts: ComparisonsParts;
  #pages: AdvicePages | undefined;

  constructor(parts: ComparisonsParts) {
    this.#parts = parts;
  }

  /** Opens a saved comparison. @throws the server's error, before anything is opened */
  async open(id: string): Promise<void> {
    await (await this.#loaded()).open({ id });
  }

  /** Takes over a page that VS Code restored. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    (await this.#loaded()).adopt(panel, state);
  }

  dispose(): void {
    this.#pages?.dispose();
  }

  async #loaded(): Promise<AdvicePages> {
    const { AdvicePages } = await loadSession();
    const { server } = this.#parts;
    return (this.#pages ??= new AdvicePages({
      ...pageTools(this.#parts),
      ask: (name, params) => server.ask(name, params),
    }));
  }
}
