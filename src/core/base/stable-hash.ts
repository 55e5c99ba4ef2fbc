/**
 * rustc's `StableHasher` over one string, as 64 bits: SipHash-1-3 with 128 bits of output and a zero key, of which the first half is kept.
 *
 * Source: the crate `rustc-stable-hash` (`sip128.rs`), `Hash64` in `compiler/rustc_hashes/src/lib.rs` (rustc 1.95 to 1.97).
 */

const MASK = (1n << 64n) - 1n;

class SipState {
  #v0 = 0x736f6d6570736575n;
  #v1 = 0x646f72616e646f6dn ^ 0xeen;
  #v2 = 0x6c7967656e657261n;
  #v3 = 0x7465646279746573n;

  block(word: bigint): void {
    this.#v3 ^= word;
    this.#round();
    this.#v0 ^= word;
  }

  finish(): bigint {
    this.#v2 ^= 0xeen;
    for (let round = 0; round < 3; round += 1) this.#round();
    return this.#v0 ^ this.#v1 ^ this.#v2 ^ this.#v3;
  }

  #round(): void {
    this.#v0 = (this.#v0 + this.#v1) & MASK;
    this.#v2 = (this.#v2 + this.#v3) & MASK;
    this.#v1 = rotate(this.#v1, 13n) ^ this.#v0;
    this.#v3 = rotate(this.#v3, 16n) ^ this.#v2;
    this.#v0 = rotate(this.#v0, 32n);
    this.#v2 = (this.#v2 + this.#v1) & MASK;
    this.#v0 = (this.#v0 + this.#v3) & MASK;
    this.#v1 = rotate(this.#v1, 17n) ^ this.#v2;
    this.#v3 = rotate(this.#v3, 21n) ^ this.#v0;
    this.#v2 = rotate(this.#v2, 32n);
  }
}

function rotate(word: bigint, bits: bigint): bigint {
  return ((word << bits) | (word >> (64n - bits))) & MASK;
}

/** The hash in hexadecimal without leading zeros, as `{:x}` prints it. */
export function stableHash64(text: string): string {
  // A string is hashed with one byte 0xFF after it.
  const bytes = Buffer.concat([Buffer.from(text), Buffer.from([0xff])]);
  const whole = bytes.length - (bytes.length % 8);
  const state = new SipState();
  for (let offset = 0; offset < whole; offset += 8) state.block(bytes.readBigUInt64LE(offset));
  const last = Buffer.alloc(8);
  bytes.copy(last, 0, whole);
  last[7] = bytes.length & 0xff;
  state.block(last.readBigUInt64LE());
  return state.finish().toString(16);
}
