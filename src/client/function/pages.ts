/** Functions in the editor area: a page for each. */
import * as vscode from "vscode";
import type {
  FunctionPlace,
  FunctionRemarks,
  FunctionStages,
  FunctionView,
  OfFunctionPage,
  ShownFunction,
} from "../../protocol/function-page.js";
import type { SourcePlace } from "../../protocol/calls.js";
import type { WithModule } from "../../protocol/requests/declare.js";
import type { PassFunction } from "../../protocol/requests/passes.js";
import type { Stage } from "../../protocol/stages.js";
import { openSource } from "../documents/open-source.js";
import { FUNCTION_VIEW_TYPE } from "../ids.js";
import { EditorPage, EditorPages, type EditorPageTools, type PageKind, type PageStart } from "../pages/editor-pages.js";
import { messageFrom, placeFrom } from "./messages.js";

/** What the pages are given of the client. */
export interface FunctionTools extends EditorPageTools {
  /** Explains the run's calls first if they are not known. @throws the server's error */
  view(place: Pick<FunctionPlace, "run" | "symbol">): Promise<FunctionView>;
  /** @throws the server's error */
  stages(copy: WithModule & { readonly symbol: string }): Promise<FunctionStages>;
  /** Shows its progress. @throws the server's error; CancellationError */
  remarks(place: Pick<FunctionPlace, "run" | "name">): Promise<FunctionRemarks>;
  openStage(choice: WithModule & { readonly stage: Stage; readonly function: string }): Promise<void>;
  openDiff(choice: WithModule & { readonly from: Stage; readonly to: Stage; readonly function: string }): Promise<void>;
  showPasses(of: PassFunction): Promise<void>;
  showAssembly(place: Pick<FunctionPlace, "run" | "symbol">): Promise<void>;
  /** Opens the function of a decision before the passes. */
  openIr(run: string, shown: { readonly module: string; readonly function: string }): Promise<void>;
}

const KIND: PageKind<FunctionPlace, OfFunctionPage> = {
  viewType: FUNCTION_VIEW_TYPE,
  page: { name: "function", title: vscode.l10n.t("LTO Function") },
  icon: "symbol-function",
  messageFrom,
  placeFrom,
};

export class FunctionPages extends EditorPages<FunctionPlace, FunctionView> {
  readonly #tools: FunctionTools;

  constructor(tools: FunctionTools) {
    super(KIND, (start) => new FunctionPage(tools, (place) => this.open(place), start));
    this.#tools = tools;
  }

  /** Shows a function. @throws the server's error, before anything is opened */
  async open(place: Pick<FunctionPlace, "run" | "symbol">): Promise<void> {
    const view = await this.#tools.view(place);
    this.show({ run: place.run, symbol: view.symbol, name: view.name }, view, titleOf(view.name));
  }
}

/** The last two parts of its path. */
function titleOf(name: string): string {
  return name.split("::").slice(-2).join("::");
}

class FunctionPage extends EditorPage<FunctionPlace, FunctionView, OfFunctionPage, ShownFunction> {
  readonly #tools: FunctionTools;
  readonly #open: (place: Pick<FunctionPlace, "run" | "symbol">) => Promise<void>;
  #line: SourcePlace | null = null;
  #remarks: FunctionRemarks | undefined;

  /** @param open opens another function's page */
  constructor(
    tools: FunctionTools,
    open: (place: Pick<FunctionPlace, "run" | "symbol">) => Promise<void>,
    start: PageStart<FunctionPlace, FunctionView>,
  ) {
    super(KIND, tools, start);
    this.#tools = tools;
    this.#open = open;
  }

  protected override ask(place: FunctionPlace): Promise<FunctionView> {
    return this.#tools.view(place);
  }

  protected override messageOf(view: FunctionView): ShownFunction {
    void this.#tellStages(view);
    return { type: "function", place: this.place, view };
  }

  /** The copies one by one: their stages may have to be made. */
  async #tellStages(view: FunctionView): Promise<void> {
    for (const [copy, { module, symbol }] of view.copies.shown.entries()) {
      if (this.isDisposed || this.view !== view) return;
      try {
        const stages = await this.#tools.stages({ subject: { run: this.place.run }, module, symbol });
        this.#line ??= stages.source;
        this.tell({ type: "stages", copy, stages, problem: null });
      } catch (error) {
        this.tell({ type: "stages", copy, stages: null, problem: this.#tools.reportOf(error).message });
      }
    }
  }

  async #tellRemarks(): Promise<void> {
    try {
      const { run, name } = this.place;
      const remarks = await this.#tools.remarks({ run, name });
      this.#remarks = remarks;
      this.tell({ type: "remarks", remarks, problem: null });
    } catch (error) {
      this.tell({ type: "remarks", remarks: null, problem: isCancelled(error) ? null : this.#tools.reportOf(error).message });
    }
  }

  protected override async act(message: OfFunctionPage): Promise<void> {
    const { run } = this.place;
    switch (message.type) {
      case "line":
        if (this.#line !== null) await openSource(this.#line);
        break;
      case "assembly":
        await this.#tools.showAssembly({ run, symbol: this.place.symbol });
        break;
      case "listen":
        await this.#tellRemarks();
        break;
      case "remark": {
        const source = this.#remarks?.remarks.shown[message.index]?.source;
        if (source != null) await openSource(source);
        break;
      }
      case "passes": {
        const copy = this.view?.copies.shown[message.copy];
        if (copy !== undefined) await this.#tools.showPasses({ run, module: copy.module, symbol: copy.symbol });
        break;
      }
      case "stage":
      case "diff": {
        const copy = this.view?.copies.shown[message.copy];
        if (copy === undefined) return;
        const of = { subject: { run }, module: copy.module, function: copy.symbol };
        if (message.type === "stage") await this.#tools.openStage({ ...of, stage: message.stage });
        else await this.#tools.openDiff({ ...of, from: message.from, to: message.to });
        break;
      }
      case "decision": {
        const decision = this.view?.[message.list].shown[message.index];
        if (decision === undefined) return;
        const { module, function: symbol } = decision.shown;
        if (message.what === "passes") await this.#tools.showPasses({ run, module, symbol });
        else if (message.what === "ir") await this.#tools.openIr(run, decision.shown);
        else if (message.what === "source" && decision.source !== null) await openSource(decision.source);
        else if (message.what === "function" && decision.otherSymbol !== null) await this.#open({ run, symbol: decision.otherSymbol });
        break;
      }
    }
  }
}

function isCancelled(error: unknown): boolean {
  return error instanceof vscode.CancellationError;
}
