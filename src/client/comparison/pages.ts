/**
 * Comparisons of two builds in the editor area. It is loaded with the session (later.ts), and works with what it is given of the rest of the client, so
 * that none of that is loaded twice.
 */
import * as vscode from "vscode";
import type { BuildDifference } from "../../protocol/build-comparison.js";
import type { ComparisonPlace, FromComparisonPage, ToComparisonPage } from "../../protocol/comparison-page.js";
import type { LtoErrorReport } from "../../protocol/errors.js";
import type { BuildComparisonView, BuildsChoice, ComparedRow } from "../../protocol/requests/builds.js";
import type { WithModule } from "../../protocol/requests/declare.js";
import type { Stage } from "../../protocol/stages.js";
import type { FunctionChangeRow, Page } from "../../protocol/views.js";
import { visible } from "../../protocol/visible.js";
import { COMPARISON_VIEW_TYPE } from "../ids.js";
import { showPage } from "../pages/webview.js";
import { ComparisonConnection } from "./connection.js";
import { placeFrom } from "./messages.js";

/** A module in two builds at one stage. */
export interface RowPlace extends WithModule {
  readonly other: WithModule;
  readonly from: Stage;
  readonly to: Stage;
}

/** What the pages are given of the client. */
export interface ComparisonTools {
  readonly extensionUri: vscode.Uri;
  /** @param title for a progress notification; absent: none is shown @throws the server's error */
  compare(choice: BuildsChoice, title?: string): Promise<BuildComparisonView>;
  /** The functions that differ. @throws the server's error */
  functions(place: RowPlace): Promise<Page<FunctionChangeRow>>;
  /** Opens a diff: of one function, or of those that differ. @throws the server's error */
  openDiff(comparison: RowPlace & { readonly function?: string }): Promise<void>;
  reportOf(error: unknown): LtoErrorReport;
  showFailure(error: unknown): void;
  warn(text: string): void;
  showLog(): void;
}

/** Rows that a page gets at once. */
const ROWS_AT_ONCE = 100;

export class ComparisonPages implements vscode.Disposable {
  readonly #tools: ComparisonTools;
  readonly #pages = new Set<ComparisonPage>();

  constructor(tools: ComparisonTools) {
    this.#tools = tools;
  }

