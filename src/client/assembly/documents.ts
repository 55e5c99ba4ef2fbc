/** Documents of assembly. Assembly and source are linked: what is selected in one is marked in the other. */
import * as vscode from "vscode";
import type { AssemblyPair, AssemblyView } from "../../protocol/requests/assembly.js";
import { ASSEMBLY_LANGUAGE, ASSEMBLY_SCHEME } from "../../protocol/uris.js";
import { visible } from "../../protocol/visible.js";
import { openSource } from "../documents/open-source.js";

const MARK = new vscode.ThemeColor("editorOverviewRuler.findMatchForeground");

/** The documents of this window: VS Code restores no tabs of such schemes. */
export class AssemblyDocuments implements vscode.TextDocumentContentProvider {
  readonly #views = new Map<string, AssemblyView & { readonly of: AssemblyAddress }>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #marked = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor("editor.findMatchHighlightBackground"),
    overviewRulerColor: MARK,
    // High contrast has no background.
    borderColor: MARK,
    borderStyle: "solid",
    borderWidth: "0 0 0 2px",
  });

  readonly onDidChange = this.#changed.event;

  constructor() {
    // They live as long as the window.
    vscode.workspace.registerTextDocumentContentProvider(ASSEMBLY_SCHEME, this);
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      // A document whose language changes closes for a moment.
      if (!vscode.workspace.textDocuments.some((open) => open.uri.toString() === uri.toString())) this.#views.delete(uri.toString());
    });
    vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections }) => {
      this.#link(textEditor, selections);
    });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#views.get(uri.toString())?.lines.join("\n") ?? "";
  }

  /** Opens a function beside the editor. */
  async open(of: AssemblyAddress, view: AssemblyView): Promise<void> {
    const document = await this.#document(of, [view.name], view);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true });
  }

  /** Opens functions of two builds as diffs. @param sides the names of the builds, left and right */
  async compare(of: AssemblyAddress, pairs: readonly AssemblyPair[], sides: readonly [string, string]): Promise<void> {
    const builds = `${sides[0]} ↔ ${sides[1]}`;
    const resources = await Promise.all(
      pairs.map(async ({ name, left, right }, index): Promise<Resources> => {
        // Both sides have one path: VS Code's multi-file diff takes two paths for a renamed file.
        const side = async (view: AssemblyView | null, which: "left" | "right"): Promise<vscode.Uri | undefined> =>
          view === null ? undefined : (await this.#document({ ...of, side: `${which} ${index}` }, [builds, name], view)).uri;
        return [uriOf([name], of), await side(left, "left"), await side(right, "right")];
      }),
    );
    const [first, ...others] = resources;
    const name = pairs[0]?.name ?? "";
    const title = visible(`${shortNameOf(name)} · ${builds}`);
    const [, left, right] = first ?? [];
    if (others.length === 0 && left !== undefined && right !== undefined) {
      await vscode.commands.executeCommand("vscode.diff", left, right, title);
    } else await vscode.commands.executeCommand("vscode.changes", title, resources);
  }

  /** What a document is of; undefined: it is no document of assembly. */
  addressOf(uri: vscode.Uri): Omit<AssemblyAddress, "side"> | undefined {
    const view = this.#views.get(uri.toString());
    if (view === undefined) return undefined;
    const { run, symbol, module } = view.of;
    return module === undefined ? { run, symbol } : { run, symbol, module };
  }

  /** @param names what tabs show */
  async #document(of: AssemblyAddress, names: readonly string[], view: AssemblyView): Promise<vscode.TextDocument> {
    const uri = uriOf(names, of);
    this.#views.set(uri.toString(), { ...view, of });
    this.#changed.fire(uri);
    return vscode.languages.setTextDocumentLanguage(await vscode.workspace.openTextDocument(uri), ASSEMBLY_LANGUAGE);
  }

  /** From a line of assembly to its line of source, and back. @returns whether there is such a line */
  async goToLinkedLine(): Promise<boolean> {
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined) return false;
    const { line } = editor.selection.active;
    const view = this.#views.get(editor.document.uri.toString());
    if (view !== undefined) {
      // Labels and directives belong to the instructions before them.
      const place = view.places.findLast((one) => one.line <= line) ?? view.places[0];
      if (place === undefined) return false;
      await openSource(place.at, columnOf((uri) => uri.fsPath === place.at.file) ?? vscode.ViewColumn.One);
      return true;
    }
    const file = editor.document.uri.fsPath;
    for (const [uri, { places }] of [...this.#views].reverse()) {
      const place = places.find(({ at }) => at.file === file && at.line === line + 1);
      if (place === undefined) continue;
      const selection = new vscode.Range(place.line, 0, place.line, 0);
      const viewColumn = columnOf((open) => open.toString() === uri) ?? vscode.ViewColumn.Beside;
      await vscode.window.showTextDocument(vscode.Uri.parse(uri), { viewColumn, selection });
      return true;
    }
    return false;
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

type Resources = [label: vscode.Uri, original: vscode.Uri | undefined, modified: vscode.Uri | undefined];

/** What a document of assembly is of. */
export interface AssemblyAddress {
  readonly run: string;
  readonly symbol: string;
  /** Absent: every module. */
  readonly module?: string;
  /** Of a comparison. */
  readonly side?: string;
}

/** Where a document is visible. */
function columnOf(isIt: (uri: vscode.Uri) => boolean): vscode.ViewColumn | undefined {
  return vscode.window.visibleTextEditors.find(({ document }) => isIt(document.uri))?.viewColumn;
}

/** The last two parts of a path. */
function shortNameOf(name: string): string {
  return name.split("::").slice(-2).join("::");
}

function uriOf(names: readonly string[], { run, symbol, module, side }: AssemblyAddress): vscode.Uri {
  // Only what tells documents apart.
  const query = [run, module ?? "", side ?? "", symbol].join(" ");
  const path = names.map((name) => visible(name).replaceAll("/", "∕")).join("/");
  return vscode.Uri.from({
    scheme: ASSEMBLY_SCHEME,
    path: `/${path}.s`,
    query,
  });
}
