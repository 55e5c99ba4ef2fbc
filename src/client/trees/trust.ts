/** In Restricted Mode, a view is empty and sends no requests to the server; package.json says why and has the button. It works as usual when trust is granted. */
import * as vscode from "vscode";

export class OnlyTrusted<Node> implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #tree: vscode.TreeDataProvider<Node>;
  readonly #changed = new vscode.EventEmitter<Node | undefined>();
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

  getTreeItem(row: Node): vscode.TreeItem | Thenable<vscode.TreeItem> {
    return this.#tree.getTreeItem(row);
  }

  getChildren(node?: Node): vscode.ProviderResult<Node[]> {
    return vscode.workspace.isTrusted ? this.#tree.getChildren(node) : [];
  }

  resolveTreeItem(item: vscode.TreeItem, node: Node, token: vscode.CancellationToken): vscode.ProviderResult<vscode.TreeItem> {
    return this.#tree.resolveTreeItem?.(item, node, token) ?? item;
  }

  getParent(node: Node): vscode.ProviderResult<Node> {
    return this.#tree.getParent?.(node);
  }

  dispose(): void {
    for (const listener of this.#listeners) listener?.dispose();
    this.#changed.dispose();
  }
}
