/** Which function a command on assembly means: that of a row of the tree, of a list of decisions, or at the cursor of an editor. */
import * as vscode from "vscode";
import { stagesOf } from "../../protocol/stages.js";
import { subjectOf } from "../../protocol/uris.js";
import type { RunView } from "../../protocol/views.js";
import { pickSymbol, type SymbolTools } from "../calls/pick-symbol.js";
import { symbolOf, type SymbolChoice } from "../commands/symbol-choice.js";
import { activeAddress } from "../documents/active.js";
import { Failure } from "../failure.js";
import type { ModuleNode } from "../trees/cgu-nodes.js";
import type { AssemblyAddress } from "./documents.js";

export interface MeantTools extends SymbolTools {
  /** @throws Failure if none is shown */
  shownRun(): RunView;
  /** What a document of assembly is of; undefined: it is none. */
  assemblyOf(uri: vscode.Uri): (Omit<FunctionOfRun, "run"> & { readonly run: string }) | undefined;
}

/** What a menu gives: a node, a symbol, or the document of an editor. */
export type AssemblyOf = SymbolChoice | vscode.Uri;

/** A function of a run. */
export interface FunctionOfRun extends Pick<AssemblyAddress, "symbol" | "module"> {
  readonly run: RunView;
}

/** Functions of a codegen unit to choose from. */
const MOST_FUNCTIONS = 500;

/** @param title of the questions that are asked if it is not known @throws CancellationError, Failure, the server's error */
export async function functionMeant(tools: MeantTools, of: AssemblyOf | undefined, title: string): Promise<FunctionOfRun> {
  if (of === undefined || of instanceof vscode.Uri) return atCursor(tools, of, title);
  const known = of.kind === "symbol" ? of.run : undefined;
  const run = known === undefined ? tools.shownRun() : await tools.ask(title, "run", { run: known });
  const symbol = symbolOf(of);
  if (symbol !== undefined) return { run, symbol };
  const node = of.kind === "module" ? of : of.kind === "stage" ? of.module : undefined;
  return node === undefined ? { run, symbol: await pickSymbol(tools, run, title) } : ofModule(tools, run, node, title);
}

/** Lets the user pick among the functions that a codegen unit has after the passes. */
async function ofModule(tools: MeantTools, run: RunView, { subject, row }: ModuleNode, title: string): Promise<FunctionOfRun> {
  const module = row.name;
  const stage = stagesOf(run.unit.mode).at(-1);
  const range = { offset: 0, limit: MOST_FUNCTIONS };
  const rows = stage === undefined ? [] : (await tools.ask(title, "functions", { subject, module, stage, ...range })).rows;
  if (rows.length === 0) {
    throw new Failure({
      name: "UnknownFunction",
      message: vscode.l10n.t("After LTO, {0} defines no function.", row.shortName),
      help: vscode.l10n.t("Choose another codegen unit."),
    });
  }
  const choices = rows.map(({ name, demangled }) => ({ label: demangled, value: name }));
  const symbol = await tools.pickOne(choices, { title, placeHolder: vscode.l10n.t("Which function?") });
  return { run, symbol, module };
}

/** @param of the editor's document, if its menu was used: then the function at the cursor is meant, else any */
async function atCursor(tools: MeantTools, of: vscode.Uri | undefined, title: string): Promise<FunctionOfRun> {
  const editor = vscode.window.activeTextEditor;
  const opened = editor === undefined ? undefined : tools.assemblyOf(editor.document.uri);
  if (opened !== undefined) return { ...opened, run: await tools.ask(title, "run", { run: opened.run }) };
  const address = activeAddress();
  const subject = address === undefined ? undefined : subjectOf(address);
  if (address !== undefined && subject !== undefined && "run" in subject) {
    const symbol = address.function ?? (editor === undefined ? undefined : definitionAround(editor));
    if (symbol !== undefined) return { run: await tools.ask(title, "run", { run: subject.run }), symbol, module: address.module };
  }
  const run = tools.shownRun();
  if (editor === undefined || of === undefined) return { run, symbol: await pickSymbol(tools, run, title, wordAtCursor(editor)) };
  return { run, symbol: await atSource(tools, run, editor, title) };
}

/** The symbol of the function of IR that the cursor is in. */
function definitionAround({ document, selection }: vscode.TextEditor): string | undefined {
  for (let line = selection.active.line; line >= 0; line -= 1) {
    const { text } = document.lineAt(line);
    const [, quoted, plain] = /^define [^@]*@(?:"([^"]+)"|([\w$.-]+))\(/.exec(text) ?? [];
    if (quoted !== undefined || plain !== undefined) return quoted ?? plain;
    if (text === "}" && line < selection.active.line) return undefined;
  }
  return undefined;
}

/** What the user probably asks about, to edit. */
function wordAtCursor(editor: vscode.TextEditor | undefined): string {
  if (editor?.document.languageId !== "rust") return "";
  const range = editor.document.getWordRangeAtPosition(editor.selection.active);
  return range === undefined ? "" : editor.document.getText(range);
}

/** The function of the build that the cursor of a source file is in; the user picks among several. */
async function atSource(tools: MeantTools, run: RunView, { document, selection }: vscode.TextEditor, title: string): Promise<string> {
  const line = selection.active.line;
  const params = { run: run.id, uri: document.uri.toString(), text: document.getText(), line };
  const { written, names } = await tools.ask(title, "functionsAt", params);
  if (names.length === 0) {
    throw new Failure({
      name: "UnknownFunction",
      message:
        written === null
          ? vscode.l10n.t("Line {0} is in no function.", line + 1)
          : vscode.l10n.t("LTO got no function {0} of this file: the compiler inlined it, or nothing uses it.", written),
      help: vscode.l10n.t("Use the command in a function of the shown run."),
    });
  }
  const choices = names.map((name) => ({ label: name, value: name }));
  return tools.pickOne(choices, { title, placeHolder: vscode.l10n.t("Which function?") });
}