  /** Compares two builds, in the page that already does or in a new one. @throws the server's error, before anything is opened */
  async open(place: ComparisonPlace): Promise<void> {
    const view = await this.#tools.compare({ ...place, offset: 0, limit: ROWS_AT_ONCE }, vscode.l10n.t("Comparing two builds"));
    const open = [...this.#pages].find((page) => page.isAt(place));
    if (open !== undefined) {
      open.bring(view);
      return;
    }
    const panel = vscode.window.createWebviewPanel(COMPARISON_VIEW_TYPE, titleOf(view), vscode.ViewColumn.Active);
    this.#add(panel, place, view);
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

  #add(panel: vscode.WebviewPanel, place: ComparisonPlace, view: BuildComparisonView | undefined): void {
    const page = new ComparisonPage(panel, this.#tools, place, view);
    this.#pages.add(page);
    panel.onDidDispose(() => {
      this.#pages.delete(page);
      page.dispose();
    });
  }
}

function titleOf({ summary: { from, to } }: BuildComparisonView): string {
  return visible(from.title === to.title ? vscode.l10n.t("Compare {0}", from.title) : `${from.title} ↔ ${to.title}`);
}

class ComparisonPage implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #tools: ComparisonTools;
  readonly #connection: ComparisonConnection;
  readonly #listening: vscode.Disposable;
  /** Every row that the page has, by its module. */
  readonly #rows = new Map<string, ComparedRow>();
  #place: ComparisonPlace;
  #view: BuildComparisonView | undefined;
  #failed: LtoErrorReport | undefined;
  /** The page's script runs. */
  #ready = false;
  #disposed = false;

  constructor(panel: vscode.WebviewPanel, tools: ComparisonTools, place: ComparisonPlace, view: BuildComparisonView | undefined) {
    this.#panel = panel;
    this.#tools = tools;
    this.#place = place;
    this.#view = view;
    panel.iconPath = new vscode.ThemeIcon("diff");
    this.#connection = new ComparisonConnection(panel.webview, {
      told: (message) => {
        this.#act(message).catch((error: unknown) => {
          tools.showFailure(error);
        });
      },
      refused: (why) => {
        tools.warn(`A comparison's page: ${why}`);
      },
    });
    this.#listening = vscode.workspace.onDidGrantWorkspaceTrust(() => void this.#compare());
    showPage(panel.webview, tools.extensionUri, { name: "comparison", title: vscode.l10n.t("LTO Comparison") });
  }

  isAt(place: ComparisonPlace): boolean {
    return JSON.stringify(this.#place) === JSON.stringify(place);
  }

  /** Brings it to the front, with a new comparison. */
  bring(view: BuildComparisonView): void {
    this.#view = view;
    this.#show();
    this.#panel.reveal();
  }

  dispose(): void {
    this.#disposed = true;
    this.#listening.dispose();
    this.#connection.dispose();
  }

  #show(): void {
    if (!this.#ready || this.#disposed) return;
    const [place, view] = [this.#place, this.#view];
    if (view !== undefined) this.#tellRows(view, null);
    else if (this.#failed !== undefined) this.#tell({ type: "failed", place, report: this.#failed });
    else if (!vscode.workspace.isTrusted) this.#tell({ type: "restricted", place });
  }

  #tell(message: ToComparisonPage): void {
    if (!this.#disposed) this.#connection.tell(message);
  }

  #tellRows({ summary, ...page }: BuildComparisonView, differs: BuildDifference | null): void {
    for (const row of page.rows) this.#rows.set(row.name, row);
    if (page.offset > 0) this.#tell({ type: "rows", differs, page });
    else this.#tell({ type: "comparison", place: this.#place, summary, differs, page });
  }

  /** Compares again; a failure replaces what is shown. */
  async #compare(): Promise<void> {
    if (vscode.workspace.isTrusted) {
      try {
        this.#view = await this.#tools.compare({ ...this.#place, offset: 0, limit: ROWS_AT_ONCE });
        this.#failed = undefined;
        if (!this.#disposed) this.#panel.title = titleOf(this.#view);
      } catch (error) {
        [this.#view, this.#failed] = [undefined, this.#tools.reportOf(error)];
      }
    }
    this.#show();
  }

  async #act(message: FromComparisonPage): Promise<void> {
    switch (message.type) {
      case "ready":
        this.#ready = true;
        if (this.#view === undefined) await this.#compare();
        else this.#show();
        break;
      case "again":
        await this.#compare();
        break;
      case "swap":
        this.#place = { from: this.#place.to, to: this.#place.from };
        await this.#compare();
        break;
      case "list": {
        const { differs, offset } = message;
        const choice = { ...this.#place, offset, limit: ROWS_AT_ONCE, ...(differs === null ? {} : { differs }) };
        this.#tellRows(await this.#tools.compare(choice), differs);
        break;
      }
      case "functions":
        await this.#tellFunctions(message.module, message.stage);
        break;
      case "open": {
        const place = this.#placeOf(message.module, message.stage);
        if (place !== undefined) await this.#tools.openDiff(message.function === null ? place : { ...place, function: message.function });
        break;
      }
      case "command":
        if (message.command === "showLog") this.#tools.showLog();
        else await vscode.commands.executeCommand("workbench.trust.manage");
        break;
    }
  }

  async #tellFunctions(module: string, stage: Stage): Promise<void> {
    const place = this.#placeOf(module, stage);
    if (place === undefined) return;
    try {
      this.#tell({ type: "functions", module, stage, page: await this.#tools.functions(place), report: null });
    } catch (error) {
      this.#tell({ type: "functions", module, stage, page: { total: 0, offset: 0, rows: [] }, report: this.#tools.reportOf(error) });
    }
  }

  /** undefined: the page does not have such a row, or only one side has the module. */
  #placeOf(module: string, stage: Stage): RowPlace | undefined {
    const { from, to } = this.#rows.get(module)?.places ?? { from: null, to: null };
    return from === null || to === null ? undefined : { ...from, other: to, from: stage, to: stage };
  }
}
