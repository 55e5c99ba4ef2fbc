/**
 * The explanations in the editor area: a page for each codegen unit. It is loaded with the session (later.ts), and works with what it is given of the
 * rest of the client, so that none of that is loaded twice.
 */
import * as vscode from "vscode";
import type { LtoErrorReport } from "../../protocol/errors.js";
import type { ExplanationTarget, ExplanationView } from "../../protocol/explain.js";
import type { ExplanationPlace, FromExplanationPage, ToExplanationPage } from "../../protocol/explanation-page.js";
import type { WithModule } from "../../protocol/requests/declare.js";
import { parseStageUri, withFilters, type DocumentFilters, type Subject } from "../../protocol/uris.js";
import { visible } from "../../protocol/visible.js";
import type { RunView } from "../../protocol/views.js";
import { EXPLANATION_VIEW_TYPE } from "../ids.js";
import { showPage } from "../pages/webview.js";
import { ExplanationConnection } from "./connection.js";
import { placeFrom } from "./messages.js";

export type Explained = ExplanationView & { readonly markdown: string };

/** What the pages are given of the client. */
export interface PagesTools {
  readonly extensionUri: vscode.Uri;
  /** @param title for a progress notification; absent: none is shown @throws the server's error */
  explain(choice: WithModule, title?: string): Promise<Explained>;
  reportOf(error: unknown): LtoErrorReport;
  showFailure(error: unknown): void;
  warn(text: string): void;
  /** A line in the status bar. */
  mention(text: string): void;
  filters(): DocumentFilters;
  shownRun(): RunView | null;
  readonly onShownRun: vscode.Event<void>;
  /** Builds may have been added or removed. */
  readonly onBuilds: vscode.Event<void>;
  showLog(): void;
}

/** Changes come in bursts while something is built. */
const SETTLED_MILLIS = 500;

export class ExplanationPages implements vscode.Disposable {
  readonly #tools: PagesTools;
  readonly #pages = new Set<ExplanationPage>();

  constructor(tools: PagesTools) {
    this.#tools = tools;
  }

