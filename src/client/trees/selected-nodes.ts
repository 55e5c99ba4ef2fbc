/** What a command from the keyboard is about: the focused row of a view and, if it is selected, all selected rows. */
import * as vscode from "vscode";

/** How often to look again while the view is being filled, and how long to wait in between. */
const ATTEMPTS = 20;
const PAUSE_MILLIS = 50;

export class SelectedNodes<Node> {
  readonly #key: (node: Node) => string;
  view: vscode.TreeView<Node> | undefined;

  /** @param key identifies a row; a tree that is refreshed makes new objects for the same rows */
  constructor(key: (node: Node) => string) {
    this.#key = key;
  }

  /**
   * The rows at the focus of the view, which has the keyboard's focus; none if it has no focused row. VS Code tells extensions what is selected and not what
   * is focused, and arrow keys only move the focus. Its own command adds the focused row to the selection, or removes it, and a second time restores it.
   */
  async atFocus(): Promise<readonly Node[]> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const before = this.#selection();
      await vscode.commands.executeCommand("list.toggleSelection");
      const toggled = this.#selection();
      await vscode.commands.executeCommand("list.toggleSelection");
      // While the view is filled again, its selection is empty for a moment.
      const [added, removed] = [without(toggled, before), without(before, toggled)];
      if (added.length + removed.length === 1 && sameKeys(before, this.#selection())) {
        return added.length === 1 ? added : [...before.values()];
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLIS));
    }
    return [];
  }

  #selection(): ReadonlyMap<string, Node> {
    return new Map(this.view?.selection.map((node) => [this.#key(node), node]));
  }
}

function without<Node>(nodes: ReadonlyMap<string, Node>, others: ReadonlyMap<string, Node>): Node[] {
  return [...nodes].flatMap(([key, node]) => (others.has(key) ? [] : [node]));
}

function sameKeys(one: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>): boolean {
  return one.size === other.size && [...one.keys()].every((key) => other.has(key));
}
