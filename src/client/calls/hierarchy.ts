/**
 * The call hierarchy of Rust files, with what LTO decided about each call. Requests: `lto/hierarchyItem`, `lto/hierarchyCalls`. Setting:
 * `lto.callHierarchy`. VS Code asks only one extension, the one that registered last; so this registers only while it has something to say, and by
 * default only where rust-analyzer does not.
 */
import * as vscode from "vscode";
import type { CallDirection, CallLine, HierarchyItem } from "../../protocol/requests/calls.js";
import { SETTINGS_SECTION, type CallHierarchySetting } from "../../protocol/settings.js";
import { formatStageUri } from "../../protocol/uris.js";
import { visible } from "../../protocol/visible.js";
import { currentFilters } from "../documents/filters.js";
import type { Ask } from "./ask.js";

const RUST: vscode.DocumentSelector = { language: "rust", scheme: "file" };

const SETTING = "callHierarchy";

const RUST_ANALYZER = "rust-lang.rust-analyzer";

/** What the hierarchy is given of the client. */
export interface HierarchyTools {
  /** The shown run, if its calls were explained. */
  readonly run: () => string | null;
  readonly onChanged: vscode.Event<void>;
  readonly ask: Ask;
}

export class LtoCallHierarchy implements vscode.CallHierarchyProvider, vscode.Disposable {
  readonly #tools: HierarchyTools;
  readonly #scope: vscode.Disposable;
  /** VS Code gives back the items that it was given. */
  readonly #known = new WeakMap<vscode.CallHierarchyItem, { readonly run: string; readonly key: string }>();
  #registered: vscode.Disposable | undefined;

  constructor(tools: HierarchyTools) {
    this.#tools = tools;
    const follow = (): void => {
      this.#register();
    };
    this.#scope = vscode.Disposable.from(
      tools.onChanged(follow),
      vscode.extensions.onDidChange(follow),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`${SETTINGS_SECTION}.${SETTING}`)) follow();
      }),
    );
    follow();
  }

  async prepareCallHierarchy(
    document: vscode.TextDocument,
    { line, character }: vscode.Position,
  ): Promise<vscode.CallHierarchyItem | undefined> {
    const run = this.#tools.run();
    if (run === null) return undefined;
    const found = await this.#tools.ask("hierarchyItem", {
      run,
      uri: document.uri.toString(),
      text: document.getText(),
      line,
      column: character,
    });
    return found === null ? undefined : this.#itemOf(run, found);
  }

  async provideCallHierarchyIncomingCalls(item: vscode.CallHierarchyItem): Promise<vscode.CallHierarchyIncomingCall[] | undefined> {
    return (await this.#calls(item, "incoming"))?.map(([other, at]) => new vscode.CallHierarchyIncomingCall(other, ranges(at, other)));
  }

  async provideCallHierarchyOutgoingCalls(item: vscode.CallHierarchyItem): Promise<vscode.CallHierarchyOutgoingCall[] | undefined> {
    return (await this.#calls(item, "outgoing"))?.map(([other, at]) => new vscode.CallHierarchyOutgoingCall(other, ranges(at, item)));
  }

  dispose(): void {
    this.#scope.dispose();
    this.#registered?.dispose();
  }

  #register(): void {
    const isOffered = this.#tools.run() !== null && isWanted();
    if (isOffered === (this.#registered !== undefined)) return;
    this.#registered?.dispose();
    this.#registered = isOffered ? vscode.languages.registerCallHierarchyProvider(RUST, this) : undefined;
  }

  async #calls(
    item: vscode.CallHierarchyItem,
    direction: CallDirection,
  ): Promise<(readonly [vscode.CallHierarchyItem, readonly CallLine[]])[] | undefined> {
    const known = this.#known.get(item);
    const calls = known === undefined ? null : await this.#tools.ask("hierarchyCalls", { ...known, direction });
    return known === undefined ? undefined : calls?.map(({ item: other, at }) => [this.#itemOf(known.run, other), at]);
  }

  #itemOf(run: string, { key, name, detail, source, shown }: HierarchyItem): vscode.CallHierarchyItem {
    const [uri, range, selection] =
      source === null
        ? [vscode.Uri.parse(this.#irOf(run, name, shown)), START, START]
        : [vscode.Uri.file(source.file), new vscode.Range(source.firstLine, 0, source.lastLine + 1, 0), rangeOf(source)];
    const item = new vscode.CallHierarchyItem(vscode.SymbolKind.Function, visible(name), visible(detail), uri, range, selection);
    this.#known.set(item, { run, key });
    return item;
  }

  #irOf(run: string, name: string, { module, stage, function: symbol }: HierarchyItem["shown"]): string {
    return formatStageUri({ subject: { run }, module, stage, function: symbol, filters: currentFilters() }, name);
  }
}

const START = new vscode.Range(0, 0, 0, 0);

function isWanted(): boolean {
  const setting = vscode.workspace.getConfiguration(SETTINGS_SECTION).get<CallHierarchySetting>(SETTING);
  return setting === "on" || (setting !== "off" && vscode.extensions.getExtension(RUST_ANALYZER) === undefined);
}

function rangeOf({ line, column, endColumn }: CallLine): vscode.Range {
  return new vscode.Range(line, column, line, endColumn);
}

/** Where calls are; without line tables, the caller's name. */
function ranges(at: readonly CallLine[], caller: vscode.CallHierarchyItem): vscode.Range[] {
  return at.length === 0 ? [caller.selectionRange] : at.map(rangeOf);
}
