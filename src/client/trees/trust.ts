/** In Restricted Mode, a view explains itself and sends no requests to the server; it works as usual when trust is granted. */
import * as vscode from "vscode";
import { noteItem, type NoteNode } from "./node-item.js";

const UNTRUSTED: NoteNode = {
  kind: "note",
  text: "Restricted Mode: nothing runs here",
  icon: "workspace-untrusted",
  tooltip:
    "Nothing is built or run here, because building a workspace runs its build scripts. Trust this folder (Workspaces: Manage Workspace Trust) to use LTO Inspector in it.",
};

export class OnlyTrusted<Node extends { readonly kind: string }> implements vscode.TreeDataProvider<Node | NoteNode>, vscode.Disposable {
  readonly #tree: vscode.TreeDataProvider<Node>;
  readonly #changed = new vscode.EventEmitter<Node | NoteNode | undefined>();
  readonly #listeners: (vscode.Disposable | undefined)[];

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(tree: vscode.TreeDataProvider<Node>) {
    this.#tree = tree;
    this.#listeners = [
      tree.onDidChangeTreeData?.((node) => {
        this.#changed.fire(node as Node | undefined);
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        this.#changed.fire(undefined);
      }),
    ];
  }

  getTreeItem(node: Node | NoteNode): vscode.TreeItem | Thenable<vscode.TreeItem> {
    return node === UNTRUSTED ? noteItem(UNTRUSTED) : this.#tree.getTreeItem(node as Node);
  }

  getChildren(node?: Node | NoteNode): vscode.ProviderResult<(Node | NoteNode)[]> {
    if (!vscode.workspace.isTrusted) return node === undefined ? [UNTRUSTED] : [];
    return this.#tree.getChildren(node as Node | undefined);
  }

  resolveTreeItem(item: vscode.TreeItem, node: Node | NoteNode, token: vscode.CancellationToken): vscode.ProviderResult<vscode.TreeItem> {
    if (node === UNTRUSTED || this.#tree.resolveTreeItem === undefined) return item;
    return this.#tree.resolveTreeItem(item, node as Node, token);
  }

  getParent(node: Node | NoteNode): vscode.ProviderResult<Node> {
    return node === UNTRUSTED ? undefined : this.#tree.getParent?.(node as Node);
  }

  dispose(): void {
    for (const listener of this.#listeners) listener?.dispose();
    this.#changed.dispose();
  }
}
