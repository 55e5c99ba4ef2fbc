/** The texts of a function between passes as read-only documents, for VS Code's diff editor. */
import * as vscode from "vscode";
import type { PassAgainst, PassPlace } from "../../protocol/pass-page.js";
import { PASS_TEXT_SCHEME, STAGE_LANGUAGE } from "../../protocol/uris.js";
import { visible } from "../../protocol/visible.js";
import { number } from "../../protocol/words.js";

export interface PassTextAddress extends PassPlace {
  readonly pass: string;
  readonly at: number;
  readonly against: PassAgainst;
}

/** The documents of this window: VS Code restores no tabs of such schemes. */
export class PassTextDocuments implements vscode.TextDocumentContentProvider {
  static #shared: PassTextDocuments | undefined;
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();

  readonly onDidChange = this.#changed.event;

  private constructor() {
    // They live as long as the window.
    vscode.workspace.registerTextDocumentContentProvider(PASS_TEXT_SCHEME, this);
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      // A document whose language changes closes for a moment.
      if (!vscode.workspace.textDocuments.some((open) => open.uri.toString() === uri.toString())) this.#texts.delete(uri.toString());
    });
  }

  static shared(): PassTextDocuments {
    return (this.#shared ??= new PassTextDocuments());
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? "";
  }

  async open(of: PassTextAddress, { before, after }: { readonly before: string; readonly after: string }): Promise<void> {
    const [left, right] = [await this.#document(of, "left", before), await this.#document(of, "right", after)];
    const title = `${of.name.split("::").slice(-2).join("::")} · ${of.pass} (${number(of.at)})`;
    await vscode.commands.executeCommand("vscode.diff", left, right, visible(title));
  }

  async #document(of: PassTextAddress, side: "left" | "right", text: string): Promise<vscode.Uri> {
    const { run, module, symbol, name, at, against } = of;
    const query = [run, module, symbol, at, against, side].join(" ");
    const uri = vscode.Uri.from({ scheme: PASS_TEXT_SCHEME, path: `/${visible(name).replaceAll("/", "∕")}.ll`, query });
    this.#texts.set(uri.toString(), text);
    this.#changed.fire(uri);
    return (await vscode.languages.setTextDocumentLanguage(await vscode.workspace.openTextDocument(uri), STAGE_LANGUAGE)).uri;
  }
}
