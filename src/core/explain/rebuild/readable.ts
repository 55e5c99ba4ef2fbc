/** Readable names of LLVM identifiers, queried from the engine once. */
import { shortModuleName } from "../../../protocol/module-names.js";
import type { EngineClient } from "../../engine/client.js";
import { symbolOf } from "./key-index.js";

/** Symbols per message: no message between processes may be unbounded in size. */
const SYMBOLS_AT_ONCE = 20_000;

export class Names {
  readonly #engine: EngineClient;
  readonly #signal: AbortSignal | undefined;
  readonly #known = new Map<string, string>();

  constructor(engine: EngineClient, signal?: AbortSignal) {
    this.#engine = engine;
    this.#signal = signal;
  }

  /** Queries the names of these identifiers. */
  async learn(identifiers: readonly string[]): Promise<void> {
    const symbols = [...new Set(identifiers)].filter((identifier) => !this.#known.has(identifier));
    for (let first = 0; first < symbols.length; first += SYMBOLS_AT_ONCE) {
      const some = symbols.slice(first, first + SYMBOLS_AT_ONCE);
      const { names } = await this.#engine.request("demangle", { symbols: some.map(symbolIn) }, this.#signal);
      for (const [index, symbol] of some.entries()) this.#known.set(symbol, names[index] ?? symbol);
    }
  }

  of(identifier: string): string {
    return this.#known.get(identifier) ?? symbolIn(identifier);
  }

  /** The strings between backticks in texts. */
  inText(texts: readonly string[]): string[] {
    return texts.flatMap((text) => [...text.matchAll(/`([^`]+)`/g)].map(([, identifier = ""]) => identifier));
  }

  /** The text with readable names of symbols and modules between its backticks. */
  text(text: string): string {
    return text.replace(/`([^`]+)`/g, (_, identifier: string) => `\`${shortModuleName(this.of(identifier))}\``);
  }
}

/** The symbol of an identifier. A readable name can have a semicolon too, as in `<[u8; 4] as Trait>::f`. */
function symbolIn(identifier: string): string {
  return /\s/.test(identifier) ? identifier : symbolOf(identifier);
}
