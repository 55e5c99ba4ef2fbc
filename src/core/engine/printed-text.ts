/** Splits LLVM's output on an engine process's standard error at the marks that the process writes between requests. */

const MARK_START = "\u0000lto-inspector-mark ";
const MARK_END = "\u0000";

/** The text of a mark, which the engine process writes on request. @param id digits */
export function printedMark(id: string): string {
  return `${MARK_START}${id}${MARK_END}`;
}

export class PrintedText {
  readonly #deliver: (text: string) => void;
  readonly #awaited = new Map<string, () => void>();
  #rest = "";
  #ended = false;

  /** @param deliver receives the text in whole lines, without the marks; before a mark and at the end also an unfinished line */
  constructor(deliver: (text: string) => void) {
    this.#deliver = deliver;
  }

  /** @returns resolves when everything before the mark has been delivered, or the process has exited */
  mark(id: string): Promise<void> {
    if (this.#ended) return Promise.resolve();
    return new Promise((resolve) => this.#awaited.set(id, resolve));
  }

  push(text: string): void {
    this.#rest += text;
    while (this.#takeMark());
    this.#deliverLines();
  }

  end(): void {
    this.#ended = true;
    this.#take(this.#rest.length);
    for (const resolve of this.#awaited.values()) resolve();
    this.#awaited.clear();
  }

  /** @returns false if no complete mark is left */
  #takeMark(): boolean {
    const start = this.#rest.indexOf(MARK_START);
    if (start < 0) return false;
    const idAt = start + MARK_START.length;
    const end = this.#rest.indexOf(MARK_END, idAt);
    if (end < 0) return false;
    const id = this.#rest.slice(idAt, end);
    this.#take(start);
    this.#rest = this.#rest.slice(end - start + MARK_END.length);
    this.#awaited.get(id)?.();
    this.#awaited.delete(id);
    return true;
  }

  #deliverLines(): void {
    this.#take(this.#rest.lastIndexOf("\n") + 1);
  }

  #take(length: number): void {
    if (length === 0) return;
    const text = this.#rest.slice(0, length);
    this.#rest = this.#rest.slice(length);
    this.#deliver(text);
  }
}
