/** The provider of the Calls view: until calls are explained it is empty, so the tree is loaded only then. */
import * as vscode from "vscode";
import type { ExplainedCalls } from "../calls/explained-calls.js";
import { CONTEXT } from "../ids.js";
import { loadSession } from "../later.js";
import { shownItem } from "../messages.js";
import type { Server } from "../server.js";
import type { CallChoice, CallsNode, CallsTree, MoreCallsNode } from "./calls.js";
import { failureNote } from "./node-item.js";

export class CallsView implements vscode.TreeDataProvider<CallsNode>, vscode.Disposable {
  readonly #server: Server;
  readonly #calls: ExplainedCalls;
  readonly #changed = new vscode.EventEmitter<CallsNode | undefined>();
  readonly #listener: vscode.Disposable;
  #tree: CallsTree | undefined;
  #choice: CallChoice = { text: "", by: "callee" };

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(server: Server, calls: ExplainedCalls) {
    this.#server = server;
    this.#calls = calls;
    this.#listener = calls.onChanged(() => {
      this.#refresh();
    });
  }

  get choice(): CallChoice {
    return this.#choice;
  }

  /** Filters and groups the rows. */
  choose(choice: Partial<CallChoice>): void {
    this.#choice = { ...this.#choice, ...choice };
    void vscode.commands.executeCommand("setContext", CONTEXT.callsFiltered, this.#choice.text !== "");
    this.#refresh();
  }

  showMore(node: MoreCallsNode): void {
    this.#tree?.addPage(node);
    this.#changed.fire(node.parent);
  }

  async getTreeItem(node: CallsNode): Promise<vscode.TreeItem> {
    return shownItem((await this.#load()).item(node));
  }

  async getChildren(node?: CallsNode): Promise<CallsNode[]> {
    return this.#calls.run === null ? [] : (await this.#load()).children(node);
  }

  getParent(node: CallsNode): CallsNode | undefined {
    return node.kind === "note" ? undefined : node.parent;
  }

  dispose(): void {
    this.#listener.dispose();
    this.#changed.dispose();
  }

  #refresh(): void {
    this.#tree?.reset();
    this.#changed.fire(undefined);
  }

  async #load(): Promise<CallsTree> {
    const { CallsTree } = await loadSession();
    return (this.#tree ??= new CallsTree({
      run: () => this.#calls.run,
      choice: () => this.#choice,
      rows: (choice) => this.#server.ask("callRows", choice),
      forget: () => {
        this.#calls.forget();
      },
      failureNote,
    }));
  }
}
