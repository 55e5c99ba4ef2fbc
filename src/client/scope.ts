/**
 * Disposal in two scopes: what lives as long as the extension, and what lives as long as one server. A restart disposes the second one.
 */
import type { Disposable } from "vscode";

export class Scope implements Disposable {
  readonly #items: Disposable[] = [];
  #disposed = false;

  /** Keeps something until the scope ends, and returns it. If the scope has ended, disposes it at once. */
  add<T extends Disposable>(item: T): T {
    if (this.#disposed) item.dispose();
    else this.#items.push(item);
    return item;
  }

  /** In reverse order. */
  dispose(): void {
    this.#disposed = true;
    for (const item of this.#items.splice(0).reverse()) item.dispose();
  }
}
