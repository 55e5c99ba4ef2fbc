/**
 * Explanations as Markdown documents. They open as text and not in VS Code's preview, which only follows web links; in the text, Ctrl+click opens a
 * stage or a source line.
 */
import * as vscode from "vscode";
import { shortModuleName } from "../../protocol/module-names.js";
import { STAGE_SCHEME, type Subject } from "../../protocol/uris.js";
import { visible } from "../../protocol/visible.js";
import { EXPLANATION_SCHEME } from "../ids.js";
import type { Server } from "../server.js";
import { currentFilters } from "./filters.js";
import { readableLinks, type MarkdownLink } from "./markdown-links.js";

/** What a link of an explanation may open. */
const FOLLOWED: ReadonlySet<string> = new Set([STAGE_SCHEME, "file"]);

export class Explanations implements vscode.Disposable, vscode.TextDocumentContentProvider, vscode.DocumentLinkProvider {
  readonly #server: Server;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #registered: vscode.Disposable;
  /** Texts that are about to be shown in an editor. */
  readonly #ready = new Map<string, string>();
  /** Positions of links in open texts. */
  readonly #links = new Map<string, readonly MarkdownLink[]>();

  readonly onDidChange = this.#changed.event;

  constructor(server: Server) {
    this.#server = server;
    this.#registered = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(EXPLANATION_SCHEME, this),
      vscode.languages.registerDocumentLinkProvider({ scheme: EXPLANATION_SCHEME }, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#links.delete(uri.toString())),
    );
  }

  /** Explains a module, and updates an explanation that is already open. @throws the server's error, before anything is opened */
  async open(subject: Subject, module: string): Promise<void> {
    const { markdown } = await this.#server.askWithProgress(`Explaining ${shortModuleName(module)}`, "explain", {
      subject,
      module,
      filters: currentFilters(),
    });
    const uri = addressOf(subject, module);
    this.#ready.set(uri.toString(), markdown);
    this.#changed.fire(uri);
    try {
      const document = await vscode.workspace.openTextDocument(uri);
      // The target of a link must not replace it.
      await vscode.window.showTextDocument(document, { preview: false });
    } finally {
      this.#ready.delete(uri.toString());
    }
  }

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const ready = this.#ready.get(uri.toString());
    if (ready !== undefined) return this.#shown(uri, ready);
    const { subject, module } = placeAt(uri);
    const { markdown } = await this.#server.ask("explain", { subject, module, filters: currentFilters() }, token);
    return this.#shown(uri, markdown);
  }

  provideDocumentLinks(document: vscode.TextDocument): vscode.DocumentLink[] {
    return (this.#links.get(document.uri.toString()) ?? []).flatMap(({ start, end, uri }) => {
      const target = vscode.Uri.parse(uri);
      if (!FOLLOWED.has(target.scheme)) return [];
      return [new vscode.DocumentLink(new vscode.Range(document.positionAt(start), document.positionAt(end)), target)];
    });
  }

  /** The text in the editor: without the addresses of links. */
  #shown(uri: vscode.Uri, markdown: string): string {
    const { text, links } = readableLinks(markdown);
    this.#links.set(uri.toString(), links);
    return text;
  }

  dispose(): void {
    this.#registered.dispose();
    this.#changed.dispose();
  }
}

function addressOf(subject: Subject, module: string): vscode.Uri {
  const title = `Why ${visible(shortModuleName(module)).replaceAll(/[/\\]/g, "∕")}.md`;
  return vscode.Uri.from({ scheme: EXPLANATION_SCHEME, path: `/${title}`, query: JSON.stringify({ subject, module }) });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @throws Error for an address that {@link addressOf} did not make */
function placeAt(uri: vscode.Uri): { readonly subject: Subject; readonly module: string } {
  const found = parsed(uri.query);
  if (typeof found === "object" && found !== null && "subject" in found && "module" in found) {
    const { subject, module } = found;
    if (typeof module === "string" && typeof subject === "object" && subject !== null) {
      if ("run" in subject && typeof subject.run === "string") return { subject: { run: subject.run }, module };
      if ("unit" in subject && typeof subject.unit === "string") return { subject: { unit: subject.unit }, module };
    }
  }
  throw new Error(`${uri.toString()} is not the address of an explanation.`);
}
