/**
 * LTO: Show Assembly. It is loaded with the session (later.ts), like kept.ts. Assembly and source are linked: what is selected in one is marked in the other.
 */
import * as vscode from "vscode";
import type { AssemblyView } from "../../protocol/requests/assembly.js";
import { ASSEMBLY_LANGUAGE, ASSEMBLY_SCHEME } from "../../protocol/uris.js";
import type { RunView } from "../../protocol/views.js";
import { pickSymbol, type SymbolTools } from "./pick-symbol.js";

/** The documents of this window: VS Code restores no tabs of such schemes. */
class AssemblyDocuments implements vscode.TextDocumentContentProvider {
  readonly #views = new Map<string, AssemblyView>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #marked = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor("editor.findMatchHighlightBackground"),
    overviewRulerColor: new vscode.ThemeColor("editorOverviewRuler.findMatchForeground"),
  });

  readonly onDidChange = this.#changed.event;

  constructor() {
    // They live as long as the window.
    vscode.workspace.registerTextDocumentContentProvider(ASSEMBLY_SCHEME, this);
    vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#views.delete(uri.toString()));
    vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections }) => {
      this.#link(textEditor, selections);
    });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#views.get(uri.toString())?.lines.join("\n") ?? "";
  }

  async open(run: string, symbol: string, view: AssemblyView): Promise<void> {
    const uri = vscode.Uri.from({
      scheme: ASSEMBLY_SCHEME,
      path: `/${view.name.replaceAll("/", "∕")}.s`,
      query: JSON.stringify([run, symbol]),
    });
    this.#views.set(uri.toString(), view);
    this.#changed.fire(uri);
    const document = await vscode.languages.setTextDocumentLanguage(await vscode.workspace.openTextDocument(uri), ASSEMBLY_LANGUAGE);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true });
  }

  #link(from: vscode.TextEditor, selections: readonly vscode.Selection[]): void {
    if (this.#views.size === 0) return;
    const selected = (line: number): boolean => selections.some(({ start, end }) => line >= start.line && line <= end.line);
    const view = this.#views.get(from.document.uri.toString());
    for (const to of vscode.window.visibleTextEditors) {
      if (to === from) continue;
      const other = this.#views.get(to.document.uri.toString());
      if (view !== undefined && to.document.uri.scheme === "file") {
        const ofFile = view.places.filter(({ line, at }) => selected(line) && at.file === to.document.uri.fsPath);
        this.#mark(
          to,
          ofFile.map(({ at }) => at.line - 1),
        );
      } else if (other !== undefined && from.document.uri.scheme === "file") {
        const ofLines = other.places.filter(({ at }) => at.file === from.document.uri.fsPath && selected(at.line - 1));
        this.#mark(
          to,
          ofLines.map(({ line }) => line),
        );
      }
    }
  }

  #mark(editor: vscode.TextEditor, lines: readonly number[]): void {
    const ranges = [...new Set(lines)].filter((line) => line < editor.document.lineCount).map((line) => editor.document.lineAt(line).range);
    editor.setDecorations(this.#marked, ranges);
    const [first] = ranges;
    if (first !== undefined) editor.revealRange(first, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }
}

let documents: AssemblyDocuments | undefined;

/** Opens the assembly of a function of a run beside the editor. @param known the symbol; undefined: the user names it */
export async function showAssembly(tools: SymbolTools, run: RunView, known: string | undefined): Promise<void> {
  const symbol = known ?? (await pickSymbol(tools, run, vscode.l10n.t("LTO: Show Assembly")));
  const view = await tools.ask(vscode.l10n.t("Generating assembly"), "assembly", { run: run.id, symbol });
  documents ??= new AssemblyDocuments();
  await documents.open(run.id, symbol, view);
}
