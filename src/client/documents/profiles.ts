/** Profiles of runs as pages, which are loaded later. */
import type * as vscode from "vscode";
import type { ProfilePlace } from "../../protocol/profile-page.js";
import { loadSession } from "../later.js";
import type { ProfilePages } from "../profile/pages.js";
import { pageTools, type ComparisonsParts } from "./comparisons.js";

export class Profiles implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #parts: ComparisonsParts;
  #pages: ProfilePages | undefined;

  constructor(parts: ComparisonsParts) {
    this.#parts = parts;
  }

  /** @throws the server's error, before anything is opened */
  async open(place: ProfilePlace): Promise<void> {
    await (await this.#loaded()).open(place);
  }

  /** Takes over a page that VS Code restored. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    (await this.#loaded()).adopt(panel, state);
  }

  dispose(): void {
    this.#pages?.dispose();
  }

  async #loaded(): Promise<ProfilePages> {
    const { ProfilePages } = await loadSession();
    const { server } = this.#parts;
    return (this.#pages ??= new ProfilePages({
      ...pageTools(this.#parts),
      ask: (name, params) => server.ask(name, params),
      askWithProgress: (title, name, params) => server.askWithProgress(title, name, params),
    }));
  }
}
