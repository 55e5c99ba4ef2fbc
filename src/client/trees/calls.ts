/**
 * The Calls view: what the shown run did not inline, did not import, imported in vain and inlined. The tree stores no rows: it requests them by range, and
 * grows by a page when the user asks for more. It is loaded with the session, when calls are explained for the first time (later-calls.ts).
 */
import * as vscode from "vscode";
import type { CallsBy, CallTreeRow } from "../../protocol/call-tree.js";
import type { CallRowsChoice } from "../../protocol/requests/calls.js";
import type { Page, Range } from "../../protocol/views.js";
import { number } from "../../protocol/words.js";
import { COMMANDS } from "../ids.js";
import { lineItem, noteItem, SafeMarkdown, type NoteNode } from "./node-item.js";
import { collect } from "./pages.js";

/** Rows to show at first, and to add with each "Show more". */
const PAGE = 200;

export interface CallNode {
  readonly kind: "call";
  readonly id: string;
  readonly run: string;
  readonly row: CallTreeRow;
  readonly parent: CallNode | undefined;
}

/** Stands for rows that were not requested yet. */
export interface MoreCallsNode {
  readonly kind: "more-calls";
  readonly parent: CallNode | undefined;
  readonly left: number;
}

export type CallsNode = CallNode | MoreCallsNode | NoteNode;

/** How the view's rows are chosen. */
export interface CallChoice {
  readonly text: string;
  readonly by: CallsBy;
}

/** What the tree is given of the client. */
export interface CallsTools {
  /** The shown run, if its calls were explained. */
  readonly run: () => string | null;
  readonly choice: () => CallChoice;
  /** null: the server does not know the calls of this run any more. */
  readonly rows: (choice: CallRowsChoice & Range) => Promise<Page<CallTreeRow> | null>;
  /** The server was restarted since the calls were explained. */
  readonly forget: () => void;
  readonly failureNote: (error: unknown) => NoteNode;
}

export class CallsTree {
  readonly #tools: CallsTools;
  /** How many rows of a parent are shown, if it is more than a page. */
  readonly #limits = new Map<string, number>();

  constructor(tools: CallsTools) {
    this.#tools = tools;
  }

  /** Shows one page of every list again. */
  reset(): void {
    this.#limits.clear();
  }

  /** Adds a page of rows below a parent. */
  addPage({ parent }: MoreCallsNode): void {
    this.#limits.set(parent?.id ?? "", this.#limit(parent) + PAGE);
  }

  item(node: CallsNode): vscode.TreeItem {
    return itemOf(node);
  }

  async children(node?: CallsNode): Promise<CallsNode[]> {
    const run = this.#tools.run();
    if (run === null || (node !== undefined && node.kind !== "call")) return [];
    try {
      return await this.#rowsBelow(run, node);
    } catch (error) {
      return [this.#tools.failureNote(error)];
    }
  }

  #limit(parent: CallNode | undefined): number {
    return this.#limits.get(parent?.id ?? "") ?? PAGE;
  }

  async #rowsBelow(run: string, parent: CallNode | undefined): Promise<CallsNode[]> {
    const { text, by } = this.#tools.choice();
    const page = await collect(this.#limit(parent), async (range) => {
      const rows = await this.#tools.rows({ run, by, text, parent: parent?.row.below ?? {}, ...range });
      return rows === null ? { ...NO_ROWS, isKnown: false } : { ...rows, isKnown: true };
    });
    const { isKnown } = page;
    if (!isKnown) this.#tools.forget();
    const nodes = page.rows.map((row, index): CallNode => {
      const id = `${parent?.id ?? by}/${row.key === "" ? index : row.key}`;
      return { kind: "call", id, run, row, parent };
    });
    const left = page.total - nodes.length;
    if (left > 0) return [...nodes, { kind: "more-calls", parent, left }];
    const isEmpty = isKnown && parent === undefined && nodes.length === 0;
    return isEmpty ? [{ kind: "note", text: emptyText(text), icon: "filter" }] : nodes;
  }
}

const NO_ROWS: Page<CallTreeRow> = { total: 0, offset: 0, rows: [] };

function emptyText(text: string): string {
  return text === "" ? vscode.l10n.t("LTO decided about no call.") : vscode.l10n.t("No call matches the filter.");
}

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

function itemOf(node: CallsNode): vscode.TreeItem {
  if (node.kind === "note") return noteItem(node);
  if (node.kind === "call") return callItem(node);
  const title = vscode.l10n.t("Show more ({0} left)", number(node.left));
  const item = new vscode.TreeItem(title);
  item.iconPath = new vscode.ThemeIcon("ellipsis");
  item.command = { command: COMMANDS.showMore, title, arguments: [node] };
  return item;
}

function callItem(node: CallNode): vscode.TreeItem {
  const { row, id } = node;
  // What LTO did is expected; what it did not do is what people look for.
  const state = row.kind === "decision" ? None : row.kind === "group" && row.key !== "inlined" ? Expanded : Collapsed;
  const item = lineItem(row.label, row.line, state);
  item.id = id;
  item.contextValue = row.kind === "decision" ? `call${row.source === null ? "" : ".source"}` : `calls.${row.kind}`;
  item.tooltip = tooltipOf(row);
  if (row.shown !== null) item.command = { command: COMMANDS.openCallIr, title: vscode.l10n.t("Open IR"), arguments: [node] };
  return item;
}

function tooltipOf({ label, text, help, line }: CallTreeRow): vscode.MarkdownString {
  const markdown = new SafeMarkdown().heading(label);
  if (text !== label) markdown.named(text);
  else markdown.text(line.description);
  for (const one of help) markdown.named(`→ ${one}`);
  return markdown.done();
}