  /** Explains a module, in the page that already does or in a new one. @throws the server's error, before anything is opened */
  async open({ subject, module }: WithModule, shortName: string): Promise<void> {
    const explained = await this.#tools.explain({ subject, module }, vscode.l10n.t("Explaining {0}", shortName));
    const place = { subject, module, title: vscode.l10n.t("Why {0}", explained.shortName), unit: this.#unitOf(subject) };
    const open = [...this.#pages].find((page) => page.isAt(place));
    if (open !== undefined) {
      open.bring(explained);
      return;
    }
    const panel = vscode.window.createWebviewPanel(EXPLANATION_VIEW_TYPE, visible(place.title), vscode.ViewColumn.Active);
    this.#add(panel, place, explained);
  }

  /** Takes over a page that VS Code restored after the window was reloaded. */
  adopt(panel: vscode.WebviewPanel, state: unknown): void {
    const place = placeFrom(state);
    if (place === undefined) panel.dispose();
    else this.#add(panel, place, undefined);
  }

  dispose(): void {
    for (const page of this.#pages) page.dispose();
  }

  #unitOf(subject: Subject): string | null {
    const run = this.#tools.shownRun();
    return run !== null && "run" in subject && subject.run === run.id ? run.unit.id : null;
  }

  #add(panel: vscode.WebviewPanel, place: ExplanationPlace, explained: Explained | undefined): void {
    const page = new ExplanationPage({ panel, tools: this.#tools, open: (choice, name) => this.open(choice, name) }, place, explained);
    this.#pages.add(page);
    panel.onDidDispose(() => {
      this.#pages.delete(page);
      page.dispose();
    });
  }
}

interface PageParts {
  readonly panel: vscode.WebviewPanel;
  readonly tools: PagesTools;
  /** Opens another module's explanation. */
  readonly open: (choice: WithModule, shortName: string) => Promise<void>;
}

class ExplanationPage implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #tools: PagesTools;
  readonly #open: PageParts["open"];
  readonly #connection: ExplanationConnection;
  readonly #listening: vscode.Disposable;
  #place: ExplanationPlace;
  #explained: Explained | undefined;
  #failed: LtoErrorReport | undefined;
  /** The page's script runs. */
  #ready = false;
  /** Builds changed since it was explained. */
  #stale = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;

  constructor({ panel, tools, open }: PageParts, place: ExplanationPlace, explained: Explained | undefined) {
    this.#panel = panel;
    this.#tools = tools;
    this.#open = open;
    this.#place = place;
    this.#explained = explained;
    panel.iconPath = new vscode.ThemeIcon("question");
    this.#connection = new ExplanationConnection(panel.webview, {
      told: (message) => {
        this.#act(message).catch((error: unknown) => {
          tools.showFailure(error);
        });
      },
      refused: (why) => {
        tools.warn(`An explanation's page: ${why}`);
      },
    });
    this.#listening = vscode.Disposable.from(
      tools.onBuilds(() => {
        this.#stale = true;
        this.#renewSoon();
      }),
      tools.onShownRun(() => {
        this.#follow();
      }),
      panel.onDidChangeViewState(() => {
        if (this.#stale) this.#renewSoon();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.#explain()),
    );
    showPage(panel.webview, tools.extensionUri, { name: "explanation", title: vscode.l10n.t("LTO Explanation") });
  }

  isAt({ subject, module }: WithModule): boolean {
    return this.#place.module === module && JSON.stringify(this.#place.subject) === JSON.stringify(subject);
  }

  /** Brings it to the front, with a new explanation. */
  bring(explained: Explained): void {
    this.#explained = explained;
    this.#show();
    this.#panel.reveal();
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#listening.dispose();
    this.#connection.dispose();
  }

  #show(): void {
    if (!this.#ready || this.#disposed) return;
    const [place, view] = [this.#place, this.#explained];
    if (view !== undefined) this.#tell({ type: "explanation", place, view: withoutMarkdown(view) });
    else if (this.#failed !== undefined) this.#tell({ type: "failed", place, report: this.#failed });
    else if (!vscode.workspace.isTrusted) this.#tell({ type: "restricted", place });
  }

  #tell(message: ToExplanationPage): void {
    this.#connection.tell(message);
  }

  /** Explains it again; a failure replaces what is shown. */
  async #explain(): Promise<void> {
    if (!vscode.workspace.isTrusted) {
      this.#show();
      return;
    }
    this.#stale = false;
    const place = this.#place;
    try {
      const explained = await this.#tools.explain(place);
      if (this.#place === place) [this.#explained, this.#failed] = [explained, undefined];
    } catch (error) {
      if (this.#place === place) [this.#explained, this.#failed] = [undefined, this.#tools.reportOf(error)];
    }
    this.#show();
  }

  /** After a burst of changes; a hidden page waits until it is shown. */
  #renewSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#panel.visible && this.#stale) void this.#explain();
    }, SETTLED_MILLIS);
  }

  /** Explains the same module in another run of its unit, once that run is shown and if it has the module. */
  #follow(): void {
    const run = this.#tools.shownRun();
    const place = this.#place;
    if (run?.hasReport !== true || run.unit.id !== place.unit || !("run" in place.subject) || place.subject.run === run.id) return;
    const next = { ...place, subject: { run: run.id } };
    this.#tools.explain(next).then(
      (explained) => {
        if (this.#place !== place || this.#disposed) return;
        [this.#place, this.#explained, this.#failed] = [next, explained, undefined];
        this.#show();
      },
      (error: unknown) => {
        // The explanation of the run before stays.
        this.#tools.warn(String(error));
      },
    );
  }

  async #act(message: FromExplanationPage): Promise<void> {
    switch (message.type) {
      case "ready":
        this.#ready = true;
        if (this.#explained === undefined) await this.#explain();
        else this.#show();
        break;
      case "again":
        await this.#explain();
        break;
      case "follow": {
        const target = this.#explained?.targets[message.target];
        if (target !== undefined) await this.#followLink(target);
        break;
      }
      case "copy":
        await this.#copy(message.what);
        break;
      case "command":
        if (message.command === "showLog") this.#tools.showLog();
        else await vscode.commands.executeCommand("workbench.trust.manage");
        break;
    }
  }

  async #copy(what: "markdown" | "key"): Promise<void> {
    const [text, said] =
      what === "key"
        ? [this.#explained?.key, vscode.l10n.t("Copied the key")]
        : [this.#explained?.markdown, vscode.l10n.t("Copied the explanation as Markdown")];
    if (text === null || text === undefined) return;
    await vscode.env.clipboard.writeText(text);
    this.#tools.mention(said);
  }

  async #followLink(target: ExplanationTarget): Promise<void> {
    switch (target.kind) {
      case "stage":
        await vscode.window.showTextDocument(this.#stage(target.uri), { preview: true });
        break;
      case "diff":
        await vscode.commands.executeCommand("vscode.diff", this.#stage(target.left), this.#stage(target.right), visible(target.title));
        break;
      case "source":
        await openSource(vscode.Uri.parse(target.uri));
        break;
      case "module":
        await this.#open({ subject: this.#place.subject, module: target.module }, target.shortName);
        break;
    }
  }

  /** A stage document with the filters of now. @throws for any other address */
  #stage(uri: string): vscode.Uri {
    if (parseStageUri(uri) === undefined) throw new Error(`${uri} is not the address of a stage.`);
    return vscode.Uri.parse(withFilters(uri, this.#tools.filters()) ?? uri);
  }
}

/** Opens the line that the fragment names ("L12"). */
async function openSource(uri: vscode.Uri): Promise<void> {
  if (uri.scheme !== "file") throw new Error(`${uri.toString()} is not a file of this machine.`);
  const line = Math.max(0, Number(/^L(\d+)$/.exec(uri.fragment)?.[1] ?? "1") - 1);
  const at = new vscode.Range(line, 0, line, 0);
  await vscode.window.showTextDocument(uri.with({ fragment: "" }), { preview: true, selection: at });
}

function withoutMarkdown({ markdown: _, ...view }: Explained): ExplanationView {
  return view;
}
