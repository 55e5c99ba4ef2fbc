/**
 * The commands of the Calls view, and *LTO: Show Function*. They are loaded with the session (later.ts), and work with what they are given of the rest of the
 * client, so that none of that is loaded twice.
 */
import * as vscode from "vscode";
import type { CallsBy } from "../../protocol/call-tree.js";
import type { CallDecision } from "../../protocol/requests/calls.js";
import type { Excerpt } from "../../protocol/views.js";
import { number } from "../../protocol/words.js";
import { filterWhileTyping } from "../commands/filter-box.js";
import { openSource } from "../documents/open-source.js";
import { COMMANDS } from "../ids.js";
import { showInformation, type QuickChoice } from "../messages.js";
import type { CallChoice, CallNode } from "../trees/calls.js";
import type { ShownCalls } from "./lenses.js";

/** What the commands are given of the client. */
export interface CallTools {
  pickOne<T>(choices: readonly QuickChoice<T>[], options: { readonly title: string; readonly placeHolder: string }): Promise<T>;
  readonly choice: CallChoice;
  choose(choice: Partial<CallChoice>): void;
  /** The shown run; null: none is shown. */
  readonly run: string | null;
  /** Functions with these words in their names; explains the run's calls if they are not known. */
  names(run: string, text: string): Promise<Excerpt<{ readonly name: string; readonly symbol: string }>>;
  /** Writes a SARIF file; explains the run's calls if they are not known. */
  exportTo(run: string, uri: string): Promise<{ readonly results: number }>;
  openIr(run: string, shown: { readonly module: string; readonly function: string }): Promise<void>;
  openFunction(run: string, symbol: string): Promise<void>;
}

/** Lists decisions: a chosen one opens the function that has the call; others lead to the function's page, its assembly, and to what keeps it. */
async function showCalls(tools: CallTools, { run, title, symbol, decisions }: ShownCalls): Promise<void> {
  const listed = decisions.map((decision): QuickChoice<CallDecision | "page" | "assembly" | "kept"> => ({
    label: decision.title.replaceAll("`", ""),
    detail: [decision.text, ...decision.help].join(" ").replaceAll("`", ""),
    value: decision,
  }));
  const page = { label: vscode.l10n.t("Show Function"), icon: "symbol-function", value: "page" } as const;
  const assembly = { label: vscode.l10n.t("Show Assembly"), icon: "file-binary", value: "assembly" } as const;
  const kept = { label: vscode.l10n.t("Why is it kept?"), icon: "question", value: "kept" } as const;
  const chosen = await tools.pickOne(symbol === null ? listed : [page, ...listed, assembly, kept], {
    title,
    placeHolder: vscode.l10n.t("Choose a decision to open the function's IR before the passes"),
  });
  if (typeof chosen === "object") await tools.openIr(run, chosen);
  else if (chosen === "assembly") await vscode.commands.executeCommand(COMMANDS.showAssembly, { kind: "symbol", symbol, run });
  else if (chosen === "kept") await vscode.commands.executeCommand(COMMANDS.whyKept, { kind: "symbol", symbol });
  else if (symbol !== null) await tools.openFunction(run, symbol);
}

/** Filters the Calls view while the user types. */
function filterCalls(tools: CallTools): Promise<void> {
  return filterWhileTyping({
    title: vscode.l10n.t("Filter Calls"),
    placeholder: vscode.l10n.t("Function, module or reason: bars::bar cost"),
    prompt: vscode.l10n.t("Shows the decisions that have all of these words."),
    text: tools.choice.text,
    apply: (text) => {
      tools.choose({ text });
    },
  });
}

function clearCallFilter(tools: CallTools): void {
  tools.choose({ text: "" });
}

async function groupCalls(tools: CallTools): Promise<void> {
  const choices: readonly { readonly label: string; readonly description: string; readonly value: CallsBy }[] = [
    { label: vscode.l10n.t("Called function"), description: vscode.l10n.t("its callers below it"), value: "callee" },
    { label: vscode.l10n.t("Caller"), description: vscode.l10n.t("the functions that it calls below it"), value: "caller" },
  ];
  const by = await tools.pickOne(choices, { title: vscode.l10n.t("Group Calls"), placeHolder: vscode.l10n.t("Group by") });
  tools.choose({ by });
}

/** Writes what was not inlined, not imported and imported in vain to a file that the user chooses. */
async function exportCalls(tools: CallTools): Promise<void> {
  const run = shownRunOf(tools);
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const uri = await vscode.window.showSaveDialog({
    title: vscode.l10n.t("LTO: Export Calls as SARIF"),
    filters: { SARIF: ["sarif"] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder.uri, "calls.sarif") }),
  });
  if (uri === undefined) throw new vscode.CancellationError();
  const { results } = await tools.exportTo(run, uri.toString());
  void showInformation(vscode.l10n.t("{0} results were written to {1}.", number(results), vscode.workspace.asRelativePath(uri)));
}

/** Opens the line of a call. */
async function openCallSource({ row: { source } }: CallNode): Promise<void> {
  if (source === null) return;
  await openSource(source);
}

/**
 * Shows a function's page.
 *
 * @param about a row of the Calls or the Codegen Units view, or an argument of our links; absent: the user picks one of the shown run
 */
async function showFunction(tools: CallTools, about?: unknown): Promise<void> {
  const known = functionOf(about);
  const { run, symbol } = known ?? (await pickFunctionOf(tools));
  await tools.openFunction(run ?? shownRunOf(tools), symbol);
}

interface FunctionChoice {
  /** undefined: the shown run. */
  readonly run: string | undefined;
  readonly symbol: string;
}

function functionOf(about: unknown): FunctionChoice | undefined {
  if (typeof about !== "object" || about === null) return undefined;
  if ("symbol" in about && typeof about.symbol === "string" && "run" in about && typeof about.run === "string") {
    return { run: about.run, symbol: about.symbol };
  }
  const row = "row" in about && typeof about.row === "object" && about.row !== null ? about.row : {};
  const symbol = "symbol" in row ? row.symbol : "right" in row && row.right !== null ? row.right : "left" in row ? row.left : null;
  return typeof symbol === "string" ? { run: undefined, symbol } : undefined;
}

function shownRunOf({ run }: CallTools): string {
  if (run === null) throw new vscode.CancellationError();
  return run;
}

/** Lets the user pick a function of the shown run; the server searches the list. */
async function pickFunctionOf(tools: CallTools): Promise<FunctionChoice> {
  const run = shownRunOf(tools);
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t("LTO: Show Function"),
    prompt: vscode.l10n.t("All or part of a function's name"),
  });
  if (text === undefined || text === "") throw new vscode.CancellationError();
  const { total, shown } = await tools.names(run, text);
  const choices = shown.map(({ name, symbol }) => ({ label: name, value: { run, symbol } }));
  if (choices.length === 0) {
    void showInformation(vscode.l10n.t("LTO decided about no function with {0} in its name.", text));
    throw new vscode.CancellationError();
  }
  return tools.pickOne(choices, {
    title: vscode.l10n.t("LTO: Show Function"),
    placeHolder:
      total > shown.length
        ? vscode.l10n.t("{0} functions; the first {1}", number(total), number(shown.length))
        : vscode.l10n.t("Which function?"),
  });
}

export const callCommands = { showCalls, filterCalls, clearCallFilter, groupCalls, exportCalls, openCallSource, showFunction };

export type CallCommands = typeof callCommands;
