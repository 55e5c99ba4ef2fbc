/**
 * LTO: Why Is It Kept? It is loaded with the session (later.ts): it needs nothing of the rest of the client but what it is given, so that none of that is loaded
 * twice.
 */
import * as vscode from "vscode";
import type { RequestName, requests } from "../../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import type { KeptLine } from "../../protocol/requests/kept.js";
import { stagesOf } from "../../protocol/stages.js";
import type { DocumentFilters } from "../../protocol/uris.js";
import type { RunView } from "../../protocol/views.js";
import type { QuickChoice } from "../messages.js";

type Requests = typeof requests;

/** What the command is given of the client. */
export interface KeptTools {
  ask<N extends RequestName>(title: string, name: N, params: ParamsOf<Requests[N]>): Promise<ResultOf<Requests[N]>>;
  pickOne<T>(choices: readonly QuickChoice<T>[], options: { readonly title: string; readonly placeHolder: string }): Promise<T>;
  showInformation(text: string, ...actions: string[]): Thenable<string | undefined>;
  filters(): DocumentFilters;
  openDefinition(place: NonNullable<KeptLine["place"]>): Promise<void>;
}

/** Symbols to choose from. */
const MOST_SYMBOLS = 500;

/**
 * Shows the references that keep a symbol in a run's program; a chosen one opens the definition.
 *
 * @param known the symbol; undefined: the user names it
 */
export async function showWhyKept(tools: KeptTools, run: RunView, known: string | undefined): Promise<void> {
  const symbol = known ?? (await pickSymbol(tools, run, vscode.l10n.t("LTO: Why Is It Kept?")));
  const kept = await tools.ask(vscode.l10n.t("Looking for what keeps {0}", symbol), "whyKept", { run: run.id, symbol });
  const said = kept.sentences.join(" ");
  const [first, ...more] = kept.links;
  if (first === undefined) {
    void tools.showInformation(said);
    return;
  }
  // A list with one entry would open it without the reason.
  const chosen = more.length === 0 ? await offered(tools, first, said) : await pickLink(tools, kept.links, kept.name, said);
  if (chosen?.place != null) await tools.openDefinition(chosen.place);
}

async function offered(tools: KeptTools, link: KeptLine, said: string): Promise<KeptLine | undefined> {
  const open = vscode.l10n.t("Open IR");
  return (await tools.showInformation(said, open)) === open ? link : undefined;
}

function pickLink(tools: KeptTools, links: readonly KeptLine[], name: string, said: string): Promise<KeptLine> {
  const choices = links.map((link, depth) => {
    return { label: `${"\u2003".repeat(depth)}${link.text}`, ...(depth === 0 ? { detail: said } : {}), value: link };
  });
  return tools.pickOne(choices, {
    title: vscode.l10n.t("Why {0} Is Kept", name),
    placeHolder: vscode.l10n.t("Choose a definition to open its IR"),
  });
}

/** A symbol of the program after LTO; or the name as entered, which may be gone. */
export async function pickSymbol(tools: KeptTools, run: RunView, title: string): Promise<string> {
  const prompt = vscode.l10n.t("All or part of a symbol's name, mangled or demangled");
  const entered = await vscode.window.showInputBox({ title, prompt });
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
