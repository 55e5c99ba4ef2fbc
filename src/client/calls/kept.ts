/**
 * LTO: Why Is It Kept? It is loaded with the session (later.ts): it needs nothing of the rest of the client but what it is given, so that none of that is loaded
 * twice.
 */
import * as vscode from "vscode";
import type { KeptLine } from "../../protocol/requests/kept.js";
import type { RunView } from "../../protocol/views.js";
import { pickSymbol, type SymbolTools } from "./pick-symbol.js";

/** What the command is given of the client. */
export interface KeptTools extends SymbolTools {
  showInformation(text: string, ...actions: string[]): Thenable<string | undefined>;
  openDefinition(place: NonNullable<KeptLine["place"]>): Promise<void>;
}

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
