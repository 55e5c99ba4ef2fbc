/** Asks for a symbol of a run's program. It is loaded with the session (later.ts), and works with what it is given of the rest of the client. */
import * as vscode from "vscode";
import type { RequestName, requests } from "../../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import { stagesOf } from "../../protocol/stages.js";
import type { DocumentFilters } from "../../protocol/uris.js";
import type { RunView } from "../../protocol/views.js";
import type { QuickChoice } from "../messages.js";

type Requests = typeof requests;

/** What commands on symbols are given of the client. */
export interface SymbolTools {
  ask<N extends RequestName>(title: string, name: N, params: ParamsOf<Requests[N]>): Promise<ResultOf<Requests[N]>>;
  pickOne<T>(choices: readonly QuickChoice<T>[], options: { readonly title: string; readonly placeHolder: string }): Promise<T>;
  filters(): DocumentFilters;
}

/** Symbols to choose from. */
const MOST_SYMBOLS = 500;

/**
 * A symbol of the program after LTO; or the name as entered, which may be gone.
 *
 * @param value of the box, to edit
 * @throws CancellationError
 */
export async function pickSymbol(tools: SymbolTools, run: RunView, title: string, value = ""): Promise<string> {
  const prompt = vscode.l10n.t("All or part of a symbol's name, mangled or demangled");
  const entered = await vscode.window.showInputBox({ title, prompt, value });
  if (entered === undefined || entered === "") throw new vscode.CancellationError();
  const stage = stagesOf(run.unit.mode).at(-1);
  if (stage === undefined) return entered;
  const { hits } = await tools.ask(vscode.l10n.t("Looking for {0}", entered), "find", {
    ...{ subject: { run: run.id }, symbol: entered, stage, limit: MOST_SYMBOLS, filters: tools.filters() },
  });
  const symbols = new Map(hits.filter(({ role }) => role === "defined").map((hit) => [hit.symbol, hit]));
  if (symbols.size === 0) return entered;
  const choices = [...symbols.values()].map((hit) => ({
    label: hit.demangled,
    description: `${hit.crate} · ${hit.shortName}`,
    detail: hit.kind,
    value: hit.symbol,
  }));
  return tools.pickOne(choices, { title, placeHolder: vscode.l10n.t("Which symbol?") });
}
