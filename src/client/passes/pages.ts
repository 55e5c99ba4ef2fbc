/** The passes on a function in the editor area: a page for each function. */
import * as vscode from "vscode";
import { RUNS_AT_ONCE, type FunctionPasses, type OfPassPage, type PassPlace, type ShownPasses } from "../../protocol/pass-page.js";
import type { RequestName, requests } from "../../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import type { PassFunction } from "../../protocol/requests/passes.js";
import type { DocumentFilters } from "../../protocol/uris.js";
import { COMMANDS, PASSES_VIEW_TYPE } from "../ids.js";
import { mention } from "../messages.js";
import { EditorPage, EditorPages, type EditorPageTools, type PageKind, type PageStart } from "../pages/editor-pages.js";
import { messageFrom, placeFrom } from "./messages.js";
import { PassTextDocuments } from "./texts.js";

type Requests = typeof requests;

/** What the pages are given of the client. */
export interface PassTools extends EditorPageTools {
  /** Shows its progress. @throws the server's error; CancellationError */
  view(of: PassFunction): Promise<FunctionPasses>;
  /** @throws the server's error */
  ask<N extends RequestName>(name: N, params: ParamsOf<Requests[N]>): Promise<ResultOf<Requests[N]>>;
  /** The filters for new documents. */
  filters(): DocumentFilters;
}

const KIND: PageKind<PassPlace, OfPassPage> = {
  viewType: PASSES_VIEW_TYPE,
  page: { name: "passes", title: vscode.l10n.t("LTO Passes") },
  icon: "versions",
  messageFrom,
  placeFrom,
};

export class PassPages extends EditorPages<PassPlace, FunctionPasses> {
  readonly #tools: PassTools;

  constructor(tools: PassTools) {
    super(KIND, (start) => new PassPage(tools, start));
    this.#tools = tools;
  }

  /** Shows the passes on a function. @throws the server's error, before anything is opened */
  async open(of: PassFunction): Promise<void> {
    const view = await this.#tools.view(of);
    const { name, symbol, module } = view;
    this.show({ run: of.run, module, symbol, name }, view, titleOf(name));
  }
}

function titleOf(name: string): string {
  return vscode.l10n.t("Passes: {0}", name.split("::").slice(-2).join("::"));
}

class PassPage extends EditorPage<PassPlace, FunctionPasses, OfPassPage, ShownPasses> {
  readonly #tools: PassTools;

  constructor(tools: PassTools, start: PageStart<PassPlace, FunctionPasses>) {
    super(KIND, tools, start);
    this.#tools = tools;
  }

  protected override ask({ run, module, symbol }: PassPlace): Promise<FunctionPasses> {
    return this.#tools.view({ run, module, symbol });
  }

  protected override messageOf(view: FunctionPasses): ShownPasses {
    return { type: "passes", place: this.place, view, filters: this.#tools.filters() };
  }

  protected override async act(message: OfPassPage): Promise<void> {
    const { run, module, symbol, name } = this.place;
    const of = { run, module, symbol };
    switch (message.type) {
      case "runs":
      case "step":
      case "maker":
        await this.#answer(of, message);
        break;
      case "diff": {
        const { at, against, filters } = message;
        const texts = await this.#tools.ask("passTexts", { ...of, at, against, filters });
        await PassTextDocuments.shared().open({ ...of, name, pass: this.#passOf(at), at, against }, texts);
        break;
      }
      case "copyCli": {
        const choice = { command: "passes", subject: { run }, module, function: symbol, at: message.at } as const;
        const { line } = await this.#tools.ask("cliCommand", choice);
        await vscode.env.clipboard.writeText(line);
        mention(vscode.l10n.t("Copied the command line"));
        break;
      }
      case "function":
        await vscode.commands.executeCommand(COMMANDS.showFunction, { run, symbol });
        break;
    }
  }

  /** A failure is shown where it was asked for. */
  async #answer(of: PassFunction, message: Extract<OfPassPage, { readonly ask: number }>): Promise<void> {
    const { ask } = message;
    try {
      switch (message.type) {
        case "runs": {
          const { text, kind, changed, offset } = message;
          const page = await this.#tools.ask("passRuns", { ...of, text, kind, changed, offset, limit: RUNS_AT_ONCE });
          this.tell({ type: "runs", ask, page });
          break;
        }
        case "step": {
          const { at, against, filters, whole } = message;
          this.tell({ type: "step", ask, step: await this.#tools.ask("passStep", { ...of, at, against, filters, whole }) });
          break;
        }
        case "maker": {
          const { at, line, filters } = message;
          this.tell({ type: "maker", ask, maker: await this.#tools.ask("passMaker", { ...of, at, line, filters }) });
          break;
        }
      }
    } catch (error) {
      this.tell({ type: "problem", ask, report: this.#tools.reportOf(error) });
    }
  }

  #passOf(run: number): string {
    return this.view?.changes.shown.find((one) => one.run === run)?.pass ?? "";
  }
}
