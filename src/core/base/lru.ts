/** A least-recently-used cache. */
export class Lru<K, V> {
  readonly #most: number;
  readonly #entries = new Map<K, V>();
  readonly #dropped: (value: V) => void;

  /** @param dropped called with each value that leaves the cache: evicted, replaced by another one, or deleted */
  constructor(most: number, dropped: (value: V) => void = () => undefined) {
    this.#most = most;
    this.#dropped = dropped;
  }

  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  set(key: K, value: V): void {
    const replaced = this.#entries.get(key);
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (replaced !== undefined && replaced !== value) this.#dropped(replaced);
    for (const [oldest, gone] of this.#entries) {
      if (this.#entries.size <= this.#most) return;
      this.#entries.delete(oldest);
      this.#dropped(gone);
    }
  }

  delete(key: K): void {
    const gone = this.#entries.get(key);
    if (gone === undefined) return;
    this.#entries.delete(key);
    this.#dropped(gone);
  }

  clear(): void {
    for (const key of [...this.#entries.keys()]) this.delete(key);
  }

  keys(): IterableIterator<K> {
    return this.#entries.keys();
  }
}
