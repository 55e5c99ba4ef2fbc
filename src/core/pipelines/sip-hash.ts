/** SipHash-1-3 with a result of 128 bits and keys of zero: rustc's stable hash. */

/** The state's four words of 64 bits, each as two of 32 bits, the low one first: BigInt is a hundred times slower. */
const INITIAL = [
  [0x70736575, 0x736f6d65],
  [0x6e646f6d ^ 0xee, 0x646f7261],
  [0x6e657261, 0x6c796765],
  [0x79746573, 0x74656462],
].flat();

/** Adds one word to another. */
function add(state: Uint32Array, to: number, from: number): void {
  const low = (state[to] ?? 0) + (state[from] ?? 0);
  state[to + 1] = (state[to + 1] ?? 0) + (state[from + 1] ?? 0) + (low > 0xffffffff ? 1 : 0);
  state[to] = low;
}

/** Rotates a word to the left by less than 32 bits. */
function rotate(state: Uint32Array, word: number, bits: number): void {
  const [low, high] = [state[word] ?? 0, state[word + 1] ?? 0];
  state[word] = (low << bits) | (high >>> (32 - bits));
  state[word + 1] = (high << bits) | (low >>> (32 - bits));
}

/** Rotates a word by 32 bits. */
function swap(state: Uint32Array, word: number): void {
  const low = state[word] ?? 0;
  state[word] = state[word + 1] ?? 0;
  state[word + 1] = low;
}

function xor(state: Uint32Array, to: number, from: number): void {
  state[to] = (state[to] ?? 0) ^ (state[from] ?? 0);
  state[to + 1] = (state[to + 1] ?? 0) ^ (state[from + 1] ?? 0);
}

const [V0, V1, V2, V3] = [0, 2, 4, 6] as const;

function round(state: Uint32Array): void {
  add(state, V0, V1);
  rotate(state, V1, 13);
  xor(state, V1, V0);
  swap(state, V0);
  add(state, V2, V3);
  rotate(state, V3, 16);
  xor(state, V3, V2);
  add(state, V0, V3);
  rotate(state, V3, 21);
  xor(state, V3, V0);
  add(state, V2, V1);
  rotate(state, V1, 17);
  xor(state, V1, V2);
  swap(state, V2);
}

function take(state: Uint32Array, low: number, high: number): void {
  state[V3] = (state[V3] ?? 0) ^ low;
  state[V3 + 1] = (state[V3 + 1] ?? 0) ^ high;
  round(state);
  state[V0] = (state[V0] ?? 0) ^ low;
  state[V0 + 1] = (state[V0 + 1] ?? 0) ^ high;
}

/** @returns a word of the result */
function finish(state: Uint32Array, mark: { readonly word: number; readonly value: number }): bigint {
  state[mark.word] = (state[mark.word] ?? 0) ^ mark.value;
  for (let count = 0; count < 3; count += 1) round(state);
  const half = (offset: number): number => [V0, V1, V2, V3].reduce<number>((all, word) => all ^ (state[word + offset] ?? 0), 0) >>> 0;
  return (BigInt(half(1)) << 32n) | BigInt(half(0));
}

/**
 * Source: `SipHasher128` in `compiler/rustc_data_structures/src/sip128.rs` (rustc 1.97), after the reference implementation of J.-P. Aumasson and
 * D. J. Bernstein.
 *
 * @returns the first word of the result in the low half
 */
export function sipHash13of128(bytes: Uint8Array): bigint {
  const state = Uint32Array.from(INITIAL);
  // The last word has what is left, and the length in its highest byte.
  const padded = Buffer.alloc((Math.floor(bytes.length / 8) + 1) * 8);
  padded.set(bytes);
  padded[padded.length - 1] = bytes.length;
  for (let at = 0; at < padded.length; at += 8) take(state, padded.readUInt32LE(at), padded.readUInt32LE(at + 4));
  const low = finish(state, { word: V2, value: 0xee });
  return low | (finish(state, { word: V1, value: 0xdd }) << 64n);
}
