/**
 * Explanations, and comparisons of two runs, as Markdown documents. They open as text and not in VS Code's preview, which only follows web links; in the text, Ctrl+click opens a
 * stage or a source line.
 */
import * as vscode from "vscode";
import { shortModuleName } from "../../protocol/module-names.js";
import { parseRunDiff, STAGE_SCHEME, type Subject } from "../../protocol/uris.js";
import { visible } from "../../protocol/visible.js";
import { COMMANDS, EXPLANATION_SCHEME } from "../ids.js";
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
    await this.#show(addressOf(`Why ${shortModuleName(module)}`, { subject, module }), markdown);
  }

  /** Compares two runs, of which `to` has the newer LLVM. @throws the server's error, before anything is opened */
  async openComparison(runs: { readonly from: string; readonly to: string }): Promise<void> {
    const { title, markdown } = await this.#server.askWithProgress("Comparing two LLVMs", "compareRuns", runs);
    await this.#show(addressOf(title, runs), markdown);
  }

  /** Opens a document that has just been made. */
  async #show(uri: vscode.Uri, markdown: string): Promise<void> {
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
    const place = placeAt(uri);
    const { markdown } =
      "module" in place
        ? await this.#server.ask("explain", { ...place, filters: currentFilters() }, token)
        : await this.#server.ask("compareRuns", place, token);
    return this.#shown(uri, markdown);
  }

  provideDocumentLinks(document: vscode.TextDocument): vscode.DocumentLink[] {
    return (this.#links.get(document.uri.toString()) ?? []).flatMap(({ start, end, uri }) => {
      const target = targetOf(uri);
      if (target === undefined) return [];
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

/** A link to a diff runs our own command, since a diff has no address. */
function targetOf(uri: string): vscode.Uri | undefined {
  const target = vscode.Uri.parse(uri);
  if (parseRunDiff(uri) !== undefined) {
    return vscode.Uri.parse(`command:${COMMANDS.openRunDiff}?${encodeURIComponent(JSON.stringify([uri]))}`);
  }
  return FOLLOWED.has(target.scheme) ? target : undefined;
}

/** What a document shows. */
type Place = { readonly subject: Subject; readonly module: string } | { readonly from: string; readonly to: string };

function addressOf(title: string, place: Place): vscode.Uri {
  return vscode.Uri.from({
    scheme: EXPLANATION_SCHEME,
    path: `/${visible(title).replaceAll(/[/\\]/g, "∕")}.md`,
    query: JSON.stringify(place),
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @throws Error for an address that {@link addressOf} did not make */
function placeAt(uri: vscode.Uri): Place {
  const found = parsed(uri.query);
  if (typeof found === "object" && found !== null && "from" in found && "to" in found) {
    const { from, to } = found;
    if (typeof from === "string" && typeof to === "string") return { from, to };
  }
  if (typeof found === "object" && found !== null && "subject" in found && "module" in found) {
    const { subject, module } = found;
    if (typeof module === "string" && typeof subject === "object" && subject !== null) {
      if ("run" in subject && typeof subject.run === "string") return { subject: { run: subject.run }, module };
      if ("unit" in subject && typeof subject.unit === "string") return { subject: { unit: subject.unit }, module };
    }
  }
  throw new Error(`${uri.toString()} is not the address of an explanation.`);
}
