import type * as vscode from "vscode";

/** The client's state between windows. */
export class Memory implements vscode.Memento {
  readonly #kept = new Map<string, unknown>();
  keys(): readonly string[] {
    return [...this.#kept.keys()];
  }
  get<T>(key: string, fallback?: T): T | undefined {
    return this.#kept.has(key) ? (this.#kept.get(key) as T) : fallback;
  }
  update(key: string, value: unknown): Promise<void> {
    this.#kept.set(key, value);
    return Promise.resolve();
  }
}
