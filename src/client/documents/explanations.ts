/**
 * Explanations as pages (loaded later), and comparisons of two runs as Markdown documents. These open as text and not in VS Code's preview, which only
 * follows web links; in the text, Ctrl+click opens a diff.
 */
import * as vscode from "vscode";
import { shortModuleName } from "../../protocol/module-names.js";
import type { WithModule } from "../../protocol/requests/declare.js";
import { parseRunDiff, type DocumentFilters, type Subject } from "../../protocol/uris.js";
import { visible } from "../../protocol/visible.js";
import type { ExplanationPages, PagesTools } from "../explanation/pages.js";
import { reportOf, showFailure } from "../failure.js";
import { COMMANDS, EXPLANATION_SCHEME } from "../ids.js";
import { loadSession } from "../later.js";
import { mention } from "../messages.js";
import type { Server } from "../server.js";
import type { ShownRun } from "../shown-run.js";
import { currentFilters } from "./filters.js";
import { readableLinks, type MarkdownLink } from "./markdown-links.js";

/** What explanations work with. */
export interface ExplanationsParts {
  readonly extensionUri: vscode.Uri;
  readonly server: Server;
  readonly shown: ShownRun;
  readonly log: vscode.LogOutputChannel;
}

export class Explanations
  implements vscode.Disposable, vscode.TextDocumentContentProvider, vscode.DocumentLinkProvider, vscode.WebviewPanelSerializer
{
  readonly #parts: ExplanationsParts;
  readonly #server: Server;
  #pages: ExplanationPages | undefined;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #registered: vscode.Disposable;
  /** Texts that are about to be shown in an editor. */
  readonly #ready = new Map<string, string>();
  /** Positions of links in open texts. */
  readonly #links = new Map<string, readonly MarkdownLink[]>();

  readonly onDidChange = this.#changed.event;

  constructor(parts: ExplanationsParts) {
    this.#parts = parts;
    this.#server = parts.server;
    this.#registered = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(EXPLANATION_SCHEME, this),
      vscode.languages.registerDocumentLinkProvider({ scheme: EXPLANATION_SCHEME }, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#links.delete(uri.toString())),
    );
  }

  /** Explains a module in a page. @throws the server's error, before anything is opened */
  async open(subject: Subject, module: string): Promise<void> {
    await (await this.#loaded()).open({ subject, module }, shortModuleName(module));
  }

  /** Takes over a page that VS Code restored. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    (await this.#loaded()).adopt(panel, state);
  }

  async #loaded(): Promise<ExplanationPages> {
    const { ExplanationPages } = await loadSession();
    return (this.#pages ??= new ExplanationPages(this.#tools()));
  }

  #tools(): PagesTools {
    const { extensionUri, server, shown, log } = this.#parts;
    const choose = (choice: WithModule): WithModule & { readonly filters: DocumentFilters } => ({ ...choice, filters: currentFilters() });
    return {
      extensionUri,
      explain: ({ subject, module }, title) =>
        title === undefined
          ? server.ask("explain", choose({ subject, module }))
          : server.askWithProgress(title, "explain", choose({ subject, module })),
      reportOf,
      showFailure: (error) => void showFailure(error, log),
      warn: (text) => {
        log.warn(text);
      },
      mention,
      filters: currentFilters,
      shownRun: () => shown.run,
      onShownRun: shown.onChanged,
      onBuilds: (listener) =>
        server.onChanged(({ units }) => {
          if (units) listener();
        }),
      showLog: () => {
        log.show();
      },
    };
  }

  /** Compares two runs, of which `to` has the newer LLVM. @throws the server's error, before anything is opened */
  async openComparison(runs: { readonly from: string; readonly to: string }): Promise<void> {
    const { title, markdown } = await this.#server.askWithProgress(vscode.l10n.t("Comparing two LLVMs"), "compareRuns", runs);
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
    const { markdown } = await this.#server.ask("compareRuns", placeAt(uri), token);
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
    this.#pages?.dispose();
    this.#registered.dispose();
    this.#changed.dispose();
  }
}

/** A link to a diff runs our own command, since a diff has no address. */
function targetOf(uri: string): vscode.Uri | undefined {
  if (parseRunDiff(uri) === undefined) return undefined;
  return vscode.Uri.parse(`command:${COMMANDS.openRunDiff}?${encodeURIComponent(JSON.stringify([uri]))}`);
}

/** The two runs that a document compares. */
interface Place {
  readonly from: string;
  readonly to: string;
}

function addressOf(title: string, { from, to }: Place): vscode.Uri {
  return vscode.Uri.from({
    scheme: EXPLANATION_SCHEME,
    path: `/${visible(title).replaceAll(/[/\\]/g, "∕")}.md`,
    query: `${from}/${to}`,
  });
}

/** @throws Error for an address that {@link addressOf} did not make */
function placeAt({ query }: vscode.Uri): Place {
  const [from = "", to = "", more] = query.split("/");
  if (from === "" || to === "" || more !== undefined) throw new Error(`${query} does not name two runs.`);
  return { from, to };
}
