/** Reads lists of numbers that the engine packs. */
import type { PackedNumbers } from "../../protocol/engine/packed-numbers.js";

export class PackedReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(packed: PackedNumbers) {
    this.#bytes = Buffer.from(packed, "base64");
  }

  get ended(): boolean {
    return this.#at >= this.#bytes.length;
  }

  next(): number {
    let [number, weight] = [-1, 1];
    for (;;) {
      const byte = this.#bytes[this.#at++] ?? 0;
      number += (byte & 0x7f) * weight;
      if (byte < 0x80) return number;
      weight *= 0x80;
    }
  }
}
