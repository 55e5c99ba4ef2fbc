/**
 * Comparisons of two builds in the editor area. It is loaded with the session (later.ts), and works with what it is given of the rest of the client, so
 * that none of that is loaded twice.
 */
import * as vscode from "vscode";
import type { BuildDifference } from "../../protocol/build-comparison.js";
import type { ComparisonPlace, OfComparisonPage, ShownComparison } from "../../protocol/comparison-page.js";
import type { BuildComparisonView, BuildsChoice, ComparedRow } from "../../protocol/requests/builds.js";
import type { WithModule } from "../../protocol/requests/declare.js";
import type { Stage } from "../../protocol/stages.js";
import type { FunctionChangeRow, Page } from "../../protocol/views.js";
import { visible } from "../../protocol/visible.js";
import { COMPARISON_VIEW_TYPE } from "../ids.js";
import { EditorPage, EditorPages, type EditorPageTools, type PageKind, type PageStart } from "../pages/editor-pages.js";
import { messageFrom, placeFrom } from "./messages.js";

/** A module in two builds at one stage. */
export interface RowPlace extends WithModule {
  readonly other: WithModule;
  readonly from: Stage;
  readonly to: Stage;
}

/** What the pages are given of the client. */
export interface ComparisonTools extends EditorPageTools {
  /** @param title for a progress notification; absent: none is shown @throws the server's error */
  compare(choice: BuildsChoice, title?: string): Promise<BuildComparisonView>;
  /** The functions that differ. @throws the server's error */
  functions(place: RowPlace): Promise<Page<FunctionChangeRow>>;
  /** Opens a diff: of one function, or of those that differ. @throws the server's error */
  openDiff(comparison: RowPlace & { readonly function?: string }): Promise<void>;
}

/** Rows that a page gets at once. */
const ROWS_AT_ONCE = 100;

const KIND: PageKind<ComparisonPlace, OfComparisonPage> = {
  viewType: COMPARISON_VIEW_TYPE,
  page: { name: "comparison", title: vscode.l10n.t("LTO Comparison") },
  icon: "diff",
  messageFrom,
  placeFrom,
};

export class ComparisonPages extends EditorPages<ComparisonPlace, BuildComparisonView> {
  readonly #tools: ComparisonTools;

  constructor(tools: ComparisonTools) {
    super(KIND, (start) => new ComparisonPage(tools, start));
    this.#tools = tools;
  }

  /** Compares two builds. @throws the server's error, before anything is opened */
  async open(place: ComparisonPlace): Promise<void> {
    const view = await this.#tools.compare({ ...place, offset: 0, limit: ROWS_AT_ONCE }, vscode.l10n.t("Comparing two builds"));
    this.show(place, view, titleOf(view));
  }
}

function titleOf({ summary: { from, to } }: BuildComparisonView): string {
  return visible(from.title === to.title ? vscode.l10n.t("Compare {0}", from.title) : `${from.title} ↔ ${to.title}`);
}

class ComparisonPage extends EditorPage<ComparisonPlace, BuildComparisonView, OfComparisonPage, ShownComparison> {
  readonly #tools: ComparisonTools;
  /** Every row that the page has, by its module. */
  readonly #rows = new Map<string, ComparedRow>();

  constructor(tools: ComparisonTools, start: PageStart<ComparisonPlace, BuildComparisonView>) {
    super(KIND, tools, start);
    this.#tools = tools;
  }

  protected override async ask(place: ComparisonPlace): Promise<BuildComparisonView> {
    const view = await this.#tools.compare({ ...place, offset: 0, limit: ROWS_AT_ONCE });
    if (!this.isDisposed) this.panel.title = titleOf(view);
    return view;
  }

  protected override messageOf(view: BuildComparisonView): ShownComparison {
    return this.#rowsMessage(view, null);
  }

  #rowsMessage({ summary, ...page }: BuildComparisonView, differs: BuildDifference | null): ShownComparison {
    for (const row of page.rows) this.#rows.set(row.name, row);
    if (page.offset > 0) return { type: "rows", differs, page };
    return { type: "comparison", place: this.place, summary, differs, page };
  }

  protected override async act(message: OfComparisonPage): Promise<void> {
    switch (message.type) {
      case "swap":
        this.place = { from: this.place.to, to: this.place.from };
        await this.renew();
        break;
      case "list": {
        const { differs, offset } = message;
        const choice = { ...this.place, offset, limit: ROWS_AT_ONCE, ...(differs === null ? {} : { differs }) };
        this.tell(this.#rowsMessage(await this.#tools.compare(choice), differs));
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
    }
  }

  async #tellFunctions(module: string, stage: Stage): Promise<void> {
    const place = this.#placeOf(module, stage);
    if (place === undefined) return;
    try {
      this.tell({ type: "functions", module, stage, page: await this.#tools.functions(place), report: null });
    } catch (error) {
      this.tell({ type: "functions", module, stage, page: { total: 0, offset: 0, rows: [] }, report: this.#tools.reportOf(error) });
    }
  }

  /** undefined: the page does not have such a row, or only one side has the module. */
  #placeOf(module: string, stage: Stage): RowPlace | undefined {
    const { from, to } = this.#rows.get(module)?.places ?? { from: null, to: null };
    return from === null || to === null ? undefined : { ...from, other: to, from: stage, to: stage };
  }
}
